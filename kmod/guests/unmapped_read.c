// SPDX-License-Identifier: GPL-2.0-only
/* Loads from an address that nothing answers: the host has to end the guest. */
#include "guest.h"
#include "unmapped.h"

void unmapped_read(void);

void unmapped_read(void)
{
	fail("unmapped_read", "the guest survived", mmio_read32(UNMAPPED));
}
