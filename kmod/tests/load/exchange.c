// SPDX-License-Identifier: GPL-2.0-only
/* Two CPUs that wait for each other: every hand-over is a wake-up by an interrupt. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define MESSAGE_WORDS	8
#define LAST		UINT32_MAX

/** struct table - where two threads hand a number to and fro; even ones are the first's */
struct table {
	uint32_t turn;
	unsigned int cpu;
};

static void futex(uint32_t *word, int operation, uint32_t value)
{
	if (syscall(SYS_futex, word, operation, value, NULL, NULL, 0) < 0 && errno != EAGAIN &&
	    errno != EINTR)
		load_die("futex");
}

static uint32_t wait_while(struct table *table, uint32_t value)
{
	uint32_t turn;

	while ((turn = __atomic_load_n(&table->turn, __ATOMIC_ACQUIRE)) == value)
		futex(&table->turn, FUTEX_WAIT_PRIVATE, value);
	return turn;
}

static void give(struct table *table, uint32_t value)
{
	__atomic_store_n(&table->turn, value, __ATOMIC_RELEASE);
	futex(&table->turn, FUTEX_WAKE_PRIVATE, 1);
}

static void *answer(void *argument)
{
	struct table *table = argument;
	uint32_t turn = 0;

	load_pin(table->cpu);
	while ((turn = wait_while(table, turn)) != LAST) {
		turn++;
		give(table, turn);
	}
	return NULL;
}

void load_futex(struct record *record)
{
	struct table table = { .cpu = record->peer };
	uint32_t turn = 0;
	pthread_t peer;

	errno = pthread_create(&peer, NULL, answer, &table);
	if (errno)
		load_die("pthread_create");
	while (load_goes_on(record)) {
		uint32_t got;

		give(&table, turn + 1);
		got = wait_while(&table, turn + 1);
		load_count(record, got == turn + 2);
		turn = (turn + 2) & INT_MAX;
	}
	give(&table, LAST);
	pthread_join(peer, NULL);
}

static void fill(uint64_t *message, uint64_t number)
{
	for (int i = 0; i < MESSAGE_WORDS; i++)
		message[i] = number * 0x9e3779b97f4a7c15ULL + i;
}

/* Messages are shorter than PIPE_BUF: they come whole or not at all. */
static bool receive(int fd, uint64_t *message)
{
	return read(fd, message, MESSAGE_WORDS * sizeof(*message)) ==
	       MESSAGE_WORDS * sizeof(*message);
}

static void send(int fd, const uint64_t *message)
{
	if (write(fd, message, MESSAGE_WORDS * sizeof(*message)) !=
	    MESSAGE_WORDS * sizeof(*message))
		load_die("write to a pipe");
}

static void echo(int from, int to, unsigned int cpu)
{
	uint64_t message[MESSAGE_WORDS];

	load_pin(cpu);
	while (receive(from, message)) {
		for (int i = 0; i < MESSAGE_WORDS; i++)
			message[i] = ~message[i];
		send(to, message);
	}
}

static bool exchange(int to, int from, uint64_t number)
{
	uint64_t sent[MESSAGE_WORDS], got[MESSAGE_WORDS];
	bool right = true;

	fill(sent, number);
	send(to, sent);
	if (!receive(from, got))
		return false;
	for (int i = 0; i < MESSAGE_WORDS; i++)
		right &= got[i] == ~sent[i];
	return right;
}

void load_pipe(struct record *record)
{
	int there[2], back[2];
	pid_t peer;

	if (pipe(there) || pipe(back))
		load_die("pipe");
	peer = fork();
	if (peer < 0)
		load_die("fork");
	if (!peer) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(there[1]);
		close(back[0]);
		echo(there[0], back[1], record->peer);
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
	for (uint64_t number = 0; load_goes_on(record); number++)
		load_count(record, exchange(there[1], back[0], number));
	close(there[1]);
	waitpid(peer, NULL, 0);
}
