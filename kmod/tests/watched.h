/* SPDX-License-Identifier: GPL-2.0-only */
/* A small VM whose every exit is known beforehand, for the tests of what can be watched. */
#ifndef _GZVM_TESTS_WATCHED_H
#define _GZVM_TESTS_WATCHED_H

#include "gzvm_test.h"

#define WATCHED_FOLDERS		"/sys/kernel/debug/gzvm/"
#define WATCHED_TEXT_BYTES	(4UL << 20)

/* Per round: hits of the doorbell for any data, of the one for DATA, and misses. */
#define WATCHED_ANY_HITS	3
#define WATCHED_DATA_HITS	1
#define WATCHED_MISSES		1
#define WATCHED_MMIO_EXITS	(WATCHED_ANY_HITS + WATCHED_DATA_HITS + WATCHED_MISSES)

#define WATCHED_ANY_GPA		DOORBELL_GPA
#define WATCHED_DATA_GPA	(DOORBELL_GPA + 8)
#define WATCHED_DATA		0x2aULL

/**
 * struct watched - the VM
 * @program: its vCPU; each run() is a round and ends with the miss
 * @folder: its folder in debugfs, with a slash at the end; empty when there is none
 * @id: its id, from the folder's name
 * @eventfd: what both doorbells signal
 */
struct watched {
	struct program program;
	char folder[128];
	unsigned int id;
	int eventfd;
};

/** watched_start() - create the VM, without doorbells */
void watched_start(struct watched *watched);
/** watched_stop() - release it */
void watched_stop(struct watched *watched);
/** watched_find_folder() - look for the folder of this process's only VM */
bool watched_find_folder(struct watched *watched);
/** change_data_doorbell() - assign (flags 0) or deassign the doorbell for WATCHED_DATA */
int change_data_doorbell(struct watched *watched, uint32_t flags);
/** read_text() - a whole file, to be freed; empty when it cannot be read */
char *read_text(const char *folder, const char *name);
/** count_text() - how often @part occurs in @text */
unsigned int count_text(const char *text, const char *part);

#endif /* _GZVM_TESTS_WATCHED_H */
