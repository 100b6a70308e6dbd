// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>

#include "stress.h"

#define MAX_ROLES	8

struct player {
	unsigned int (*role)(void *stage);
	void *stage;
	unsigned int rounds;
	unsigned int faults;
	pthread_barrier_t *meeting;
	pthread_t thread;
};

static void *play(void *argument)
{
	struct player *player = argument;

	for (unsigned int round = 0; round < player->rounds; round++) {
		pthread_barrier_wait(player->meeting);
		player->faults += player->role(player->stage);
		pthread_barrier_wait(player->meeting);
	}
	return NULL;
}

unsigned int team_play(const struct team *team, void *stage, unsigned int rounds)
{
	struct player players[MAX_ROLES];
	pthread_barrier_t meeting;
	unsigned int faults = 0;

	pthread_barrier_init(&meeting, NULL, team->role_count + 1);
	for (unsigned int i = 0; i < team->role_count; i++) {
		players[i] = (struct player){ team->roles[i], stage, rounds, 0, &meeting, 0 };
		errno = pthread_create(&players[i].thread, NULL, play, &players[i]);
		if (errno)
			bail_out("pthread_create");
	}
	for (unsigned int round = 0; round < rounds; round++) {
		team->prepare(stage, round);
		pthread_barrier_wait(&meeting);
		pthread_barrier_wait(&meeting);
		faults += team->judge(stage, round);
	}
	for (unsigned int i = 0; i < team->role_count; i++) {
		pthread_join(players[i].thread, NULL);
		faults += players[i].faults;
	}
	pthread_barrier_destroy(&meeting);
	return faults;
}

bool one_of(long result, const int *errors)
{
	if (result >= 0)
		return true;
	while (*errors && *errors != errno)
		errors++;
	return *errors;
}
