// SPDX-License-Identifier: GPL-2.0-only
/* The threads that make the calls. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

/* RUN is interrupted after so long, and again until it has returned. */
#define RUN_NS			300000L
#define RUN_SIGNAL		SIGUSR1
/* A call that lasts longer never returns; a loaded build machine is slow. */
#define HANG_SECONDS		120
#define GUARD_BYTE		0xa5
/* Of the calls that write where they must not, so many are named. */
#define SHOWN			4

/**
 * struct worker - a thread
 * @quota: ioctls that it makes
 * @deadline: when it stops earlier; 0 for never
 * @shadow: the argument as it was before the call
 * @timer: interrupts RUN
 * @began: ioctls begun, for the thread that watches
 * @doing: the last of them
 */
struct worker {
	struct fuzz_generator generator;
	struct fuzz_tally tally;
	uint64_t quota;
	time_t deadline;
	uint8_t shadow[FUZZ_MAX_ARGUMENT + FUZZ_GUARD];
	timer_t timer;
	pthread_t thread;
	uint64_t began;
	const struct fuzz_type *doing;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void on_signal(int number)
{
	(void)number;
}

static void create_timer(struct worker *worker)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = RUN_SIGNAL,
		._sigev_un._tid = gettid(),
	};

	if (timer_create(CLOCK_MONOTONIC, &event, &worker->timer))
		bail_out("timer_create");
}

static void set_timer(struct worker *worker, long nanoseconds)
{
	const struct itimerspec interval = {
		.it_value.tv_nsec = nanoseconds,
		.it_interval.tv_nsec = nanoseconds,
	};

	timer_settime(worker->timer, 0, &interval, NULL);
}

/* Where the argument can be written through; NULL when there is nothing to write. */
static uint8_t *writable_alias(const struct worker *worker, const struct fuzz_call *call)
{
	unsigned int thread = worker->generator.thread;

	switch (call->place) {
	case FUZZ_PLACE_WRITABLE:
	case FUZZ_PLACE_READ_ONLY:
		return (uint8_t *)(uintptr_t)fuzz_address(thread, FUZZ_PLACE_WRITABLE, 0);
	case FUZZ_PLACE_UNALIGNED:
	case FUZZ_PLACE_HALF_UNMAPPED:
		return (uint8_t *)(uintptr_t)fuzz_address(thread, call->place, call->type->bytes);
	default:
		return NULL;
	}
}

static void place_argument(struct worker *worker, const struct fuzz_call *call, uint8_t *alias)
{
	size_t bytes = call->type->bytes;

	if (!alias)
		return;
	if (call->place == FUZZ_PLACE_HALF_UNMAPPED) {
		memcpy(alias, call->argument.bytes, bytes / 2);
		return;
	}
	memset(worker->shadow, GUARD_BYTE, sizeof(worker->shadow));
	memcpy(worker->shadow, call->argument.bytes, bytes);
	memcpy(alias, worker->shadow, sizeof(worker->shadow));
}

static bool is_overwritten(const struct worker *worker, const struct fuzz_call *call,
			   const uint8_t *alias)
{
	const struct fuzz_type *type = call->type;

	/* Another request may write elsewhere. */
	if (!alias || call->place == FUZZ_PLACE_HALF_UNMAPPED || call->request != type->request ||
	    !memcmp(alias, worker->shadow, sizeof(worker->shadow)))
		return false;
	for (size_t i = 0; i < sizeof(worker->shadow); i++)
		if (alias[i] != worker->shadow[i] && !(type->may_write && type->may_write(i)))
			return true;
	return false;
}

static void make_call(struct worker *worker, const struct fuzz_call *call)
{
	uint8_t *alias = call->type->bytes ? writable_alias(worker, call) : NULL;
	unsigned long argument = call->type->bytes ?
		fuzz_address(worker->generator.thread, call->place, call->type->bytes) :
		call->value;
	bool may_last = call->request == GZVM_RUN;
	long result;
	int error;

	place_argument(worker, call, alias);
	worker->doing = call->type;
	__atomic_add_fetch(&worker->began, 1, __ATOMIC_RELEASE);
	if (may_last)
		set_timer(worker, RUN_NS);
	result = ioctl(call->fd, call->request, argument);
	error = result < 0 ? errno : 0;
	if (may_last)
		set_timer(worker, 0);
	if (result > 0)
		fuzz_keep(result, call->moved_to);
	fuzz_tally_count(&worker->tally, call, error);
	if (is_overwritten(worker, call, alias) && worker->tally.overwritten++ < SHOWN)
		diag("%s changed bytes that are not its own", call->type->name);
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct fuzz_step step;

	create_timer(worker);
	while (worker->tally.calls < worker->quota) {
		if (worker->deadline && now() >= worker->deadline)
			break;
		fuzz_generate(&worker->generator, &step);
		if (step.action == FUZZ_CALL)
			make_call(worker, &step.call);
		else
			fuzz_act(&step);
	}
	timer_delete(worker->timer);
	return NULL;
}

/* Return: false when a call of the worker does not return. */
static bool wait_for(struct worker *worker)
{
	uint64_t began = 0, seen;
	time_t since = now();
	struct timespec soon;

	for (;;) {
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_sec++;
		if (pthread_timedjoin_np(worker->thread, NULL, &soon) != ETIMEDOUT)
			return true;
		seen = __atomic_load_n(&worker->began, __ATOMIC_ACQUIRE);
		if (seen != began) {
			began = seen;
			since = now();
		} else if (now() - since > HANG_SECONDS) {
			diag("%s does not return", worker->doing->name);
			return false;
		}
	}
}

/**
 * fuzz_campaign_run() - make all calls of a campaign
 * @campaign: in: what; out: what became of it
 *
 * The descriptors and mappings are gone afterwards, except when it has hung.
 */
void fuzz_campaign_run(struct fuzz_campaign *campaign)
{
	static struct worker workers[FUZZ_MAX_THREADS];
	/* No SA_RESTART: the signal has to end RUN. */
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(RUN_SIGNAL, &action, NULL);
	memset(workers, 0, sizeof(workers));
	fuzz_pool_open();
	for (unsigned int i = 0; i < campaign->threads; i++) {
		struct worker *worker = &workers[i];

		fuzz_generator_init(&worker->generator, campaign->seed, i, campaign->threads);
		worker->quota = campaign->calls / campaign->threads +
				(i < campaign->calls % campaign->threads);
		worker->deadline = campaign->seconds ? now() + campaign->seconds : 0;
		errno = pthread_create(&worker->thread, NULL, work, worker);
		if (errno)
			bail_out("pthread_create");
	}
	for (unsigned int i = 0; i < campaign->threads && !campaign->hung; i++) {
		campaign->hung = !wait_for(&workers[i]);
		fuzz_tally_add(&campaign->tally, &workers[i].tally);
		campaign->checksum = chance_mix(campaign->checksum ^
						workers[i].generator.checksum);
	}
	if (!campaign->hung)
		fuzz_pool_close();
}
