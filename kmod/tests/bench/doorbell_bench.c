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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backend.h"

#define STORES_PER_ROUND	100
/* Odd, for the median. A round that meets the host's timer tick is an outlier. */
#define ROUNDS			9
/* Distance of two doorbells, bytes. */
#define DOORBELL_STRIDE		8
#define NS_PER_S		1000000000ULL
/* Where the guest's second program is in its RAM. */
#define CALLS_OFFSET		0x1000

static const unsigned int counts[] = { 1, 10, 100, 1000, 10000 };

struct bench {
	const struct bench_backend *backend;
	struct bench_vm vm;
	int eventfd;
};

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

int bench_error(const char *format, ...)
{
	int error = errno;
	va_list args;

	fprintf(stderr, "doorbell_bench: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fprintf(stderr, "\n");
	return -1;
}

void bench_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static uint64_t read_counter(void)
{
	uint64_t ticks;

	asm volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static uint64_t to_nanoseconds(uint64_t ticks)
{
	uint64_t frequency;

	asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	return ticks * NS_PER_S / frequency;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t median(uint64_t *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

static void report(const char *name, const char *suffix, unsigned int count, uint64_t ticks,
		   unsigned int operations)
{
	printf("bench %s%s %u %llu\n", name, suffix, count,
	       (unsigned long long)((to_nanoseconds(ticks) + operations / 2) / operations));
	fflush(stdout);
}

static int create(struct bench *bench)
{
	struct bench_vm *vm = &bench->vm;

	*vm = (struct bench_vm){ .device_fd = -1, .vm_fd = -1, .gic_fd = -1, .vcpu_fd = -1 };
	bench->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (bench->eventfd < 0)
		return bench_error("cannot create an eventfd");
	vm->ram = mmap(NULL, BENCH_RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (vm->ram == MAP_FAILED) {
		vm->ram = NULL;
		return bench_error("cannot map 0x%llx bytes of RAM", BENCH_RAM_BYTES);
	}
	memcpy(vm->ram, bench_guest, bench_guest_end - bench_guest);
	memcpy((char *)vm->ram + CALLS_OFFSET, bench_calls, bench_calls_end - bench_calls);
	if (bench->backend->create(vm))
		return -1;
	return bench->backend->set_register(vm, BENCH_PC, BENCH_RAM_BASE);
}

static void destroy(struct bench *bench)
{
	bench->backend->destroy(&bench->vm);
	if (bench->vm.ram)
		munmap(bench->vm.ram, BENCH_RAM_BYTES);
	bench_close(&bench->eventfd);
}

static int set_parameters(struct bench *bench, const struct bench_doorbell *doorbell)
{
	const struct bench_backend *backend = bench->backend;

	if (backend->set_register(&bench->vm, BENCH_X0 + 1, doorbell->data) ||
	    backend->set_register(&bench->vm, BENCH_X0 + 2, doorbell->address) ||
	    backend->set_register(&bench->vm, BENCH_X0 + 4, STORES_PER_ROUND))
		return -1;
	return backend->set_register(&bench->vm, BENCH_X0 + 6, BENCH_RESULT);
}

/* Lets the guest store STORES_PER_ROUND times; *ticks is what that took. */
static int run_round(struct bench *bench, const struct bench_doorbell *doorbell, bool rings,
		     uint64_t *ticks)
{
	unsigned int exits = 0;
	struct bench_store store;
	uint64_t rung = 0;

	if (set_parameters(bench, doorbell))
		return -1;
	for (;;) {
		if (bench->backend->run(&bench->vm, &store))
			return -1;
		if (store.address == BENCH_RESULT)
			break;
		exits++;
	}
	if (read(bench->eventfd, &rung, sizeof(rung)) < 0)
		rung = 0;
	errno = 0;
	if (rung != (rings ? STORES_PER_ROUND : 0) || exits != (rings ? 0 : STORES_PER_ROUND))
		return bench_error("%d stores to 0x%llx gave %llu rings and %u exits",
				   STORES_PER_ROUND, (unsigned long long)doorbell->address,
				   (unsigned long long)rung, exits);
	*ticks = store.data;
	return 0;
}

static int measure_ring(struct bench *bench, const struct bench_doorbell *doorbell, bool rings,
			uint64_t *ticks)
{
	uint64_t rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		if (run_round(bench, doorbell, rings, &rounds[i]))
			return -1;
	*ticks = median(rounds);
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
	report(kind->name, "", !kind->absent, ticks, STORES_PER_ROUND);
	return 0;
}

/* A hypercall of the guest that its hypervisor answers alone. */
static int measure_calls(struct bench *bench)
{
	const struct bench_doorbell unused = { .address = BENCH_DOORBELLS };
	uint64_t calls[ROUNDS];

	if (bench->backend->set_register(&bench->vm, BENCH_PC, BENCH_RAM_BASE + CALLS_OFFSET))
		return -1;
	for (int i = 0; i < ROUNDS; i++) {
		struct bench_store store;

		if (set_parameters(bench, &unused) || bench->backend->run(&bench->vm, &store))
			return -1;
		if (store.address != BENCH_RESULT)
			return bench_error("the guest's calls end at 0x%llx",
					   (unsigned long long)store.address);
		calls[i] = store.data;
	}
	report("guest-call", "", 0, median(calls), STORES_PER_ROUND);
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
		uint64_t start = read_counter(), middle;

		if (bench->backend->set_doorbell(&bench->vm, doorbell, true))
			return -1;
		middle = read_counter();
		assigns[i] = middle - start;
		middle = read_counter();
		if (bench->backend->set_doorbell(&bench->vm, doorbell, false))
			return -1;
		deassigns[i] = read_counter() - middle;
	}
	report("assign-", name, count, median(assigns), 1);
	report("deassign-", name, count, median(deassigns), 1);
	return bench->backend->set_doorbell(&bench->vm, doorbell, true);
}

static int report_ring(struct bench *bench, const struct placement *placement, unsigned int n,
		       const char *name, unsigned int count)
{
	struct bench_doorbell doorbell = nth_doorbell(bench, placement, n);
	uint64_t ticks;

	if (measure_ring(bench, &doorbell, true, &ticks))
		return -1;
	report(name, placement->name, count, ticks, STORES_PER_ROUND);
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

	status = create(bench) || measure_calls(bench);
	destroy(bench);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !status; i++) {
		status = create(bench) || measure_kind(bench, &kinds[i]);
		destroy(bench);
	}
	for (size_t i = 0; i < sizeof(placements) / sizeof(placements[0]) && !status; i++) {
		status = create(bench) || measure_placement(bench, &placements[i]);
		destroy(bench);
	}
	return status;
}

int main(int argc, char **argv)
{
	static const struct bench_backend *const backends[] = { &gzvm_backend, &kvm_backend };
	struct bench bench;

	for (size_t i = 0; argc == 2 && i < sizeof(backends) / sizeof(backends[0]); i++) {
		if (strcmp(argv[1], backends[i]->name))
			continue;
		bench.backend = backends[i];
		return measure_all(&bench) ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: doorbell_bench gzvm|kvm\n");
	return 2;
}
