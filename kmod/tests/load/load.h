/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A load for all CPUs of a Linux guest that checks its own results: each worker is a
 * process on one CPU, or a pair on two neighbours, that repeats rounds until it is told
 * to stop. What it got wrong it counts in its record.
 */
#ifndef _GZVM_TESTS_LOAD_H
#define _GZVM_TESTS_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define NS_PER_SECOND	1000000000LL

/**
 * struct record - what a worker did; in memory that all processes share
 * @stop: set by the parent when the time is over (atomic)
 * @cpu: where the worker runs
 * @peer: the next CPU, for workers that are pairs
 * @rounds: rounds that came out right (atomic)
 * @errors: rounds that did not (atomic)
 * @late_ns: how late the worst timer was; 0 for workers without timers
 */
struct record {
	const bool *stop;
	unsigned int cpu;
	unsigned int peer;
	uint64_t rounds;
	uint64_t errors;
	int64_t late_ns;
};

static inline bool load_goes_on(const struct record *record)
{
	return !__atomic_load_n(record->stop, __ATOMIC_RELAXED);
}

static inline void load_count(struct record *record, bool right)
{
	__atomic_fetch_add(right ? &record->rounds : &record->errors, 1, __ATOMIC_RELAXED);
}

/* main.c: the calling thread runs on @cpu from now on. Ends the process when it cannot. */
void load_pin(unsigned int cpu);
/* Says what failed with errno's text and ends the process. */
void load_die(const char *what) __attribute__((noreturn));

/* The workers. Each returns when its record says stop. */
void load_integers(struct record *record);
void load_floats(struct record *record);
void load_memory(struct record *record);
void load_futex(struct record *record);
void load_pipe(struct record *record);
void load_processes(struct record *record);
void load_timers(struct record *record);

/* What the program does as a child of load_processes(): its exit status for @number. */
int load_child(unsigned long number);

#endif /* _GZVM_TESTS_LOAD_H */
