// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell_bench gzvm|kvm - the price of a doorbell
 *
 * Prints one line for each figure: "bench CASE COUNT NANOSECONDS". COUNT is how
 * many doorbells the VM has; the time is that of the architected counter, for one
 * guest store or one ioctl, the median of several rounds. In an emulator that
 * counts one instruction as one nanosecond it is a number of instructions.
 *
 * Each round is checked: the eventfd must have been signalled as often as the
 * guest stored, and as many stores as expected must have come to user space.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define STORES_PER_ROUND	100
/* Distance of two doorbells, bytes. */
#define DOORBELL_STRIDE		8

static const unsigned int counts[] = { 1, 10, 100, 1000, 10000 };

/**
 * struct placement - where the doorbells of a VM lie
 * @name: in the names of the cases
 * @stride: bytes from one to the next; 0 puts all at one address
 */
struct placement {
	const char *name;
	unsigned int stride;
};

/** struct kind - a doorbell that is alone in its VM, or with @absent none */
struct kind {
	const char *name;
	uint32_t length;
	bool match;
	bool absent;
};

static int create(struct bench *bench, enum bench_program program)
{
	return bench_create(bench, CODE_BYTES, MADV_NOHUGEPAGE, program);
}

static struct bench_parameters parameters_of(const struct bench_doorbell *doorbell)
{
	return (struct bench_parameters){
		.data = doorbell->data, .address = doorbell->address, .count = STORES_PER_ROUND,
	};
}

/* Lets the guest store STORES_PER_ROUND times; *ticks is what that took. */
static int run_round(struct bench *bench, const struct bench_doorbell *doorbell, bool rings,
		     uint64_t *ticks)
{
	const struct bench_parameters parameters = parameters_of(doorbell);
	unsigned int exits = 0;
	uint64_t rung = 0;

	if (bench_set_parameters(bench, &parameters) || bench_run_round(bench, &exits, ticks))
		return -1;
	if (read(bench->eventfd, &rung, sizeof(rung)) < 0)
		rung = 0;
	errno = 0;
	if (rung != (rings ? STORES_PER_ROUND : 0) || exits != (rings ? 0 : STORES_PER_ROUND))
		return bench_error("%d stores to 0x%llx gave %llu rings and %u exits",
				   STORES_PER_ROUND, (unsigned long long)doorbell->address,
				   (unsigned long long)rung, exits);
	return 0;
}

static int measure_ring(struct bench *bench, const struct bench_doorbell *doorbell, bool rings,
			uint64_t *ticks)
{
	uint64_t rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		if (run_round(bench, doorbell, rings, &rounds[i]))
			return -1;
	*ticks = bench_median(rounds);
	return 0;
}

static int measure_kind(struct bench *bench, const struct kind *kind)
{
	struct bench_doorbell doorbell = {
		.address = BENCH_DOORBELLS,
		.length = kind->length,
		.match = kind->match,
		.data = kind->match ? 1 : 0,
		.eventfd = bench->eventfd,
	};
	uint64_t ticks;

	if (!kind->absent && bench->backend->set_doorbell(&bench->vm, &doorbell, true))
		return -1;
	if (measure_ring(bench, &doorbell, !kind->absent, &ticks))
		return -1;
	bench_report(kind->name, "", !kind->absent, ticks, STORES_PER_ROUND);
	return 0;
}

/* A hypercall of the guest that its hypervisor answers alone. */
static int measure_calls(struct bench *bench)
{
	const struct bench_parameters parameters = { .count = STORES_PER_ROUND };
	uint64_t calls[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		if (bench_set_parameters(bench, &parameters) ||
		    bench_run_round(bench, NULL, &calls[i]))
			return -1;
	bench_report("guest-call", "", 0, bench_median(calls), STORES_PER_ROUND);
	return 0;
}

static struct bench_doorbell nth_doorbell(const struct bench *bench,
					  const struct placement *placement, unsigned int n)
{
	return (struct bench_doorbell){
		.address = BENCH_DOORBELLS + (uint64_t)n * placement->stride,
		.length = 4,
		.match = true,
		.data = n + 1,
		.eventfd = bench->eventfd,
	};
}

/* The doorbell is there when this returns; it is the VM's count-th. */
static int measure_assign(struct bench *bench, const struct bench_doorbell *doorbell,
			  const char *name, unsigned int count)
{
	uint64_t assigns[ROUNDS], deassigns[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = bench_counter(), middle;

		if (bench->backend->set_doorbell(&bench->vm, doorbell, true))
			return -1;
		middle = bench_counter();
		assigns[i] = middle - start;
		middle = bench_counter();
		if (bench->backend->set_doorbell(&bench->vm, doorbell, false))
			return -1;
		deassigns[i] = bench_counter() - middle;
	}
	bench_report("assign-", name, count, bench_median(assigns), 1);
	bench_report("deassign-", name, count, bench_median(deassigns), 1);
	return bench->backend->set_doorbell(&bench->vm, doorbell, true);
}

static int report_ring(struct bench *bench, const struct placement *placement, unsigned int n,
		       const char *name, unsigned int count)
{
	struct bench_doorbell doorbell = nth_doorbell(bench, placement, n);
	uint64_t ticks;

	if (measure_ring(bench, &doorbell, true, &ticks))
		return -1;
	bench_report(name, placement->name, count, ticks, STORES_PER_ROUND);
	return 0;
}

/* One VM that gets more and more doorbells; the last one, then the first one is rung. */
static int measure_placement(struct bench *bench, const struct placement *placement)
{
	unsigned int count = 0;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct bench_doorbell doorbell;

		for (; count < counts[i] - 1; count++) {
			doorbell = nth_doorbell(bench, placement, count);
			if (bench->backend->set_doorbell(&bench->vm, &doorbell, true))
				return -1;
		}
		doorbell = nth_doorbell(bench, placement, count++);
		if (measure_assign(bench, &doorbell, placement->name, count) ||
		    report_ring(bench, placement, count - 1, "ring-last-", count) ||
		    report_ring(bench, placement, 0, "ring-first-", count))
			return -1;
	}
	return 0;
}

static int measure_all(struct bench *bench)
{
	static const struct kind kinds[] = {
		{ .name = "user-exit", .length = 4, .absent = true },
		{ .name = "wildcard", .length = 4 },
		{ .name = "datamatch", .length = 4, .match = true },
		{ .name = "any-length", .length = 0 },
	};
	static const struct placement placements[] = {
		{ .name = "distinct", .stride = DOORBELL_STRIDE },
		{ .name = "shared", .stride = 0 },
	};
	int status;

	status = create(bench, PROGRAM_CALLS) || measure_calls(bench);
	bench_destroy(bench);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !status; i++) {
		status = create(bench, PROGRAM_STORES) || measure_kind(bench, &kinds[i]);
		bench_destroy(bench);
	}
	for (size_t i = 0; i < sizeof(placements) / sizeof(placements[0]) && !status; i++) {
		status = create(bench, PROGRAM_STORES) || measure_placement(bench, &placements[i]);
		bench_destroy(bench);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = { .backend = argc == 2 ? bench_backend(argv[1]) : NULL };

	if (!bench.backend) {
		fprintf(stderr, "usage: doorbell_bench gzvm|kvm\n");
		return 2;
	}
	return measure_all(&bench) ? EXIT_FAILURE : EXIT_SUCCESS;
}
