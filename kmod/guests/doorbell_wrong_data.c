// SPDX-License-Identifier: GPL-2.0-only
/* Stores of other data at doorbell 0x0b000030/4 with data 1 go to user space, none rings. */
#include "doorbells.h"

void doorbell_wrong_data(void)
{
	mmio_write32(DOORBELL_WRONG_DATA, 0);
	mmio_write32(DOORBELL_WRONG_DATA, 2);
	mmio_write32(DOORBELL_WRONG_DATA, 0x80000001);
	mmio_write32(DOORBELL_WRONG_DATA, 0xffffffff);
	pass("doorbell_wrong_data", "4 stores of data other than 1, no ring expected");
}
