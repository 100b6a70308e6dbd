// SPDX-License-Identifier: GPL-2.0-only
/* Loads at doorbell 0x0b000040/4 go to user space, which answers 0; none rings. */
#include "doorbells.h"

static void expect_zero(uint64_t value)
{
	if (value)
		fail("doorbell_read", "a load at a doorbell does not read as 0", value);
}

void doorbell_read(void)
{
	expect_zero(mmio_read8(DOORBELL_READ));
	expect_zero(mmio_read16(DOORBELL_READ));
	expect_zero(mmio_read32(DOORBELL_READ));
	expect_zero(mmio_read64(DOORBELL_READ));
	pass("doorbell_read", "loads of 1, 2, 4 and 8 bytes read 0, no ring expected");
}
