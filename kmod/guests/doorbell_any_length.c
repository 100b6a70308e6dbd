// SPDX-License-Identifier: GPL-2.0-only
/* Doorbell 0x0b000060 of length 0: stores of every width ring it. */
#include "doorbells.h"

void doorbell_any_length(void)
{
	mmio_write8(DOORBELL_ANY_LENGTH, 0xff);
	mmio_write16(DOORBELL_ANY_LENGTH, 0);
	mmio_write32(DOORBELL_ANY_LENGTH, 0xffffffff);
	mmio_write64(DOORBELL_ANY_LENGTH, 0xffffffffffffffff);
	pass("doorbell_any_length", "stores of 1, 2, 4 and 8 bytes, 4 rings expected");
}
