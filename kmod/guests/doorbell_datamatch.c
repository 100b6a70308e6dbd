// SPDX-License-Identifier: GPL-2.0-only
/* Doorbell 0x0b000010/4 with data 0x51, rung five times with the right data. */
#include "doorbells.h"

void doorbell_datamatch(void)
{
	for (int i = 0; i < 5; i++)
		mmio_write32(DOORBELL_DATAMATCH, 0x51);
	pass("doorbell_datamatch", "5 stores of 0x51, 5 rings expected");
}
