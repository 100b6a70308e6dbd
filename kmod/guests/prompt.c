// SPDX-License-Identifier: GPL-2.0-only
/* Leaves its last line open, as a shell that waits for a command does. */
#include "guest.h"

void prompt(void);

void prompt(void)
{
	put_string("prompt: ~ # ");
}
