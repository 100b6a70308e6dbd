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
static void (*volatile other_function)(void);
static bool other_is_on;

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

void host_secondary_main(void)
{
	tick_init();
	for (;;) {
		while (!other_function)
			asm volatile("yield");
		other_function();
		asm volatile("dmb sy" : : : "memory");
		other_function = NULL;
	}
}

void host_start_other(void (*function)(void))
{
	other_function = function;
	asm volatile("dmb sy" : : : "memory");
	if (!other_is_on && host_smc(PSCI_CPU_ON, 1, (u64)host_secondary_start, 1)) {
		print("Bail out! the second CPU cannot be turned on\n");
		host_smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	other_is_on = true;
}

void host_join(void)
{
	while (other_function)
		asm volatile("yield");
}

void host_main(void)
{
	tick_init();
	print("# a bare-metal host above gzhyp\n");
	run_all();
	finish();
}
