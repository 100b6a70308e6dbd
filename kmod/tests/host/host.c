// SPDX-License-Identifier: GPL-2.0-only
/* Console, TAP, the CPUs and their exceptions. */
#include "host.h"

#define UART_DATA		(*(volatile u32 *)UART_BASE)
#define PSCI_SYSTEM_OFF		0x84000008UL
#define PSCI_CPU_ON		0xc4000003UL

extern char host_secondary_start[];

/* Called from start.S. */
void host_main(void);
void host_secondary_main(void);
void host_unexpected_exception(u64 esr, u64 elr);

volatile u64 host_last_exception;
static u32 tests, failures;
static void (*volatile functions[MAX_CPUS])(void);

void print(const char *text)
{
	while (*text)
		UART_DATA = *text++;
}

void print_number(u64 value)
{
	char digits[21];
	u32 at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = '0' + value % 10;
		value /= 10;
	} while (value);
	print(digits + at);
}

void print_hex(u64 value)
{
	print("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		UART_DATA = "0123456789abcdef"[value >> shift & 0xf];
}

bool ok(bool passed, const char *name)
{
	print(passed ? "ok " : "not ok ");
	print_number(++tests);
	print(" - ");
	print(name);
	print("\n");
	failures += !passed;
	return passed;
}

bool is_status(s32 got, s32 expected, const char *name)
{
	bool passed = ok(got == expected, name);

	if (!passed) {
		print("# status ");
		print_hex((u64)(long)got);
		print("\n");
	}
	return passed;
}

u64 host_smc(u64 function, u64 a1, u64 a2, u64 a3)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a1;
	register u64 x2 asm("x2") = a2;
	register u64 x3 asm("x3") = a3;

	asm volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return x0;
}

void finish(void)
{
	print("1..");
	print_number(tests);
	print("\n");
	if (failures) {
		print("# ");
		print_number(failures);
		print(" tests failed\n");
	}
	host_smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		;
}

void host_unexpected_exception(u64 esr, u64 elr)
{
	print("Bail out! the host got an exception, ESR ");
	print_hex(esr);
	print(", ELR ");
	print_hex(elr);
	print("\n");
	host_smc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

u32 host_this_cpu(void)
{
	u64 mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr & 0xff;
}

void host_secondary_main(void)
{
	void (*volatile *function)(void) = &functions[host_this_cpu()];

	tick_init();
	for (;;) {
		while (!*function)
			asm volatile("yield");
		(*function)();
		asm volatile("dmb sy" : : : "memory");
		*function = NULL;
	}
}

u32 host_cpus(void)
{
	static u32 count;

	if (!count)
		for (count = 1; count < MAX_CPUS; count++)
			if (host_smc(PSCI_CPU_ON, count, (u64)host_secondary_start, count))
				break;
	return count;
}

void host_start_cpu(u32 cpu, void (*function)(void))
{
	functions[cpu] = function;
	asm volatile("dmb sy" : : : "memory");
}

void host_join(void)
{
	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++)
		while (functions[cpu])
			asm volatile("yield");
}

void host_main(void)
{
	tick_init();
	print("# a bare-metal host above gzhyp on ");
	print_number(host_cpus());
	print(" CPUs\n");
	run_all();
	finish();
}
