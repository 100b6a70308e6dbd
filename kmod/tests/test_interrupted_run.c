// SPDX-License-Identifier: GPL-2.0-only
/* GZVM_RUN against signals and against a second thread. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

/* Stores that leave RUN while signals rain, and the interval of the rain at its start. */
#define STORES			3000
#define SIGNAL_INTERVAL_US	150
#define LOADS			1000

/* So many signals in a row that meet no exit: the rain is too dense for the guest to run. */
#define FRUITLESS		3

static void on_signal(int number)
{
	(void)number;
}

static void catch_signals(void)
{
	/* No SA_RESTART: the signal has to end GZVM_RUN. */
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
}

static void signal_every(unsigned int microseconds)
{
	struct itimerval timer = {
		.it_interval.tv_usec = microseconds,
		.it_value.tv_usec = microseconds,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/*
 * A rain of signals that a slow machine survives: where the next signal always comes before
 * the guest has run, it is made thinner.
 */
struct rain {
	unsigned int interval_us;
	unsigned int fruitless;
	unsigned int interruptions;
};

static struct rain rain_start(void)
{
	signal_every(SIGNAL_INTERVAL_US);
	return (struct rain){ .interval_us = SIGNAL_INTERVAL_US };
}

static void rain_stop(void)
{
	signal_every(0);
}

static void rain_has_interrupted(struct rain *rain)
{
	rain->interruptions++;
	if (++rain->fruitless < FRUITLESS)
		return;
	rain->fruitless = 0;
	rain->interval_us *= 2;
	signal_every(rain->interval_us);
}

static uint64_t mmio_value(const struct gzvm_vcpu_run *run)
{
	uint64_t value;

	memcpy(&value, run->mmio.data, sizeof(value));
	return value;
}

/* The guest stores 0, 1, 2...: a store that is lost or comes twice breaks the row. */
static void test_no_store_is_lost(void)
{
	static const uint32_t code[] = { STR_X(1, 0), ADD_1(1, 1), BACK(2) };
	uint64_t expected = 0;
	struct program p;
	struct rain rain;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	rain = rain_start();
	while (expected < STORES) {
		if (run(&p)) {
			if (errno != EINTR)
				break;
			rain_has_interrupted(&rain);
		} else if (p.run.exit_reason != GZVM_EXIT_MMIO || mmio_value(&p.run) != expected) {
			break;
		} else {
			expected++;
			rain.fruitless = 0;
		}
	}
	rain_stop();
	is_number(expected, STORES, "no store is lost or repeated when signals interrupt RUN");
	ok(rain.interruptions, "and signals did interrupt it (%u times)", rain.interruptions);
	program_stop(&p);
}

/* Each load is answered with a new number, which the guest stores back. */
static void test_no_answer_is_lost(void)
{
	static const uint32_t code[] = { LDR_X(2, 0), STR_X(2, 0), BACK(2) };
	uint64_t answers = 0;
	struct program p;
	struct rain rain;
	bool right = true;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	rain = rain_start();
	while (right && answers < LOADS) {
		if (run(&p)) {
			right = errno == EINTR;
			rain_has_interrupted(&rain);
		} else if (p.run.mmio.is_write) {
			right = mmio_value(&p.run) == answers;
			rain.fruitless = 0;
		} else {
			answers++;
			rain.fruitless = 0;
			memcpy(p.run.mmio.data, &answers, sizeof(answers));
		}
	}
	rain_stop();
	ok(right, "no answer to a load is lost when signals interrupt RUN");
	program_stop(&p);
}

/* An alarm in a quarter of a second has to end RUN although the guest never does. */
static void test_interrupted(const uint32_t *code, size_t instructions, const char *name)
{
	struct timespec before, after;
	struct program p;
	int result;

	program_start(&p, code, instructions);
	clock_gettime(CLOCK_MONOTONIC, &before);
	signal_every(250000);
	result = run(&p);
	is_errno(result, EINTR, name);
	signal_every(0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ok(after.tv_sec - before.tv_sec < 3, "within seconds");
	program_stop(&p);
}

struct runner {
	struct program *program;
	int results[2];		/* 0 or errno of two runs */
	pthread_t thread;
};

static void *run_twice(void *argument)
{
	struct runner *r = argument;

	for (size_t i = 0; i < COUNT(r->results); i++)
		r->results[i] = run(r->program) ? errno : 0;
	return NULL;
}

/* Waits for the other thread to be inside RUN: it is when this one is refused. */
static int errno_of_second_run(struct program *p)
{
	struct gzvm_vcpu_run second = { .immediate_exit = 1 };
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < 5000; i++) {
		if (ioctl(p->vcpu, GZVM_RUN, &second) && errno != EINTR)
			return errno;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static void test_second_runner(void)
{
	static const uint32_t code[] = { BACK(0) };
	struct runner r = { .results = { -1, -1 } };
	struct program p;

	program_start(&p, code, COUNT(code));
	r.program = &p;
	pthread_create(&r.thread, NULL, run_twice, &r);
	is_number(errno_of_second_run(&p), EBUSY, "a second thread cannot run the same vCPU");
	is_errno(set_register(p.vcpu, GZVM_CORE_X(0), 1), EBUSY,
		 "nor change its registers meanwhile");
	for (size_t i = 0; i < COUNT(r.results); i++) {
		pthread_kill(r.thread, SIGUSR1);
		/* The second signal must find the second RUN. */
		if (i + 1 < COUNT(r.results))
			errno_of_second_run(&p);
	}
	while (pthread_tryjoin_np(r.thread, NULL) == EBUSY)
		pthread_kill(r.thread, SIGUSR1);
	is_number(r.results[0], EINTR, "a signal ends the run");
	is_number(r.results[1], EINTR, "and the next one too");
	program_stop(&p);
}

void test_interrupted_run(void)
{
	static const uint32_t spin[] = { BACK(0) };
	static const uint32_t sleep_forever[] = { WFI, BACK(1) };

	catch_signals();
	test_no_store_is_lost();
	test_no_answer_is_lost();
	test_interrupted(spin, COUNT(spin), "a signal ends the run of a guest that spins");
	test_interrupted(sleep_forever, COUNT(sleep_forever),
			 "a signal ends the run of a guest that sleeps");
	test_second_runner();
}
