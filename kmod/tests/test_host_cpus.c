// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs and the host's CPUs: a vCPU runs wherever its thread does, a CPU may go away
 * between two of its runs and come back, and a guest that never leaves by itself does
 * not stop the host's clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

#define MAX_CPUS	8
#define MOVES		200
#define UNPLUGS		5
#define NS_PER_MS	1000000LL
#define CLOCK_TICKS	200
#define TICK_NS		(5 * NS_PER_MS)
/* An emulator may stand still for a while. */
#define LATE_NS		(2000 * NS_PER_MS)
#define KICK_SIGNAL	SIGUSR1

/* It tells a number, each time one more. */
static const uint32_t count_up[] = { ADD_1(1, 1), STR_X(1, 0), BACK(2) };
static const uint32_t spin[] = { BACK(0) };

static bool run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

static void run_anywhere(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	sched_setaffinity(0, sizeof(set), &set);
}

static bool counts_on(struct program *p, uint64_t expected)
{
	uint64_t got = 0;

	if (run(p) || p->run.exit_reason != GZVM_EXIT_MMIO)
		return false;
	memcpy(&got, p->run.mmio.data, sizeof(got));
	return got == expected;
}

static void start_counting(struct program *p)
{
	program_start(p, count_up, COUNT(count_up));
	set_register(p->vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(p->vcpu, GZVM_CORE_X(1), 0);
}

static void test_moves(int cpus)
{
	struct program p;
	int right = 0;

	start_counting(&p);
	for (int i = 1; i <= MOVES; i++)
		right += run_on(i % cpus) && counts_on(&p, i);
	ok(right == MOVES, "a vCPU runs on all CPUs in turns");
	run_anywhere();
	program_stop(&p);
}

/** struct spinner - a thread that runs a guest which never leaves */
struct spinner {
	struct program program;
	pthread_t thread;
	int cpu;
	bool stop;
	bool wrong;
};

static void on_signal(int number)
{
	(void)number;
}

static void *spin_on(void *argument)
{
	struct spinner *s = argument;

	if (s->cpu >= 0)
		run_on(s->cpu);
	while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE))
		s->wrong |= !run(&s->program) || errno != EINTR;
	return NULL;
}

static void start_spinner(struct spinner *s, int cpu)
{
	memset(s, 0, sizeof(*s));
	s->cpu = cpu;
	program_start(&s->program, spin, COUNT(spin));
	if (pthread_create(&s->thread, NULL, spin_on, s))
		bail_out("pthread_create");
}

/* A signal that comes just before GZVM_RUN has no effect: repeat it. */
static void stop_spinner(struct spinner *s)
{
	struct timespec deadline;

	__atomic_store_n(&s->stop, true, __ATOMIC_RELEASE);
	do {
		pthread_kill(s->thread, KICK_SIGNAL);
		clock_gettime(CLOCK_REALTIME, &deadline);
		deadline.tv_nsec += 10 * NS_PER_MS;
		if (deadline.tv_nsec >= 1000 * NS_PER_MS) {
			deadline.tv_nsec -= 1000 * NS_PER_MS;
			deadline.tv_sec++;
		}
	} while (pthread_timedjoin_np(s->thread, NULL, &deadline));
	program_stop(&s->program);
}

static bool move_spinner(const struct spinner *s, int cpu)
{
	const struct timespec pause = { .tv_nsec = 5 * NS_PER_MS };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	nanosleep(&pause, NULL);
	return !pthread_setaffinity_np(s->thread, sizeof(set), &set);
}

/* It stays where it is, but may be moved: of a thread that may not, the kernel complains. */
static bool free_spinner(const struct spinner *s)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	return !pthread_setaffinity_np(s->thread, sizeof(set), &set);
}

static void test_moves_while_running(int cpus)
{
	struct spinner s;
	int moved = 0;

	start_spinner(&s, 0);
	for (int i = 0; i < 40; i++)
		moved += move_spinner(&s, i % cpus);
	stop_spinner(&s);
	ok(moved == 40 && !s.wrong, "a vCPU is moved while its guest spins");
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

/* Return: how late the latest of many ticks is, or -1 when one is early. */
static int64_t latest_tick(int timer, int64_t start)
{
	int64_t late = 0;
	uint64_t ticks = 0, more;

	while (ticks < CLOCK_TICKS) {
		int64_t passed;

		if (read(timer, &more, sizeof(more)) != sizeof(more))
			bail_out("timerfd");
		ticks += more;
		passed = now() - start;
		if (passed < (int64_t)ticks * TICK_NS)
			return -1;
		if (passed - (int64_t)ticks * TICK_NS > late)
			late = passed - ticks * TICK_NS;
	}
	return late;
}

/* Interrupts of each CPU's own timer, from the line of /proc/interrupts; 0 when there is none. */
static unsigned long timer_interrupts(int cpu)
{
	unsigned long count = 0;
	char line[512];
	FILE *file = fopen("/proc/interrupts", "re");

	while (file && fgets(line, sizeof(line), file)) {
		char *at = strchr(line, ':');

		if (!at || !strstr(line, "arch_timer"))
			continue;
		at++;
		for (int i = 0; i <= cpu; i++)
			count = strtoul(at, &at, 10);
	}
	if (file)
		fclose(file);
	return count;
}

/* A guest on every CPU, none of which ever traps. */
static void test_clock(int cpus)
{
	const struct itimerspec period = {
		.it_value.tv_nsec = TICK_NS,
		.it_interval.tv_nsec = TICK_NS,
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	static struct spinner spinners[MAX_CPUS];
	unsigned long before[MAX_CPUS];
	int ticking = 0;
	int64_t start, late;

	for (int i = 0; i < cpus; i++) {
		start_spinner(&spinners[i], i);
		before[i] = timer_interrupts(i);
	}
	/* Before the timer begins: who starts it may lose the CPU just then. */
	start = now();
	if (timer < 0 || timerfd_settime(timer, 0, &period, NULL))
		bail_out("timerfd");
	late = latest_tick(timer, start);
	close(timer);
	for (int i = 0; i < cpus; i++)
		ticking += timer_interrupts(i) > before[i];
	for (int i = 0; i < cpus; i++)
		stop_spinner(&spinners[i]);
	if (!ok(late >= 0 && late < LATE_NS, "the host's timers come while guests spin everywhere"))
		diag("the latest is %lld ms late", (long long)(late / NS_PER_MS));
	ok(ticking == cpus, "every CPU of the host gets its timer's interrupts");
}

/* Return: whether the CPU is now on or off, as asked. */
static bool plug(int cpu, bool on)
{
	char path[64];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, on ? "1" : "0", 1) == 1;
	if (fd >= 0)
		close(fd);
	return done;
}

/* The last CPU goes while another VM runs beside it; the vCPU has run there last. */
static void test_unplug(int cpus)
{
	int cpu = cpus - 1, plugged = 0, right = 0;
	struct spinner neighbour;
	struct program p;
	uint64_t count = 0;

	if (cpus < 2) {
		skip("a CPU goes and comes back", "the host has one CPU");
		return;
	}
	start_counting(&p);
	start_spinner(&neighbour, 0);
	for (int i = 0; i < UNPLUGS; i++) {
		right += run_on(cpu) && counts_on(&p, ++count);
		plugged += run_on(0) && plug(cpu, false);
		right += counts_on(&p, ++count);
		plugged += plug(cpu, true);
		right += run_on(cpu) && counts_on(&p, ++count);
	}
	run_anywhere();
	ok(plugged == 2 * UNPLUGS, "a CPU goes and comes back while VMs run");
	ok(right == 3 * UNPLUGS, "a vCPU that ran there runs elsewhere, and there again");
	stop_spinner(&neighbour);
	ok(!neighbour.wrong, "the VM on another CPU does not notice");
	program_stop(&p);
}

/* The CPU goes under a guest that spins on it: its thread is moved, the guest goes on. */
static void test_unplug_under_guest(int cpus)
{
	struct spinner s;
	int plugged = 0;

	if (cpus < 2) {
		skip("a CPU goes under a guest", "the host has one CPU");
		return;
	}
	start_spinner(&s, -1);
	for (int i = 0; i < UNPLUGS; i++) {
		plugged += move_spinner(&s, cpus - 1) && free_spinner(&s);
		plugged += plug(cpus - 1, false);
		plugged += plug(cpus - 1, true);
	}
	stop_spinner(&s);
	ok(plugged == 3 * UNPLUGS && !s.wrong, "a CPU goes under a guest that spins on it");
}

void test_host_cpus(void)
{
	struct sigaction before, action = { .sa_handler = on_signal };
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	sigaction(KICK_SIGNAL, &action, &before);
	test_moves(cpus);
	test_moves_while_running(cpus);
	test_clock(cpus);
	test_unplug(cpus);
	test_unplug_under_guest(cpus);
	sigaction(KICK_SIGNAL, &before, NULL);
}
