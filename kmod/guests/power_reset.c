// SPDX-License-Identifier: GPL-2.0-only
/* Ends with PSCI SYSTEM_RESET instead of SYSTEM_OFF. */
#include "guest.h"

void power_reset(void);

void power_reset(void)
{
	pass("power_reset", "a reset is asked for");
	reset_system();
}
