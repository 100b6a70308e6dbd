// SPDX-License-Identifier: GPL-2.0-only
/* A guest that waits for an interrupt costs its host nothing. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "gzvm_test.h"

#define IDLE_SECONDS	1
/* A run that goes round in the driver would use all of it; an emulated CPU is not quick. */
#define CPU_US		500000L

static void on_signal(int number)
{
	(void)number;
}

static long cpu_microseconds(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage))
		bail_out("getrusage");
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void run_until_signal(struct program *p)
{
	const struct itimerval timer = { .it_value.tv_sec = IDLE_SECONDS };
	struct sigaction before, action = { .sa_handler = on_signal };

	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &timer, NULL);
	is_errno(run(p), EINTR, "a guest sleeps until a signal comes");
	sigaction(SIGALRM, &before, NULL);
}

void test_idle(void)
{
	/* The page faults that a start costs are behind the store. */
	static const uint32_t sleep_forever[] = { STR_W(1, 0), WFI, BACK(1) };
	struct program p;
	long used;

	program_start(&p, sleep_forever, COUNT(sleep_forever));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	is_errno(run(&p), 0, "RUN returns");
	used = cpu_microseconds();
	run_until_signal(&p);
	used = cpu_microseconds() - used;
	if (!ok(used < CPU_US, "and uses less than half of its CPU meanwhile"))
		diag("%ld us of %d s", used, IDLE_SECONDS);
	program_stop(&p);
}
