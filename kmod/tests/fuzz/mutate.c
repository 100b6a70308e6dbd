// SPDX-License-Identifier: GPL-2.0-only
/* How a good call is made a bad one. */
#include <linux/ioctl.h>

#include "fuzz.h"

static const uint64_t boundaries[] = {
	0, 1, 2, 3, 7, 8, 9, 10, 15, 16, 31, 32, 255, 256, 987, 988, 4095, 4096, 4097,
	0x7fff, 0x8000, 0xffff, 0x10000, 0x1fffff, 0x200000, 0x7fffffff, 0x80000000,
	0xfffff000, 0xffffffff, 0x100000000, 0x100000001, FUZZ_RAM_GPA, FUZZ_RAM_GPA - 1,
	0x7fffffff000, 0x80000000000, 0xffff000000000000, 0x7fffffffffffffff,
	0x8000000000000000, 0xfffffffffffff000, 0xfffffffffffffff8, 0xffffffffffffffff,
};

static uint64_t boundary(struct chance *chance)
{
	return boundaries[chance_below(chance, COUNT(boundaries))];
}

static void set_boundary(struct chance *chance, struct fuzz_call *call)
{
	unsigned int words = call->type->bytes / sizeof(uint32_t);
	uint64_t value = boundary(chance);
	unsigned int at;

	if (!words) {
		call->value = value;
		return;
	}
	/* The header of a run buffer and its answer, not the rest of the union. */
	at = chance_below(chance, words < 12 ? words : 12);
	call->argument.words[at] = value;
	if (chance_percent(chance, 50) && at + 1 < words)
		call->argument.words[at + 1] = value >> 32;
}

static void flip_bits(struct chance *chance, struct fuzz_call *call)
{
	unsigned int flips = 1 + chance_below(chance, 3);
	unsigned int bit;

	while (flips--) {
		if (call->type->bytes) {
			bit = chance_below(chance, 8 * call->type->bytes);
			call->argument.bytes[bit / 8] ^= 1u << bit % 8;
		} else {
			call->value ^= 1ULL << chance_below(chance, 64);
		}
	}
}

static void misplace(struct chance *chance, struct fuzz_call *call)
{
	call->place = chance_below(chance, FUZZ_PLACES);
}

static void take_another_fd(struct chance *chance, struct fuzz_call *call)
{
	static const int bad[] = { -1, 1 << 30, FUZZ_FD_NEVER_OPEN, FUZZ_FD_NULL, FUZZ_FD_PIPE };

	if (chance_percent(chance, 30))
		call->fd = bad[chance_below(chance, COUNT(bad))];
	else
		call->fd = FUZZ_FD_DEVICE + chance_below(chance, FUZZ_FD_END - FUZZ_FD_DEVICE);
}

/* Another number, size or direction; mostly the magic stays, else nobody listens. */
static void change_request(struct chance *chance, struct fuzz_call *call)
{
	static const struct {
		unsigned int shift;
		unsigned int bits;
	} parts[] = {
		{ _IOC_NRSHIFT, _IOC_NRBITS }, { _IOC_SIZESHIFT, _IOC_SIZEBITS },
		{ _IOC_DIRSHIFT, _IOC_DIRBITS },
	};
	unsigned int part = chance_below(chance, COUNT(parts));

	if (chance_percent(chance, 25))
		call->request = fuzz_types[chance_below(chance, FUZZ_TYPES)].request;
	else
		call->request ^= 1u << (parts[part].shift + chance_below(chance, parts[part].bits));
}

/**
 * fuzz_mutate() - spoil a call
 * @chance: decides how, in one to three ways
 * @call: the call
 */
void fuzz_mutate(struct chance *chance, struct fuzz_call *call)
{
	static void (*const ways[])(struct chance *, struct fuzz_call *) = {
		set_boundary, set_boundary, flip_bits, flip_bits, misplace, misplace,
		take_another_fd, change_request,
	};
	unsigned int count = 1 + (chance_below(chance, 4) == 0) + (chance_below(chance, 8) == 0);

	call->mutated = true;
	while (count--)
		ways[chance_below(chance, COUNT(ways))](chance, call);
}
