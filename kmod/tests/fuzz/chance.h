/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pseudo-random numbers: a counter with an odd step, mixed by multiplications and
 * shifts (SplitMix64). Any seed is good, and a seed gives the same row everywhere.
 */
#ifndef _GZVM_FUZZ_CHANCE_H
#define _GZVM_FUZZ_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t chance_mix(uint64_t value)
{
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

static inline uint64_t chance_word(struct chance *chance)
{
	chance->state += 0x9e3779b97f4a7c15ULL;
	return chance_mix(chance->state);
}

/** chance_below() - a number from 0 to @end - 1 */
static inline unsigned int chance_below(struct chance *chance, unsigned int end)
{
	return (chance_word(chance) >> 32) * end >> 32;
}

/** chance_percent() - true in @percent of 100 */
static inline bool chance_percent(struct chance *chance, unsigned int percent)
{
	return chance_below(chance, 100) < percent;
}

#endif /* _GZVM_FUZZ_CHANCE_H */
