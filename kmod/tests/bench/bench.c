// SPDX-License-Identifier: GPL-2.0-only
/* VMs, the clock and medians of the benchmarks. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define NS_PER_S		1000000000ULL

/* guest.S: position-independent code. */
extern const uint8_t bench_stores[], bench_stores_end[];
extern const uint8_t bench_calls[], bench_calls_end[];
extern const uint8_t bench_touches[], bench_touches_end[];
extern const uint8_t bench_round_trips[], bench_round_trips_end[];
extern const uint8_t bench_busy[], bench_busy_end[];
extern const uint8_t bench_idle[], bench_idle_end[];

static const struct {
	enum bench_program place;
	const uint8_t *code, *end;
} programs[] = {
	{ PROGRAM_STORES, bench_stores, bench_stores_end },
	{ PROGRAM_CALLS, bench_calls, bench_calls_end },
	{ PROGRAM_TOUCHES, bench_touches, bench_touches_end },
	{ PROGRAM_ROUND_TRIPS, bench_round_trips, bench_round_trips_end },
	{ PROGRAM_BUSY, bench_busy, bench_busy_end },
	{ PROGRAM_IDLE, bench_idle, bench_idle_end },
};

int bench_error(const char *format, ...)
{
	int error = errno;
	va_list args;

	fprintf(stderr, "bench: ");
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

const struct bench_backend *bench_backend(const char *name)
{
	static const struct bench_backend *const backends[] = { &gzvm_backend, &kvm_backend };

	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (!strcmp(name, backends[i]->name))
			return backends[i];
	return NULL;
}

uint64_t bench_counter(void)
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

uint64_t bench_median(uint64_t *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

void bench_report(const char *name, const char *suffix, unsigned int count, uint64_t ticks,
		  unsigned int operations)
{
	printf("bench %s%s %u %llu\n", name, suffix, count,
	       (unsigned long long)((to_nanoseconds(ticks) + operations / 2) / operations));
	fflush(stdout);
}

/* Aligned to 2 MiB, as its gpa is. */
static void *map_ram(size_t bytes, int advice)
{
	size_t block = 0x200000;
	uintptr_t start = (uintptr_t)mmap(NULL, bytes + 2 * block, PROT_NONE,
					  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	void *ram;

	if (start == (uintptr_t)MAP_FAILED)
		return MAP_FAILED;
	start = (start + block) & ~(block - 1);
	ram = mmap((void *)start, bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	return ram == MAP_FAILED || madvise(ram, bytes, advice) ? MAP_FAILED : ram;
}

int bench_create(struct bench *bench, size_t ram_bytes, int advice, enum bench_program program)
{
	struct bench_vm *vm = &bench->vm;

	*vm = (struct bench_vm){ .device_fd = -1, .vm_fd = -1, .gic_fd = -1, .vcpu_fd = -1 };
	bench->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (bench->eventfd < 0)
		return bench_error("cannot create an eventfd");
	vm->ram = map_ram(ram_bytes, advice);
	vm->ram_bytes = ram_bytes;
	if (vm->ram == MAP_FAILED) {
		vm->ram = NULL;
		return bench_error("cannot map 0x%zx bytes of RAM", ram_bytes);
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		memcpy((char *)vm->ram + programs[i].place, programs[i].code,
		       programs[i].end - programs[i].code);
	if (bench->backend->create(vm))
		return -1;
	return bench->backend->set_register(vm, BENCH_PC, BENCH_RAM_BASE + program);
}

void bench_destroy(struct bench *bench)
{
	bench->backend->destroy(&bench->vm);
	if (bench->vm.ram)
		munmap(bench->vm.ram, bench->vm.ram_bytes);
	bench_close(&bench->eventfd);
}

int bench_set_parameters(struct bench *bench, const struct bench_parameters *parameters)
{
	const struct bench_backend *backend = bench->backend;

	if (backend->set_register(&bench->vm, BENCH_X0 + 1, parameters->data) ||
	    backend->set_register(&bench->vm, BENCH_X0 + 2, parameters->address) ||
	    backend->set_register(&bench->vm, BENCH_X0 + 4, parameters->count))
		return -1;
	return backend->set_register(&bench->vm, BENCH_X0 + 6, BENCH_RESULT);
}

int bench_run_round(struct bench *bench, unsigned int *exits, uint64_t *ticks)
{
	struct bench_access access;

	for (;;) {
		if (bench->backend->run(&bench->vm, &access))
			return -1;
		if (access.is_write && access.address == BENCH_RESULT)
			break;
		if (!access.is_write || !exits)
			return bench_error("the guest %s 0x%llx",
					   access.is_write ? "stores to" : "loads from",
					   (unsigned long long)access.address);
		++*exits;
	}
	*ticks = access.data;
	return 0;
}
