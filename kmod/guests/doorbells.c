// SPDX-License-Identifier: GPL-2.0-only
/* Every doorbell case, one after another: the guest of configs/doorbells.json. */
#include "doorbells.h"

void doorbells(void)
{
	doorbell_wildcard();
	doorbell_datamatch();
	doorbell_wrong_width();
	doorbell_wrong_data();
	doorbell_read();
	doorbell_shared_address();
	doorbell_any_length();
	doorbell_storm();
	pass("doorbell_storm", "10000 stores, 10000 rings expected");
}
