// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loses its way: jumps to an address without memory. Its vectors are out of
 * memory too, so whatever the hypervisor reports to the guest cannot be handled.
 */
#include "guest.h"
#include "unmapped.h"

void crash(void);

void crash(void)
{
	put_string("crash: jumping to unmapped memory\n");
	__asm__ volatile("msr vbar_el1, %0\n\tisb\n\tbr %1"
			 : : "r"(UNMAPPED), "r"(UNMAPPED + 0x1000));
	fail("crash", "the guest survived the jump to", UNMAPPED);
}
