// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long computations in registers. The expected results are constants that another
 * machine has computed, so a register that is lost or mixed up in a world switch shows.
 */
#include "load.h"

#define STEPS			200000
#define INTEGER_RESULT		0xfafed845caff2033ULL
#define FLOAT_RESULT		0x404d8d463c7a3190ULL

void load_integers(struct record *record)
{
	while (load_goes_on(record)) {
		uint64_t a = 1, b = 0x9e3779b97f4a7c15ULL;

		/* Hides the values from the compiler, which could compute the loop just once. */
		__asm__ volatile("" : "+r"(a), "+r"(b));
		for (int i = 0; i < STEPS; i++) {
			a ^= a << 13;
			a ^= a >> 7;
			a ^= a << 17;
			b = (b ^ a) * 0xbf58476d1ce4e5b9ULL + i;
			b = b << 23 | b >> 41;
		}
		load_count(record, (a ^ b) == INTEGER_RESULT);
	}
}

/* Compiled without contraction, so that every machine rounds after every operation. */
void load_floats(struct record *record)
{
	while (load_goes_on(record)) {
		double values[16];
		union {
			double value;
			uint64_t bits;
		} sum = { 0 };

		for (int i = 0; i < 16; i++)
			values[i] = 1.0 + i;
		__asm__ volatile("" : : "r"(values) : "memory");
		for (int step = 0; step < STEPS / 16; step++)
			for (int i = 0; i < 16; i++)
				values[i] = values[i] * 0.9999 + values[(i + 1) % 16] / 3.0 * 1e-4;
		for (int i = 0; i < 16; i++)
			sum.value += values[i];
		load_count(record, sum.bits == FLOAT_RESULT);
	}
}
