// SPDX-License-Identifier: GPL-2.0-only
/* Compiled once for each guest: runs the guest named GUEST, then powers off. */
#include "guest.h"

void GUEST(void);
void guest_main(uint64_t device_tree);

/* The guests know their machine by its fixed map and need no device tree. */
void guest_main(uint64_t device_tree __attribute__((unused)))
{
	GUEST();
	power_off();
}
