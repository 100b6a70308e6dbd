// SPDX-License-Identifier: GPL-2.0-only
/* Random ioctls on /dev/gzvm, as root in the lab host. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../witness.h"
#include "fuzz.h"

#define DEFAULT_CALLS		50000
#define DEFAULT_SEED		1
#define DEFAULT_THREADS		2
#define REPEATED_CALLS		1500
/* Fewer successes mean that the calls end at the first check. */
#define LEAST_SUCCESSES		45
/* From here on each ioctl has been called often enough to have succeeded. */
#define CALLS_FOR_ALL_TYPES	20000

static const char usage[] =
	"usage: gzvm_fuzz [options]\n"
	"  --seed N      decides which calls are made (default 1)\n"
	"  --calls N     ioctls in all (default 50000)\n"
	"  --threads N   1 to 4 (default 2)\n"
	"  --seconds N   stop after so long, also when calls are left (default 0: never)\n";

static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 0);
	return *text && !*end && *number >= least && *number <= most;
}

static bool read_options(int argc, char **argv, struct fuzz_campaign *campaign)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'c' },
		{ "threads", required_argument, NULL, 't' },
		{ "seconds", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t number;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			if (!read_number(optarg, 0, ~0ULL, &campaign->seed))
				return false;
			break;
		case 'c':
			if (!read_number(optarg, 1, 1ULL << 40, &campaign->calls))
				return false;
			break;
		case 't':
			if (!read_number(optarg, 1, FUZZ_MAX_THREADS, &number))
				return false;
			campaign->threads = number;
			break;
		case 'd':
			if (!read_number(optarg, 0, 1 << 20, &number))
				return false;
			campaign->seconds = number;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

static uint64_t checksum_of(uint64_t seed)
{
	struct fuzz_campaign campaign = { .seed = seed, .calls = REPEATED_CALLS, .threads = 1 };

	fuzz_campaign_run(&campaign);
	return campaign.checksum;
}

/* What the calls return differs from run to run; which calls are made must not. */
static void test_seed(uint64_t seed)
{
	uint64_t checksum = checksum_of(seed);

	diag("checksum of the first %d calls of one thread: 0x%016llx", REPEATED_CALLS,
	     (unsigned long long)checksum);
	ok(checksum == checksum_of(seed), "the same seed makes the same calls");
	ok(checksum != checksum_of(seed + 1), "another seed makes others");
}

static void test_types(const struct fuzz_tally *tally)
{
	bool all = true;

	for (size_t i = 0; i < FUZZ_TYPES; i++) {
		if (fuzz_types[i].deep && !tally->results[i][0]) {
			diag("%s has never succeeded", fuzz_types[i].name);
			all = false;
		}
	}
	ok(all, "each ioctl that can succeed has succeeded");
}

static void test_results(const struct fuzz_campaign *campaign)
{
	const struct fuzz_tally *tally = &campaign->tally;
	unsigned int percent = 100 * fuzz_tally_successes(tally) / (tally->calls ?: 1);

	fuzz_tally_print(tally);
	ok(tally->calls == campaign->calls || campaign->seconds, "%llu calls have been made",
	   (unsigned long long)tally->calls);
	ok(percent >= LEAST_SUCCESSES, "%u %% of the calls succeed, at least %u", percent,
	   LEAST_SUCCESSES);
	is_number(tally->undocumented, 0, "no call fails with an undocumented errno");
	is_number(tally->overwritten, 0, "no call writes where it must not");
	if (tally->calls >= CALLS_FOR_ALL_TYPES)
		test_types(tally);
	else
		skip("each ioctl that can succeed has succeeded", "too few calls");
}

int main(int argc, char **argv)
{
	struct fuzz_campaign campaign = {
		.seed = DEFAULT_SEED,
		.calls = DEFAULT_CALLS,
		.threads = DEFAULT_THREADS,
	};
	struct eventfd_census census;
	bool shown;
	int log;

	if (!read_options(argc, argv, &campaign)) {
		fputs(usage, stderr);
		return 2;
	}
	log = kernel_log_open();
	shown = eventfd_census_take(&census);
	diag("seed %llu, %llu calls, %u threads", (unsigned long long)campaign.seed,
	     (unsigned long long)campaign.calls, campaign.threads);
	fuzz_campaign_run(&campaign);
	if (!ok(!campaign.hung, "every call returns")) {
		kernel_log_complaints(log, true);
		_exit(tap_done());
	}
	test_results(&campaign);
	test_seed(campaign.seed);
	ok(counters_become_zero(), "nothing is left in the driver");
	if (shown)
		ok(eventfd_census_is_as_before(&census), "no eventfd is left either");
	else
		skip("no eventfd is left either", "this kernel does not show their numbers");
	ok(log >= 0 && !kernel_log_complaints(log, true), "the kernel's log is silent");
	return tap_done();
}
