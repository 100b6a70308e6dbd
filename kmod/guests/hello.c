// SPDX-License-Identifier: GPL-2.0-only
/* The smallest guest: one line on the UART, then power off. */
#include "guest.h"

void hello(void);

void hello(void)
{
	pass("hello", "the guest runs at EL1 and prints");
}
