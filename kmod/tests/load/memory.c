// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is mapped, filled, moved about, compared and given back in each round. */
#include <stddef.h>
#include <sys/mman.h>

#include "load.h"

#define WORDS		(256 * 1024)	/* 2 MiB */
#define SWAPS		50000

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void fill(uint64_t *words, uint64_t seed)
{
	for (int i = 0; i < WORDS; i++)
		words[i] = next(&seed);
}

static void shuffle(uint64_t *words, uint64_t seed)
{
	for (int i = 0; i < SWAPS; i++) {
		uint64_t *a = &words[next(&seed) % WORDS], *b = &words[next(&seed) % WORDS];
		uint64_t value = *a;

		*a = *b;
		*b = value;
	}
}

/* The order does not matter for it, each word does. */
static uint64_t sum(const uint64_t *words)
{
	uint64_t value = 0;

	for (int i = 0; i < WORDS; i++)
		value += words[i] * (words[i] | 1);
	return value;
}

void load_memory(struct record *record)
{
	uint64_t seed = 0x1234567 + record->cpu;

	while (load_goes_on(record)) {
		uint64_t *words = mmap(NULL, WORDS * sizeof(*words), PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		uint64_t before;

		if (words == MAP_FAILED)
			load_die("mmap");
		fill(words, next(&seed));
		before = sum(words);
		shuffle(words, next(&seed));
		load_count(record, sum(words) == before);
		munmap(words, WORDS * sizeof(*words));
	}
}
