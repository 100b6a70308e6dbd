/* SPDX-License-Identifier: GPL-2.0-only */
/* What the benchmarks share: VMs with the guest of guest.S, the clock, medians. */
#ifndef _GZVM_TESTS_BENCH_BENCH_H
#define _GZVM_TESTS_BENCH_BENCH_H

#include "backend.h"

/* Odd, for the median. A round that meets the host's timer tick is an outlier. */
#define ROUNDS			9
#define CODE_BYTES		0x00200000ULL

/* The programs of guest.S, as offsets into BENCH_RAM_BASE. */
enum bench_program {
	PROGRAM_STORES = 0,
	PROGRAM_CALLS = 0x1000,
	PROGRAM_TOUCHES = 0x2000,
	PROGRAM_BUSY = 0x3000,		/* takes interrupts while it waits for them */
	PROGRAM_IDLE = 0x4000,		/* sleeps until they come */
	PROGRAM_ROUND_TRIPS = 0x5000,
};

/**
 * struct bench - a VM to measure
 * @backend: what it is on
 * @vm: the VM
 * @eventfd: of its doorbells, non-blocking
 */
struct bench {
	const struct bench_backend *backend;
	struct bench_vm vm;
	int eventfd;
};

/** struct bench_parameters - x1, x2, x4 of a round; what they are says guest.S */
struct bench_parameters {
	uint64_t data;
	uint64_t address;
	uint64_t count;
};

uint64_t bench_counter(void);
/** bench_median() - of ROUNDS values, which it sorts */
uint64_t bench_median(uint64_t *values);
/** bench_report() - print "bench NAMESUFFIX COUNT NANOSECONDS" for one of @operations */
void bench_report(const char *name, const char *suffix, unsigned int count, uint64_t ticks,
		  unsigned int operations);

/**
 * bench_create() - make a VM
 * @bench: @backend is set; the rest is released by bench_destroy(), also after a failure
 * @ram_bytes: size of RAM, at least CODE_BYTES
 * @advice: how the host should back it: MADV_HUGEPAGE or MADV_NOHUGEPAGE
 * @program: what the guest begins with
 *
 * Return: 0 or -1.
 */
int bench_create(struct bench *bench, size_t ram_bytes, int advice, enum bench_program program);
void bench_destroy(struct bench *bench);

/** bench_set_parameters() - for the next round. Return: 0 or -1 */
int bench_set_parameters(struct bench *bench, const struct bench_parameters *parameters);

/**
 * bench_run_round() - let the guest work until it stores its result
 * @exits: how many other stores have come to user space; NULL when none may
 * @ticks: the result
 *
 * Return: 0 or -1.
 */
int bench_run_round(struct bench *bench, unsigned int *exits, uint64_t *ticks);

#endif /* _GZVM_TESTS_BENCH_BENCH_H */
