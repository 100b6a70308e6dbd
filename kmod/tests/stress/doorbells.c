// SPDX-License-Identifier: GPL-2.0-only
/* Doorbells and irqfds that come, ring and go while their VM and eventfd are closed. */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stress.h"

#define RINGS	4
#define GSI	33

struct stage {
	uint32_t *code;
	struct small_vm small;
	int eventfd;
	unsigned int first;
};

static const int assign_errors[] = { EBADF, EEXIST, 0 };
static const int deassign_errors[] = { EBADF, ENOENT, 0 };
static const int bind_errors[] = { EBADF, EBUSY, 0 };
static const int unbind_errors[] = { EBADF, 0 };

static unsigned int faults_of(bool allowed, const char *what)
{
	if (!allowed)
		diag("%s: errno %d", what, errno);
	return !allowed;
}

static unsigned int assign(const struct stage *s)
{
	struct gzvm_irqfd irqfd = { .fd = s->eventfd, .gsi = GSI };
	int vm = s->small.vm;

	return faults_of(one_of(assign_doorbell(vm, DOORBELL_GPA, 4, s->eventfd), assign_errors),
			 "assign of a doorbell") +
	       faults_of(one_of(ioctl(vm, GZVM_IRQFD, &irqfd), bind_errors),
			 "assign of an irqfd");
}

static unsigned int deassign(const struct stage *s)
{
	struct gzvm_irqfd irqfd = {
		.fd = s->eventfd,
		.gsi = GSI,
		.flags = GZVM_IRQFD_FLAG_DEASSIGN,
	};
	int vm = s->small.vm;

	return faults_of(one_of(deassign_doorbell(vm, DOORBELL_GPA, 4, s->eventfd),
				deassign_errors), "deassign of a doorbell") +
	       faults_of(one_of(ioctl(vm, GZVM_IRQFD, &irqfd), unbind_errors),
			 "deassign of an irqfd");
}

static unsigned int assign_first(void *stage)
{
	return assign(stage) + deassign(stage);
}

static unsigned int deassign_first(void *stage)
{
	return deassign(stage) + assign(stage);
}

static unsigned int ring(void *stage)
{
	const struct stage *s = stage;
	const uint64_t one = 1;
	unsigned int faults = 0;

	for (int i = 0; i < RINGS; i++)
		faults += faults_of(one_of(write(s->eventfd, &one, sizeof(one)), unbind_errors),
				    "ring");
	drain(s->eventfd);
	return faults;
}

/* The guest leaves by its last store, or earlier when no doorbell is there. */
static unsigned int run_guest(void *stage)
{
	struct stage *s = stage;
	int result = ioctl(s->small.vcpu, GZVM_RUN, &s->small.run);

	return faults_of(one_of(result, unbind_errors), "RUN") +
	       faults_of(result || s->small.run.exit_reason == GZVM_EXIT_MMIO, "exit");
}

/* All descriptors, beginning with another one in each round. */
static unsigned int close_all(void *stage)
{
	const struct stage *s = stage;
	const int fds[] = { s->small.vm, s->small.vcpu, s->eventfd };

	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[(s->first + i) % COUNT(fds)]);
	return 0;
}

static void prepare(void *stage, unsigned int round)
{
	struct stage *s = stage;

	small_vm_start(&s->small, s->code);
	s->eventfd = create_eventfd();
	s->first = round;
}

static unsigned int judge(void *stage, unsigned int round)
{
	(void)stage;
	(void)round;
	/* What has been left behind is seen when all rounds are over. */
	return 0;
}

void stress_doorbells(unsigned int rounds)
{
	static const uint32_t code[] = {
		STR_W(1, 0), STR_W(1, 0), STR_W(1, 0), STR_W(1, 0), STR_W(1, 0), STR_W(1, 0),
		STR_W(1, 3), BACK(7),
	};
	static unsigned int (*const roles[])(void *) = {
		assign_first, deassign_first, ring, run_guest, close_all,
	};
	static const struct team team = { roles, COUNT(roles), prepare, judge };
	struct stage stage = { .code = small_vm_map_code(code, COUNT(code)) };

	is_number(team_play(&team, &stage, rounds), 0,
		  "doorbells and irqfds are assigned, rung, deassigned and closed all at once");
}
