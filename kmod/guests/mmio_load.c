// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flag register of an idle UART reads 0x90, and a load of any width sets the
 * whole register. Loads that sign-extend are left out: QEMU 7.2 does not report
 * the sign bit of the syndrome (SSE), so no hypervisor under it can complete them.
 */
#include "guest.h"

#define UART_FR		(UART_BASE + 0x18)

void mmio_load(void);

#define LOAD(instruction, modifier) ({						\
	uint64_t value = 0x5555555555555555;					\
	__asm__ volatile(instruction " %" modifier "0, [%1]"			\
			 : "+r"(value) : "r"(UART_FR) : "memory");		\
	value;									\
})

static void expect(uint64_t got, uint64_t expected, const char *what)
{
	if (got != expected)
		fail("mmio_load", what, got);
}

void mmio_load(void)
{
	uint64_t zero;

	expect(LOAD("ldrb", "w"), 0x90, "ldrb w does not zero-extend");
	expect(LOAD("ldrh", "w"), 0x90, "ldrh w does not zero-extend");
	expect(LOAD("ldr", "w"), 0x90, "ldr w does not clear the upper half");
	__asm__ volatile("ldr wzr, [%0]" : : "r"(UART_FR) : "memory");
	__asm__ volatile("mov %0, xzr" : "=r"(zero));
	expect(zero, 0, "a load into wzr changes xzr");
	pass("mmio_load", "loads of 1, 2 and 4 bytes clear the rest of the register");
}
