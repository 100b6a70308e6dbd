// SPDX-License-Identifier: GPL-2.0-only
/* Doorbell 0x0b000000/4 without data: each of three values rings it. */
#include "doorbells.h"

void doorbell_wildcard(void)
{
	mmio_write32(DOORBELL_WILDCARD, 0);
	mmio_write32(DOORBELL_WILDCARD, 1);
	mmio_write32(DOORBELL_WILDCARD, 0xdeadbeef);
	pass("doorbell_wildcard", "3 stores of different data, 3 rings expected");
}
