// SPDX-License-Identifier: GPL-2.0-only
/* Stores of other widths at doorbell 0x0b000020/4 go to user space, none rings. */
#include "doorbells.h"

void doorbell_wrong_width(void)
{
	mmio_write8(DOORBELL_WRONG_WIDTH, 0x11);
	mmio_write16(DOORBELL_WRONG_WIDTH, 0x2222);
	mmio_write64(DOORBELL_WRONG_WIDTH, 0x8888888888888888);
	pass("doorbell_wrong_width", "stores of 1, 2 and 8 bytes, no ring expected");
}
