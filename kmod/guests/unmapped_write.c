// SPDX-License-Identifier: GPL-2.0-only
/* Stores to an address that nothing answers: the host has to end the guest. */
#include "guest.h"
#include "unmapped.h"

void unmapped_write(void);

void unmapped_write(void)
{
	mmio_write32(UNMAPPED, 0x600d);
	fail("unmapped_write", "the guest survived the store of", 0x600d);
}
