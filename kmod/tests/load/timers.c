// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers are never early, and the clock goes forwards wherever it is read: the worker
 * wanders between its CPU and the next one.
 */
#include <errno.h>
#include <time.h>

#include "load.h"

#define PERIOD_NS	5000000LL

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static void sleep_until(int64_t deadline)
{
	struct timespec t = {
		.tv_sec = deadline / NS_PER_SECOND,
		.tv_nsec = deadline % NS_PER_SECOND,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

void load_timers(struct record *record)
{
	while (load_goes_on(record)) {
		int64_t deadline = now() + PERIOD_NS;
		int64_t woken, moved;

		sleep_until(deadline);
		woken = now();
		load_pin(record->peer);
		moved = now();
		load_pin(record->cpu);
		load_count(record, woken >= deadline && moved >= woken && now() >= moved);
		if (woken - deadline > record->late_ns)
			record->late_ns = woken - deadline;
	}
}
