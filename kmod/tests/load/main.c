// SPDX-License-Identifier: GPL-2.0-only
/*
 * load SECONDS: one worker of each kind on each CPU for SECONDS. Exit status 0 when all
 * came out right.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define EXIT_USAGE	64
#define MAX_CPUS	64
#define REPORT_SECONDS	60

static const struct kind {
	const char *name;
	void (*work)(struct record *record);
} kinds[] = {
	{ "integers", load_integers },
	{ "floats", load_floats },
	{ "memory", load_memory },
	{ "futex", load_futex },
	{ "pipe", load_pipe },
	{ "processes", load_processes },
	{ "timers", load_timers },
};

/** struct shared - memory of the parent and all workers */
struct shared {
	bool stop;
	struct record records[COUNT(kinds)][MAX_CPUS];
	pid_t workers[COUNT(kinds)][MAX_CPUS];
};

void load_die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void load_pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		load_die("sched_setaffinity");
}

static void start(struct shared *shared, size_t kind, unsigned int cpu, unsigned int cpus)
{
	struct record *record = &shared->records[kind][cpu];
	pid_t worker;

	record->stop = &shared->stop;
	record->cpu = cpu;
	record->peer = (cpu + 1) % cpus;
	worker = fork();
	if (worker < 0)
		load_die("fork");
	if (!worker) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		load_pin(cpu);
		kinds[kind].work(record);
		_exit(0);
	}
	shared->workers[kind][cpu] = worker;
}

/* A worker that does not end well counts as an error of its CPU. */
static void wait_for_all(struct shared *shared, unsigned int cpus)
{
	for (size_t kind = 0; kind < COUNT(kinds); kind++)
		for (unsigned int cpu = 0; cpu < cpus; cpu++) {
			int status = -1;

			waitpid(shared->workers[kind][cpu], &status, 0);
			if (status)
				shared->records[kind][cpu].errors++;
		}
}

/* Return: whether each worker of the kind got somewhere and made no mistake. */
static bool report(const struct shared *shared, size_t kind, unsigned int cpus)
{
	uint64_t rounds = 0, least = UINT64_MAX, errors = 0;
	int64_t late = 0;

	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		const struct record *record = &shared->records[kind][cpu];

		rounds += record->rounds;
		errors += record->errors;
		if (record->rounds < least)
			least = record->rounds;
		if (record->late_ns > late)
			late = record->late_ns;
	}
	printf("load: %-10s %9llu rounds, %llu on the slowest CPU, %llu errors",
	       kinds[kind].name, (unsigned long long)rounds, (unsigned long long)least,
	       (unsigned long long)errors);
	if (late)
		printf(", latest timer %lld ms", (long long)late / 1000000);
	printf("\n");
	return least && !errors;
}

static bool report_all(const struct shared *shared, unsigned int cpus)
{
	bool right = true;

	for (size_t kind = 0; kind < COUNT(kinds); kind++)
		right &= report(shared, kind, cpus);
	fflush(stdout);
	return right;
}

static void let_run(const struct shared *shared, unsigned int cpus, unsigned int seconds)
{
	for (unsigned int passed = 0; passed < seconds;) {
		unsigned int slice = seconds - passed;

		if (slice > REPORT_SECONDS)
			slice = REPORT_SECONDS;
		for (unsigned int left = slice; left; left = sleep(left))
			;
		passed += slice;
		printf("load: %u of %u seconds\n", passed, seconds);
		if (passed < seconds)
			report_all(shared, cpus);
	}
}

static int run(unsigned int seconds)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	bool right;

	if (shared == MAP_FAILED)
		load_die("mmap");
	if (cpus > MAX_CPUS)
		cpus = MAX_CPUS;
	printf("load: %zu workers on each of %u CPUs for %u seconds\n", COUNT(kinds), cpus,
	       seconds);
	fflush(stdout);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		for (size_t kind = 0; kind < COUNT(kinds); kind++)
			start(shared, kind, cpu, cpus);
	let_run(shared, cpus, seconds);
	__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	wait_for_all(shared, cpus);
	right = report_all(shared, cpus);
	printf("load: %s on %u CPUs\n", right ? "PASS" : "FAIL", cpus);
	return right ? 0 : 1;
}

/* Return: the number, or 0 when @text is none from 1 to @max. */
static unsigned long number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	return errno || *end || value > max ? 0 : value;
}

int main(int argc, char **argv)
{
	unsigned int seconds;

	if (argc == 3 && !strcmp(argv[1], "--child"))
		return load_child(strtoul(argv[2], NULL, 10));
	seconds = argc == 2 ? number(argv[1], 1000000) : 0;
	if (!seconds) {
		fprintf(stderr, "usage: load SECONDS\n");
		return EXIT_USAGE;
	}
	return run(seconds);
}
