// SPDX-License-Identifier: GPL-2.0-only
/* Two doorbells at 0x0b000050/4: data 1 rings three times, data 2 five times. */
#include "doorbells.h"

void doorbell_shared_address(void)
{
	for (int i = 0; i < 3; i++) {
		mmio_write32(DOORBELL_SHARED, 1);
		mmio_write32(DOORBELL_SHARED, 2);
	}
	mmio_write32(DOORBELL_SHARED, 2);
	mmio_write32(DOORBELL_SHARED, 2);
	pass("doorbell_shared_address", "3 stores of 1 and 5 of 2, 3 and 5 rings expected");
}
