// SPDX-License-Identifier: GPL-2.0-only
/* Two threads that want one vCPU, and two that want one vCPU number. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stress.h"

/**
 * struct arena - a vCPU with two runners
 * @seen: how often the store of each number has been returned
 * @rounds: how many numbers count
 * @over: all of them have been stored
 * @busy: refusals
 * @faults: what must not be
 */
struct arena {
	struct small_vm small;
	unsigned char *seen;
	unsigned int rounds;
	bool over;
	unsigned int busy;
	unsigned int faults;
};

static void note_store(struct arena *arena, const struct gzvm_vcpu_run *run)
{
	uint64_t number;

	memcpy(&number, run->mmio.data, sizeof(number));
	if (run->exit_reason != GZVM_EXIT_MMIO)
		__atomic_add_fetch(&arena->faults, 1, __ATOMIC_RELAXED);
	else if (number < arena->rounds)
		__atomic_add_fetch(&arena->seen[number], 1, __ATOMIC_RELAXED);
	else
		__atomic_store_n(&arena->over, true, __ATOMIC_RELAXED);
}

static void *run_until_over(void *argument)
{
	struct arena *arena = argument;
	struct gzvm_vcpu_run own = { 0 };

	while (!__atomic_load_n(&arena->over, __ATOMIC_RELAXED)) {
		if (!ioctl(arena->small.vcpu, GZVM_RUN, &own))
			note_store(arena, &own);
		else if (errno == EBUSY)
			__atomic_add_fetch(&arena->busy, 1, __ATOMIC_RELAXED);
		else
			__atomic_add_fetch(&arena->faults, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* The guest stores 0, 1, 2...: each exit has to come to one of the two, once. */
void stress_runners(unsigned int rounds)
{
	static const uint32_t code[] = { STR_X(1, 0), ADD_1(1, 1), BACK(2) };
	struct arena arena = { .seen = calloc(rounds, 1), .rounds = rounds };
	pthread_t threads[2];
	unsigned int wrong = 0;

	if (!arena.seen)
		bail_out("calloc");
	small_vm_start(&arena.small, small_vm_map_code(code, COUNT(code)));
	for (size_t i = 0; i < COUNT(threads); i++) {
		errno = pthread_create(&threads[i], NULL, run_until_over, &arena);
		if (errno)
			bail_out("pthread_create");
	}
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < rounds; i++)
		wrong += arena.seen[i] != 1;
	is_number(wrong, 0, "each exit of a vCPU with two runners comes to one of them, once");
	is_number(arena.faults, 0, "the other is told EBUSY and nothing else");
	ok(arena.busy, "which has happened (%u times)", arena.busy);
	small_vm_stop(&arena.small);
	free(arena.seen);
}

/**
 * struct contest - a vCPU number that all want
 * @fds: what each got, or -errno
 * @next: place in @fds for whoever comes next
 */
struct contest {
	int vm;
	unsigned long id;
	int fds[3];
	unsigned int next;
};

static unsigned int create_vcpu(void *stage)
{
	struct contest *contest = stage;
	int fd = ioctl(contest->vm, GZVM_CREATE_VCPU, contest->id);

	contest->fds[__atomic_fetch_add(&contest->next, 1, __ATOMIC_RELAXED)] =
		fd < 0 ? -errno : fd;
	return 0;
}

static void prepare_contest(void *stage, unsigned int round)
{
	struct contest *contest = stage;

	contest->id = round % GZVM_MAX_VCPUS;
	contest->next = 0;
	if (contest->id)
		return;
	if (contest->vm >= 0)
		close(contest->vm);
	contest->vm = create_vm();
}

static unsigned int judge_contest(void *stage, unsigned int round)
{
	struct contest *contest = stage;
	unsigned int won = 0, lost = 0;

	(void)round;
	for (size_t i = 0; i < COUNT(contest->fds); i++) {
		won += contest->fds[i] >= 0;
		lost += contest->fds[i] == -EEXIST;
		if (contest->fds[i] >= 0)
			close(contest->fds[i]);
	}
	return won != 1 || lost != COUNT(contest->fds) - 1;
}

void stress_vcpu_numbers(unsigned int rounds)
{
	static unsigned int (*const roles[])(void *) = { create_vcpu, create_vcpu, create_vcpu };
	static const struct team team = { roles, COUNT(roles), prepare_contest, judge_contest };
	struct contest contest = { .vm = -1 };

	is_number(team_play(&team, &contest, rounds), 0,
		  "of three that create one vCPU at once, one does and two are told EEXIST");
	close(contest.vm);
}
