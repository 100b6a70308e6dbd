// SPDX-License-Identifier: GPL-2.0-only
/* Doorbells that are assigned and deassigned while somebody else is at them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

#define STORES		20000
#define SILENCE_NS	200000L
#define DUELS		300
/* A storm whose stores all vanish would never end. */
#define STORM_SECONDS	60

/* A guest that stores 0, 1, 2... at DOORBELL_GPA, and the thread that runs it. */
struct storm {
	struct program program;
	pthread_t thread;
	pthread_mutex_t lock;
	uint64_t exits;		/* stores that came to user space */
	uint64_t last;		/* data of the last of them */
	bool failed;
	bool stopped;
};

static void on_signal(int number)
{
	(void)number;
}

static void *run_storm(void *argument)
{
	struct storm *s = argument;
	struct gzvm_vcpu_run *r = &s->program.run;
	uint64_t data = 0;

	while (data < STORES - 1) {
		if (run(&s->program)) {
			if (errno == EINTR && !__atomic_load_n(&s->stopped, __ATOMIC_RELAXED))
				continue;
			s->failed = true;
			break;
		}
		memcpy(&data, r->mmio.data, sizeof(data));
		if (r->exit_reason != GZVM_EXIT_MMIO || (s->exits && data <= s->last)) {
			s->failed = true;
			break;
		}
		pthread_mutex_lock(&s->lock);
		s->exits++;
		s->last = data;
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* Return: true when the storm's thread has ended, at the latest at @deadline. */
static bool is_over(struct storm *s, time_t deadline)
{
	if (time(NULL) >= deadline) {
		__atomic_store_n(&s->stopped, true, __ATOMIC_RELAXED);
		pthread_kill(s->thread, SIGUSR1);
	}
	return pthread_tryjoin_np(s->thread, NULL) != EBUSY;
}

/*
 * The storm ends by a store that comes to user space, so the last doorbell is
 * always taken away again. Every store then is a ring or an exit, never both.
 */
static void test_deassign_is_silence(void)
{
	static const uint32_t code[] = { STR_X(1, 0), ADD_1(1, 1), BACK(2) };
	const struct timespec silence = { .tv_nsec = SILENCE_NS };
	struct storm s = { .lock = PTHREAD_MUTEX_INITIALIZER };
	unsigned int rounds = 0, late = 0, errors = 0;
	int eventfd = create_eventfd();
	uint64_t rings = 0;
	time_t deadline = time(NULL) + STORM_SECONDS;
	/* No SA_RESTART: the signal has to end GZVM_RUN. */
	struct sigaction stop = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &stop, NULL);
	program_start(&s.program, code, COUNT(code));
	set_register(s.program.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	pthread_create(&s.thread, NULL, run_storm, &s);
	while (!is_over(&s, deadline)) {
		errors += assign_doorbell(s.program.vm, DOORBELL_GPA, 8, eventfd) != 0;
		nanosleep(&silence, NULL);
		errors += deassign_doorbell(s.program.vm, DOORBELL_GPA, 8, eventfd) != 0;
		rings += drain(eventfd);
		nanosleep(&silence, NULL);
		late += drain(eventfd) != 0;
		rounds++;
	}
	ok(!s.failed && !errors, "a doorbell comes and goes under a storm (%u times)", rounds);
	is_number(late, 0, "after a deassign there is silence");
	ok(rings && s.exits, "stores rang (%llu) and came to user space (%llu)",
	   (unsigned long long)rings, (unsigned long long)s.exits);
	/* The last exit's data is how many stores came before it. */
	is_number(rings + s.exits, s.last + 1, "each store did one of the two");
	program_stop(&s.program);
	close(eventfd);
}

struct duel {
	int vm;
	int eventfd;
	pthread_barrier_t *start;
	unsigned int wins;
	unsigned int losses;
};

/* Both assign the same doorbell; who got it takes it away when both have tried. */
static void *fight(void *argument)
{
	struct duel *d = argument;

	for (int i = 0; i < DUELS; i++) {
		bool won;

		pthread_barrier_wait(d->start);
		won = !assign_doorbell(d->vm, DOORBELL_GPA, 4, d->eventfd);
		d->wins += won;
		d->losses += !won && errno == EEXIST;
		pthread_barrier_wait(d->start);
		if (won)
			deassign_doorbell(d->vm, DOORBELL_GPA, 4, d->eventfd);
	}
	return NULL;
}

static void test_one_of_two_wins(void)
{
	pthread_barrier_t start;
	struct duel duels[2];
	pthread_t threads[2];
	int vm = create_vm();

	pthread_barrier_init(&start, NULL, 2);
	for (int i = 0; i < 2; i++) {
		duels[i] = (struct duel){ vm, create_eventfd(), &start, 0, 0 };
		pthread_create(&threads[i], NULL, fight, &duels[i]);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		close(duels[i].eventfd);
	}
	is_number(duels[0].wins + duels[1].wins, DUELS, "of two that assign at once one wins");
	is_number(duels[0].losses + duels[1].losses, DUELS, "and the other is told EEXIST");
	is_number(counter("doorbells"), 0, "nothing is left");
	pthread_barrier_destroy(&start);
	close(vm);
}

void test_doorbell_races(void)
{
	test_deassign_is_silence();
	test_one_of_two_wins();
}
