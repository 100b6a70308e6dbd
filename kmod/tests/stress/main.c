// SPDX-License-Identifier: GPL-2.0-only
/* The hard tests of /dev/gzvm, as root in the lab host. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

static const char usage[] =
	"usage: gzvm_stress [--rounds N] [area]...\n"
	"  --rounds N   rounds of each area, instead of the few that a quick test needs\n";

/* @rounds: what takes a few seconds in the lab; 0: the area has its own number */
static const struct {
	const char *name;
	void (*test)(unsigned int rounds);
	unsigned int rounds;
	bool loads_module;
} areas[] = {
	{ "doorbells", stress_doorbells, 500, false },
	{ "runners", stress_runners, 10000, false },
	{ "vcpu_numbers", stress_vcpu_numbers, 2000, false },
	{ "page_faults", stress_page_faults, 2000, false },
	{ "close_orders", stress_close_orders, 0, false },
	{ "kills", stress_kills, 100, false },
	{ "allocations", stress_allocations, 0, false },
	{ "unloads", stress_unloads, 10, true },
};

static bool is_chosen(const char *name, int argc, char **argv)
{
	for (int i = optind; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == optind;
}

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* The module's own greeting is no complaint when it has been loaded again. */
static void test_area(size_t i, unsigned int rounds)
{
	struct eventfd_census census;
	int log = kernel_log_open();
	bool shown = eventfd_census_take(&census);
	double start = seconds();

	diag("%s", areas[i].name);
	areas[i].test(rounds ?: areas[i].rounds);
	diag("%s took %.1f s", areas[i].name, seconds() - start);
	ok(counters_become_zero(), "%s leaves nothing behind in the driver", areas[i].name);
	if (shown)
		ok(eventfd_census_is_as_before(&census), "nor an eventfd");
	ok(log >= 0 && !kernel_log_complaints(log, !areas[i].loads_module),
	   "nor a word in the kernel's log");
	close(log);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long rounds = 0;
	char *end = "";
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'r')
			rounds = strtoul(optarg, &end, 0);
		if (option != 'r' || *end || !rounds || rounds > 1000000) {
			fputs(usage, stderr);
			return 2;
		}
	}
	for (size_t i = 0; i < COUNT(areas); i++)
		if (is_chosen(areas[i].name, argc, argv))
			test_area(i, rounds);
	return tap_done();
}
