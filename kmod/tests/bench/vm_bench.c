// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_bench gzvm|kvm - acknowledged doorbells, interrupts and page faults
 *
 * Prints lines as doorbell_bench does. Each figure is the median of several rounds.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define INTERRUPTS_PER_ROUND	100
#define RINGS_PER_ROUND		100
/* Where the guest waits for a number: its place in RAM, bytes. */
#define FLAG_OFFSET		0x100000
#define SPI			8
#define PAGE_BYTES		4096ULL
#define BLOCK_BYTES		0x200000ULL
#define BLOCK_PAGES		(BLOCK_BYTES / PAGE_BYTES)

/** struct relay - a thread that answers each signal of one eventfd with one of another */
struct relay {
	int from, to;
	pthread_t thread;
};

static void *relay_main(void *argument)
{
	const struct relay *relay = argument;
	uint64_t count;

	while (read(relay->from, &count, sizeof(count)) == sizeof(count)) {
		const uint64_t one = 1;

		if (write(relay->to, &one, sizeof(one)) != sizeof(one))
			break;
	}
	return NULL;
}

/** struct reader - a thread that acknowledges a doorbell: @flag says how often it was rung */
struct reader {
	int doorbell;
	int epoll;
	uint32_t *flag;
	pthread_t thread;
};

static void *reader_main(void *argument)
{
	const struct reader *reader = argument;
	struct epoll_event event;
	uint64_t count;

	while (epoll_wait(reader->epoll, &event, 1, -1) == 1 &&
	       read(reader->doorbell, &count, sizeof(count)) == sizeof(count)) {
		uint32_t seen = __atomic_load_n(reader->flag, __ATOMIC_RELAXED);

		__atomic_store_n(reader->flag, seen + (uint32_t)count, __ATOMIC_RELEASE);
	}
	return NULL;
}

static int set_doorbell(struct bench *bench, int eventfd)
{
	const struct bench_doorbell doorbell = {
		.address = BENCH_DOORBELLS, .length = 4, .eventfd = eventfd,
	};

	return bench->backend->set_doorbell(&bench->vm, &doorbell, true);
}

static int measure_interrupts(struct bench *bench, const char *name)
{
	const struct bench_parameters parameters = {
		.address = BENCH_DOORBELLS, .count = INTERRUPTS_PER_ROUND,
	};
	uint64_t rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		if (bench_set_parameters(bench, &parameters) ||
		    bench_run_round(bench, NULL, &rounds[i]))
			return -1;
	bench_report(name, "", 0, bench_median(rounds), INTERRUPTS_PER_ROUND);
	return 0;
}

static int watch(const struct reader *reader)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(reader->epoll, EPOLL_CTL_ADD, reader->doorbell, &event);
}

/* A thread waits for the doorbell, and the guest for what the thread says. */
static int measure_round_trips(struct bench *bench)
{
	const struct bench_parameters parameters = {
		.address = BENCH_DOORBELLS, .count = RINGS_PER_ROUND,
	};
	struct reader reader = {
		.doorbell = bench->eventfd, .epoll = epoll_create1(EPOLL_CLOEXEC),
		.flag = (uint32_t *)((char *)bench->vm.ram + FLAG_OFFSET),
	};
	uint64_t rounds[ROUNDS];
	int status = 0;

	if (reader.epoll < 0 || watch(&reader) || set_doorbell(bench, bench->eventfd))
		return bench_error("cannot wait for the doorbell");
	errno = pthread_create(&reader.thread, NULL, reader_main, &reader);
	if (errno)
		return bench_error("cannot start a thread");
	for (int i = 0; i < ROUNDS && !status; i++)
		status = bench_set_parameters(bench, &parameters) ||
			 bench_run_round(bench, NULL, &rounds[i]);
	pthread_cancel(reader.thread);
	pthread_join(reader.thread, NULL);
	close(reader.epoll);
	if (!status)
		bench_report("acknowledged", "", 0, bench_median(rounds), RINGS_PER_ROUND);
	return status;
}

/* The guest's doorbell is its own interrupt: nobody in between. */
static int measure_busy(struct bench *bench)
{
	if (set_doorbell(bench, bench->eventfd) ||
	    bench->backend->bind_interrupt(&bench->vm, SPI, bench->eventfd))
		return -1;
	return measure_interrupts(bench, "interrupt-running");
}

/* A thread hears of the doorbell and raises the interrupt while the vCPU sleeps. */
static int measure_idle(struct bench *bench)
{
	struct relay relay = { .from = eventfd(0, EFD_CLOEXEC), .to = bench->eventfd };
	int status;

	if (relay.from < 0)
		return bench_error("cannot create an eventfd");
	if (set_doorbell(bench, relay.from) ||
	    bench->backend->bind_interrupt(&bench->vm, SPI, bench->eventfd))
		return -1;
	errno = pthread_create(&relay.thread, NULL, relay_main, &relay);
	if (errno)
		return bench_error("cannot start a thread");
	status = measure_interrupts(bench, "interrupt-idle");
	pthread_cancel(relay.thread);
	pthread_join(relay.thread, NULL);
	close(relay.from);
	return status;
}

/* Every round touches 2 MiB that nobody has touched before. */
static int measure_touches(struct bench *bench, const char *name)
{
	uint64_t rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		const struct bench_parameters parameters = {
			.address = BENCH_RAM_BASE + CODE_BYTES + i * BLOCK_BYTES,
			.count = BLOCK_PAGES,
		};

		if (bench_set_parameters(bench, &parameters) ||
		    bench_run_round(bench, NULL, &rounds[i]))
			return -1;
	}
	bench_report(name, "", 0, bench_median(rounds), BLOCK_PAGES);
	return 0;
}

static int measure_pages(struct bench *bench)
{
	return measure_touches(bench, "touch-page");
}

static int measure_huge_pages(struct bench *bench)
{
	return measure_touches(bench, "touch-huge");
}

int main(int argc, char **argv)
{
	static const struct {
		size_t ram_bytes;
		int advice;
		enum bench_program program;
		int (*measure)(struct bench *bench);
	} cases[] = {
		{ CODE_BYTES, MADV_NOHUGEPAGE, PROGRAM_ROUND_TRIPS, measure_round_trips },
		{ CODE_BYTES, MADV_NOHUGEPAGE, PROGRAM_BUSY, measure_busy },
		{ CODE_BYTES, MADV_NOHUGEPAGE, PROGRAM_IDLE, measure_idle },
		{ CODE_BYTES + ROUNDS * BLOCK_BYTES, MADV_NOHUGEPAGE, PROGRAM_TOUCHES,
		  measure_pages },
		{ CODE_BYTES + ROUNDS * BLOCK_BYTES, MADV_HUGEPAGE, PROGRAM_TOUCHES,
		  measure_huge_pages },
	};
	struct bench bench = { .backend = argc == 2 ? bench_backend(argv[1]) : NULL };
	int status = 0;

	if (!bench.backend) {
		fprintf(stderr, "usage: vm_bench gzvm|kvm\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) && !status; i++) {
		status = bench_create(&bench, cases[i].ram_bytes, cases[i].advice,
				      cases[i].program) ||
			 cases[i].measure(&bench);
		bench_destroy(&bench);
	}
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
