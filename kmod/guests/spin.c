// SPDX-License-Identifier: GPL-2.0-only
/* Never ends and never exits: what is killed or timed out from outside. */
#include "guest.h"

void spin(void);

void spin(void)
{
	put_string("spin: running\n");
	for (;;)
		__asm__ volatile("");
}
