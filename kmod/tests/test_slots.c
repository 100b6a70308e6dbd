// SPDX-License-Identifier: GPL-2.0-only
/* Memory slots that are deleted and moved, and pages that the guest gives up. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

#define SLOT		1
#define SLOT_GPA	0x50000000ULL
/* Beside SLOT_GPA, and in another 1 GiB: both levels of tables below the root change. */
#define MOVED_GPA	0x80200000ULL
#define VALUE		0x1122334455667788ULL
#define MARK		0xddddddddddddddddULL
/* No memory there: a store to it tells that the program has come so far. */
#define SIGN_GPA	DOORBELL_GPA
#define DELETIONS	200
#define QUIET_NS	100000L
/* So many times QUIET_NS at most for the guest to get at memory: a debug kernel is slow. */
#define PATIENCE	1000

/* From gzvm_hvc.h, which is not for user space: the guest's call, and SMCCC's answers. */
#define MEM_RELINQUISH		0xc6000009ULL
#define INVALID_PARAMETER	((uint64_t)-3)

static long set_slot(int vm, void *memory, uint64_t gpa, uint64_t bytes)
{
	struct gzvm_userspace_memory_region region = {
		.slot = SLOT,
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = gpa,
		.memory_size = bytes,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region);
}

static long delete_slot(int vm)
{
	return set_slot(vm, NULL, 0, 0);
}

/* KiB that count against this process's RLIMIT_MEMLOCK, or -1. */
static long locked_kib(void)
{
	char line[128];
	long kib = -1;
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmLck: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* Stores x1 at x0, then at SIGN_GPA, and so on. */
static void start_storing(struct program *p)
{
	static const uint32_t code[] = { STR_X(1, 0), STR_X(1, 3), BACK(2) };

	program_start(p, code, COUNT(code));
	set_register(p->vcpu, GZVM_CORE_X(0), SLOT_GPA);
	set_register(p->vcpu, GZVM_CORE_X(1), VALUE);
	set_register(p->vcpu, GZVM_CORE_X(3), SIGN_GPA);
}

/* Whether the next exit is a store at @gpa. */
static bool stores_next(struct program *p, uint64_t gpa)
{
	if (run(p) || p->run.exit_reason != GZVM_EXIT_MMIO || !p->run.mmio.is_write) {
		diag("exit 0x%x, errno %d", p->run.exit_reason, errno);
		return false;
	}
	if (p->run.mmio.phys_addr != gpa)
		diag("a store at 0x%llx", (unsigned long long)p->run.mmio.phys_addr);
	return p->run.mmio.phys_addr == gpa;
}

static void test_delete(void)
{
	uint64_t *memory = map_shared(RAM_BYTES), *other = map_shared(RAM_BYTES);
	long pinned, locked = locked_kib();
	struct program p;

	start_storing(&p);
	is_errno(set_slot(p.vm, memory, SLOT_GPA, RAM_BYTES), 0, "slot 1 takes memory");
	is_number(locked_kib() - locked, 2 * RAM_BYTES / 1024, "which counts as locked");
	ok(stores_next(&p, SIGN_GPA) && memory[0] == VALUE, "the guest stores there");
	pinned = counter("pinned_pages");
	is_errno(delete_slot(p.vm), 0, "the slot is deleted");
	is_number(pinned - counter("pinned_pages"), RAM_BYTES / PAGE_BYTES,
		  "its pages are pinned no more");
	is_number(locked_kib() - locked, RAM_BYTES / 1024, "and not locked");
	memory[0] = MARK;
	ok(stores_next(&p, SLOT_GPA) && memory[0] == MARK,
	   "the guest's next store there is an exit");
	is_errno(delete_slot(p.vm), 0, "deleting it once more is no error");
	is_errno(set_slot(p.vm, other, SLOT_GPA, RAM_BYTES), 0, "the slot takes other memory");
	ok(stores_next(&p, SIGN_GPA) && stores_next(&p, SIGN_GPA) && other[0] == VALUE &&
	   memory[0] == MARK, "the guest stores to that now");
	program_stop(&p);
	munmap(memory, RAM_BYTES);
	munmap(other, RAM_BYTES);
}

static void test_move(void)
{
	uint64_t *memory = map_shared(RAM_BYTES), *other = map_shared(RAM_BYTES);
	struct program p;

	start_storing(&p);
	set_slot(p.vm, memory, SLOT_GPA, RAM_BYTES);
	ok(stores_next(&p, SIGN_GPA) && memory[0] == VALUE, "the guest stores to slot 1");
	is_errno(set_slot(p.vm, memory, SLOT_GPA, RAM_BYTES), EEXIST,
		 "the same slot once more is refused");
	is_errno(set_slot(p.vm, other, MOVED_GPA, RAM_BYTES), EEXIST,
		 "other memory for a slot in use is refused");
	is_errno(set_slot(p.vm, memory, RAM_GPA, RAM_BYTES), EEXIST,
		 "a move onto another slot is refused");
	is_errno(set_slot(p.vm, memory, 1ULL << 50, RAM_BYTES), EINVAL,
		 "a move to where no guest can reach is refused");
	memory[0] = 0;
	ok(stores_next(&p, SIGN_GPA) && memory[0] == VALUE,
	   "after all that the memory is where it was");
	memory[1] = MARK;
	is_errno(set_slot(p.vm, memory, MOVED_GPA, RAM_BYTES), 0, "the slot is moved");
	memory[0] = 0;
	ok(stores_next(&p, SLOT_GPA) && memory[0] == 0, "the old address is empty");
	set_register(p.vcpu, GZVM_CORE_X(0), MOVED_GPA);
	ok(stores_next(&p, SIGN_GPA) && stores_next(&p, SIGN_GPA) && memory[0] == VALUE &&
	   memory[1] == MARK, "the memory is at the new one, with its contents");
	is_errno(set_slot(p.vm, memory, MOVED_GPA + PAGE_BYTES, RAM_BYTES), 0,
		 "a slot can be moved onto a part of itself");
	program_stop(&p);
	munmap(memory, RAM_BYTES);
	munmap(other, RAM_BYTES);
}

/* A guest that stores at SLOT_GPA without end, and the thread that runs it. */
struct writer {
	struct program program;
	pthread_t thread;
	bool stopped;
	unsigned int unexpected;
};

static void on_signal(int number)
{
	(void)number;
}

/* An exit that this guest can have: its store found no memory, before or in a fault. */
static bool is_expected(const struct gzvm_vcpu_run *r)
{
	if (r->exit_reason == GZVM_EXIT_MMIO)
		return r->mmio.phys_addr == SLOT_GPA;
	return r->exit_reason == GZVM_EXIT_EXCEPTION && r->exception.fault_gpa == SLOT_GPA;
}

static void *run_writer(void *argument)
{
	struct writer *w = argument;

	while (!__atomic_load_n(&w->stopped, __ATOMIC_RELAXED)) {
		if (run(&w->program))
			w->unexpected += errno != EINTR;
		else
			w->unexpected += !is_expected(&w->program.run);
	}
	return NULL;
}

static void stop_writer(struct writer *w)
{
	__atomic_store_n(&w->stopped, true, __ATOMIC_RELAXED);
	do {
		pthread_kill(w->thread, SIGUSR1);
		sched_yield();
	} while (pthread_tryjoin_np(w->thread, NULL) == EBUSY);
}

static bool is_written(const volatile uint64_t *memory)
{
	const struct timespec quiet = { .tv_nsec = QUIET_NS };

	for (int i = 0; i < PATIENCE && *memory != VALUE; i++)
		nanosleep(&quiet, NULL);
	return *memory == VALUE;
}

static void test_delete_while_running(void)
{
	static const uint32_t code[] = { STR_X(1, 0), BACK(1) };
	const struct timespec quiet = { .tv_nsec = QUIET_NS };
	volatile uint64_t *memory = map_shared(RAM_BYTES);
	struct sigaction action = { .sa_handler = on_signal };
	unsigned int failures = 0, late = 0, written = 0;
	struct writer w = { .stopped = false };

	sigaction(SIGUSR1, &action, NULL);
	program_start(&w.program, code, COUNT(code));
	set_register(w.program.vcpu, GZVM_CORE_X(0), SLOT_GPA);
	set_register(w.program.vcpu, GZVM_CORE_X(1), VALUE);
	pthread_create(&w.thread, NULL, run_writer, &w);
	for (int i = 0; i < DELETIONS; i++) {
		failures += set_slot(w.program.vm, (void *)memory, SLOT_GPA, RAM_BYTES) != 0;
		written += is_written(memory);
		failures += delete_slot(w.program.vm) != 0;
		memory[0] = MARK;
		nanosleep(&quiet, NULL);
		late += memory[0] != MARK;
	}
	stop_writer(&w);
	is_number(failures, 0, "a slot comes and goes 200 times under a running guest");
	ok(written > 0, "which writes to it");
	is_number(late, 0, "and not after a deletion");
	is_number(w.unexpected, 0, "its stores then are exits, and nothing else is");
	program_stop(&w.program);
	munmap((void *)memory, RAM_BYTES);
}

static void test_relinquish(void)
{
	/* Touches a page, gives it up, tells the answer; touches it again, tells. */
	static const uint32_t code[] = { STR_X(2, 1), HVC, STR_X(0, 3), STR_X(2, 1), STR_X(2, 3) };
	const uint64_t page = RAM_GPA + 5 * PAGE_BYTES;
	uint64_t answer;
	struct program p;
	long pinned;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), MEM_RELINQUISH);
	set_register(p.vcpu, GZVM_CORE_X(1), page);
	set_register(p.vcpu, GZVM_CORE_X(2), VALUE);
	set_register(p.vcpu, GZVM_CORE_X(3), SIGN_GPA);
	ok(stores_next(&p, SIGN_GPA), "a guest gives up a page");
	memcpy(&answer, p.run.mmio.data, sizeof(answer));
	is_number(answer, 0, "which is granted");
	pinned = counter("pinned_pages");
	is_number(pinned, RAM_BYTES / PAGE_BYTES - 1, "the page is pinned no more");
	p.ram[(page - RAM_GPA) / sizeof(p.ram[0])] = 0;
	ok(stores_next(&p, SIGN_GPA), "it touches the page again");
	is_number(counter("pinned_pages"), pinned + 1, "and has it again");
	ok(!memcmp(&p.ram[(page - RAM_GPA) / sizeof(p.ram[0])], &(uint64_t){ VALUE }, 8),
	   "where it was");
	program_stop(&p);

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_PC, RAM_GPA + sizeof(code[0]));
	set_register(p.vcpu, GZVM_CORE_X(0), MEM_RELINQUISH);
	set_register(p.vcpu, GZVM_CORE_X(1), SLOT_GPA);
	set_register(p.vcpu, GZVM_CORE_X(3), SIGN_GPA);
	ok(stores_next(&p, SIGN_GPA), "a guest gives up what it does not have");
	memcpy(&answer, p.run.mmio.data, sizeof(answer));
	is_number(answer, INVALID_PARAMETER, "which is no page of its memory");
	program_stop(&p);
}

static long discard(int vm, uint64_t gpa, uint64_t bytes)
{
	struct gzvm_enable_cap cap = {
		.cap = GZVM_CAP_JINN,
		.args = { GZVM_JINN_DISCARD, gpa, bytes },
	};

	return ioctl(vm, GZVM_ENABLE_CAP, &cap);
}

/* Pages go from a guest that has used them, and come back empty when it uses them again. */
static void test_discard(void)
{
	uint64_t *memory = map_shared(RAM_BYTES);
	const uint64_t words = PAGE_BYTES / sizeof(memory[0]);
	struct program p;
	long pinned;

	start_storing(&p);
	set_slot(p.vm, memory, SLOT_GPA, RAM_BYTES);
	ok(stores_next(&p, SIGN_GPA) && memory[0] == VALUE, "the guest stores to slot 1");
	memory[3 * words] = MARK;
	pinned = counter("pinned_pages");
	is_errno(discard(p.vm, SLOT_GPA + 1, PAGE_BYTES), EINVAL, "half a page is refused");
	is_errno(discard(p.vm, SLOT_GPA, 0), EINVAL, "no page is refused");
	is_errno(discard(p.vm, SLOT_GPA, RAM_BYTES + PAGE_BYTES), EINVAL,
		 "more than the slot is refused");
	is_errno(discard(p.vm, MOVED_GPA, PAGE_BYTES), EINVAL, "what no slot has is refused");
	is_errno(discard(p.vm, 0 - PAGE_BYTES, 2 * PAGE_BYTES), EINVAL,
		 "a range around the end of addresses is refused");
	is_number(counter("pinned_pages"), pinned, "and nothing has changed");
	is_errno(discard(p.vm, SLOT_GPA, 2 * PAGE_BYTES), 0, "two pages are discarded");
	is_number(counter("pinned_pages"), pinned - 2, "which are pinned no more");
	is_errno(discard(p.vm, SLOT_GPA, 2 * PAGE_BYTES), 0, "once more is no error");
	ok(!madvise(memory, 2 * PAGE_BYTES, MADV_REMOVE) && !memory[0], "their memory is freed");
	memory[1] = MARK;
	ok(stores_next(&p, SIGN_GPA) && memory[0] == VALUE && memory[1] == MARK,
	   "the guest stores to what is there now");
	is_number(counter("pinned_pages"), pinned, "its block is pinned again");
	ok(memory[3 * words] == MARK, "and its other pages are as they were");
	program_stop(&p);
	munmap(memory, RAM_BYTES);
}

void test_slots(void)
{
	test_delete();
	test_move();
	test_delete_while_running();
	test_relinquish();
	test_discard();
}
