// SPDX-License-Identifier: GPL-2.0-only
/* xorshift64*: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
#include "host.h"

u64 random_next(struct random *random)
{
	u64 state = random->state;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	random->state = state;
	return state * 2685821657736338717UL;
}

u64 random_below(struct random *random, u64 end)
{
	return (random_next(random) >> 16) % end;
}
