// SPDX-License-Identifier: GPL-2.0-only
/* Output, verdicts, power control and the exception report of every guest. */
#include "guest.h"

/* PL011 (Arm DDI 0183): data register, flag register, its "transmit FIFO full" bit. */
#define UART_DR			(UART_BASE + 0x00)
#define UART_FR			(UART_BASE + 0x18)
#define UART_FR_TXFF		(1u << 5)

/* PSCI function ids (Arm DEN 0022). */
#define PSCI_CPU_OFF		0x84000002u
#define PSCI_CPU_ON		0xc4000003u
#define PSCI_AFFINITY_INFO	0xc4000004u
#define PSCI_SYSTEM_OFF		0x84000008u
#define PSCI_SYSTEM_RESET	0x84000009u

extern char secondary_entry[] __attribute__((visibility("hidden")));

void unexpected_exception(uint64_t slot, uint64_t esr, uint64_t elr, uint64_t far);

static void put_char(char c)
{
	while (mmio_read32(UART_FR) & UART_FR_TXFF)
		;
	mmio_write32(UART_DR, (uint8_t)c);
}

void put_string(const char *string)
{
	while (*string)
		put_char(*string++);
}

static void put_number(uint64_t value, unsigned int base)
{
	char digits[20];
	unsigned int count = 0;

	do {
		unsigned int digit = value % base;

		digits[count++] = digit < 10 ? '0' + digit : 'a' + digit - 10;
		value /= base;
	} while (value);
	while (count)
		put_char(digits[--count]);
}

void put_hex(uint64_t value)
{
	put_string("0x");
	put_number(value, 16);
}

void put_decimal(uint64_t value)
{
	put_number(value, 10);
}

static int64_t psci(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;

	/* SMCCC 1.0 lets the callee clobber x4..x17. */
	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
			   "x14", "x15", "x16", "x17", "memory");
	/* A status is 32 bits wide for the SMC32 functions. */
	return (int32_t)x0;
}

static void __attribute__((noreturn)) stop(uint64_t function)
{
	psci(function, 0, 0, 0);
	put_string("FAIL psci: the guest still runs after it was stopped\n");
	for (;;)
		__asm__ volatile("wfi");
}

void power_off(void)
{
	stop(PSCI_SYSTEM_OFF);
}

void reset_system(void)
{
	stop(PSCI_SYSTEM_RESET);
}

int64_t start_cpu(unsigned int cpu)
{
	return psci(PSCI_CPU_ON, cpu, (uint64_t)secondary_entry, cpu);
}

void stop_cpu(void)
{
	stop(PSCI_CPU_OFF);
}

int64_t cpu_state(unsigned int cpu)
{
	return psci(PSCI_AFFINITY_INFO, cpu, 0, 0);
}

void pass(const char *name, const char *what)
{
	put_string("PASS ");
	put_string(name);
	put_string(": ");
	put_string(what);
	put_string("\n");
}

void fail(const char *name, const char *what, uint64_t got)
{
	put_string("FAIL ");
	put_string(name);
	put_string(": ");
	put_string(what);
	put_string(", got ");
	put_hex(got);
	put_string("\n");
	power_off();
}

void unexpected_exception(uint64_t slot, uint64_t esr, uint64_t elr, uint64_t far)
{
	put_string("FAIL: unexpected exception ");
	put_decimal(slot);
	put_string(" ESR ");
	put_hex(esr);
	put_string(" ELR ");
	put_hex(elr);
	put_string(" FAR ");
	put_hex(far);
	put_string("\n");
}

__attribute__((weak)) void secondary_main(uint64_t cpu)
{
	fail("secondary_main", "no CPU was to be started", cpu);
}

__attribute__((weak)) void handle_irq(void)
{
	fail("handle_irq", "no interrupt was enabled", 0);
}
