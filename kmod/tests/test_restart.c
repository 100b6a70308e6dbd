// SPDX-License-Identifier: GPL-2.0-only
/* GZVM_RUN and signals whose handler asks for system calls to be restarted. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "gzvm_test.h"

static unsigned int signals;

static void on_signal(int number)
{
	(void)number;
	signals++;
}

/* A run that the kernel restarts behind the VMM's back would not end at all. */
void test_restart(void)
{
	static const uint32_t spin[] = { BACK(0) };
	const struct itimerval twice = {
		.it_value.tv_usec = 100000,
		/* The second one is deadly, in case that the first has not ended RUN. */
		.it_interval.tv_sec = 5,
	};
	const struct itimerval never = { 0 };
	struct sigaction before, action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	};
	struct program p;

	program_start(&p, spin, COUNT(spin));
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &twice, NULL);
	is_errno(run(&p), EINTR, "a signal ends RUN although its handler asks for a restart");
	is_number(signals, 1, "the first one");
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	program_stop(&p);
}
