// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the ioctls of /dev/gzvm, as root in the lab host.
 * Usage: gzvm_test [area]...
 */
#include <string.h>

#include "gzvm_test.h"
#include "witness.h"

static const struct {
	const char *name;
	void (*test)(void);
} areas[] = {
	{ "device", test_device },
	{ "memory", test_memory },
	{ "slots", test_slots },
	{ "paging", test_paging },
	{ "huge_pages", test_huge_pages },
	{ "read_only", test_read_only },
	{ "protected", test_protected },
	{ "vcpu", test_vcpu },
	{ "run", test_run },
	{ "guest_calls", test_guest_calls },
	{ "interrupted_run", test_interrupted_run },
	{ "ioeventfd", test_ioeventfd },
	{ "ioeventfd_collisions", test_ioeventfd_collisions },
	{ "doorbell_races", test_doorbell_races },
	{ "irqfd", test_irqfd },
	{ "bad_pointers", test_bad_pointers },
	{ "bad_sizes", test_bad_sizes },
	{ "exit_records", test_exit_records },
	{ "foreign_process", test_foreign_process },
	{ "locked_memory", test_locked_memory },
	{ "no_descriptor", test_no_descriptor },
	{ "replaced_memory", test_replaced_memory },
	{ "restart", test_restart },
	{ "idle", test_idle },
	{ "host_cpus", test_host_cpus },
	{ "many_vms", test_many_vms },
	{ "limits", test_limits },
	{ "debugfs", test_debugfs },
	{ "tracepoints", test_tracepoints },
	{ "lifetime", test_lifetime },
	{ "killed_processes", test_killed_processes },
};

static bool is_chosen(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	int log = kernel_log_open();

	for (size_t i = 0; i < COUNT(areas); i++) {
		if (!is_chosen(areas[i].name, argc, argv))
			continue;
		diag("%s", areas[i].name);
		areas[i].test();
		ok(counters_become_zero(), "%s leaves nothing behind in the driver", areas[i].name);
	}
	/* Much of what has been asked was nonsense, which is nobody's business but ours. */
	ok(log >= 0 && !kernel_log_complaints(log, true), "the kernel's log is silent");
	return tap_done();
}
