// SPDX-License-Identifier: GPL-2.0-only
/* Processes that do all that a VMM does, killed at any moment. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../fuzz/chance.h"
#include "stress.h"

/* Lives last up to so many times what a process needs until it is at work. */
#define LONGEST_LIFE	3
/* Of fewer, all may happen to die early. */
#define ENOUGH_ROUNDS	30
#define IRQFDS		4
#define DOORBELLS	32
#define SEED		1

struct victim {
	struct small_vm small;
	int vcpu_1;
	int irqfds[IRQFDS];
	int doorbell;
};

static void *run_forever(void *argument)
{
	struct victim *v = argument;

	for (;;)
		ioctl(v->small.vcpu, GZVM_RUN, &v->small.run);
	return NULL;
}

/* A vCPU that is off sleeps in the driver. */
static void *sleep_forever(void *argument)
{
	struct victim *v = argument;
	struct gzvm_vcpu_run run = { 0 };

	for (;;)
		ioctl(v->vcpu_1, GZVM_RUN, &run);
	return NULL;
}

static void *raise_interrupts(void *argument)
{
	const struct victim *v = argument;
	const uint64_t one = 1;

	for (unsigned int i = 0;; i++)
		if (write(v->irqfds[i % IRQFDS], &one, sizeof(one)) < 0)
			_exit(1);
	return NULL;
}

static void *change_doorbells(void *argument)
{
	const struct victim *v = argument;

	for (unsigned int i = 0;; i++) {
		uint64_t address = DOORBELL_GPA + 4 * (i % DOORBELLS);

		if (i / DOORBELLS % 2)
			deassign_doorbell(v->small.vm, address, 4, v->doorbell);
		else
			assign_doorbell(v->small.vm, address, 4, v->doorbell);
	}
	return NULL;
}

/**
 * live() - be a VMM until killed
 * @code: the guest's page
 * @inherited: an eventfd that outlives the process
 * @ready: pipe that gets a byte when all is at work
 */
static void __attribute__((noreturn)) live(uint32_t *code, int inherited, int ready)
{
	static void *(*const threads[])(void *) = {
		run_forever, sleep_forever, raise_interrupts, change_doorbells,
	};
	struct victim victim = { .doorbell = create_eventfd() };
	pthread_t thread;

	small_vm_start(&victim.small, code);
	victim.vcpu_1 = ioctl(victim.small.vm, GZVM_CREATE_VCPU, 1UL);
	for (uint32_t i = 0; i < IRQFDS; i++) {
		struct gzvm_irqfd irqfd = { .gsi = 40 + i };

		victim.irqfds[i] = i ? create_eventfd() : inherited;
		irqfd.fd = victim.irqfds[i];
		ioctl(victim.small.vm, GZVM_IRQFD, &irqfd);
	}
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_create(&thread, NULL, threads[i], &victim);
	/* More memory, until all slots are used; then there is nothing left to do. */
	for (uint32_t slot = 1; slot < GZVM_MAX_MEM_REGION; slot++)
		set_page(victim.small.vm, slot, RAM_GPA + slot * RAM_BYTES,
			 map_shared(PAGE_BYTES));
	if (write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* An irqfd that still listens would take the signal away. */
static bool is_deaf(int eventfd)
{
	const uint64_t one = 1;

	drain(eventfd);
	return write(eventfd, &one, sizeof(one)) == sizeof(one) && drain(eventfd) == 1;
}

static pid_t start_one(uint32_t *code, int inherited, int ready)
{
	pid_t child = fork();

	if (child < 0)
		bail_out("fork");
	if (!child)
		live(code, inherited, ready);
	return child;
}

static void kill_one(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static uint64_t nanoseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* Return: how long a process takes until it is at work, which depends on the kernel. */
static uint64_t measure_start(uint32_t *code, int inherited, const int *pipe_fds)
{
	uint64_t start = nanoseconds();
	pid_t child = start_one(code, inherited, pipe_fds[1]);
	char byte;

	if (read(pipe_fds[0], &byte, 1) != 1)
		bail_out("the first process");
	start = nanoseconds() - start;
	kill_one(child);
	return start;
}

static void live_for(uint64_t nanoseconds)
{
	const struct timespec life = {
		.tv_sec = nanoseconds / 1000000000,
		.tv_nsec = nanoseconds % 1000000000,
	};

	nanosleep(&life, NULL);
}

/**
 * struct toll - in how many rounds a killed process has left something
 * @counters: a counter above 0
 * @listeners: an irqfd that listens
 * @eventfds: an eventfd without a process
 * @at_work: no fault: it was killed when it had an irqfd
 */
struct toll {
	unsigned int counters;
	unsigned int listeners;
	unsigned int eventfds;
	unsigned int at_work;
};

static struct toll kill_many(uint32_t *code, unsigned int rounds, int inherited,
			     const struct eventfd_census *census)
{
	struct chance chance = { SEED };
	struct toll toll = { 0 };
	int pipe_fds[2];
	uint64_t start;

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) || fcntl(pipe_fds[0], F_SETFL, 0))
		bail_out("pipe");
	start = measure_start(code, inherited, pipe_fds);
	diag("a process is at work after %llu us", (unsigned long long)start / 1000);
	for (unsigned int i = 0; i < rounds; i++) {
		pid_t child = start_one(code, inherited, pipe_fds[1]);

		live_for(chance_word(&chance) % (LONGEST_LIFE * start));
		toll.at_work += counter("irqfds") > 0;
		kill_one(child);
		toll.counters += !counters_become_zero();
		toll.listeners += !is_deaf(inherited);
		toll.eventfds += census && !eventfd_census_is_as_before(census);
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return toll;
}

void stress_kills(unsigned int rounds)
{
	/* Rings while its doorbell is there, touches memory, leaves. */
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 0), STR_W(1, 3), BACK(3) };
	uint32_t *page = small_vm_map_code(code, COUNT(code));
	int inherited = create_eventfd();
	struct eventfd_census census;
	bool shown = eventfd_census_take(&census);
	struct toll toll = kill_many(page, rounds, inherited, shown ? &census : NULL);

	close(inherited);
	munmap(page, PAGE_BYTES);
	is_number(toll.counters, 0, "a killed process leaves no counter above 0");
	is_number(toll.listeners, 0, "nor an irqfd that listens");
	if (shown)
		is_number(toll.eventfds, 0, "nor an eventfd");
	else
		skip("nor an eventfd", "this kernel does not show their numbers");
	if (rounds >= ENOUGH_ROUNDS)
		ok(toll.at_work >= rounds / 4, "enough are killed at work (%u of %u)",
		   toll.at_work, rounds);
	else
		skip("enough are killed at work", "too few rounds");
}
