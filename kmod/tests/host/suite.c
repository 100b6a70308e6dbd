// SPDX-License-Identifier: GPL-2.0-only
/* The tests, in the order of how much they trust what came before. */
#include "host.h"

void run_all(void)
{
	test_calls();
	test_aborts();
	test_many_vms();
	test_guests();
	test_protection();
	test_blocks();
	test_read_only();
	test_hostile_calls();
	test_hostile_guests();
}
