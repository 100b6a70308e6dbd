// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which physical addresses the host may name in a hypercall: the RAM of the
 * device tree's memory nodes, without gzhyp's own region.
 *
 * The reader below knows just enough of the flattened device tree (Devicetree
 * Specification 0.4, chapter 5): tokens, depth, and "reg" of nodes at depth 1
 * whose name begins with "memory". QEMU writes two cells per address and size.
 */
#include "hyp.h"

#define FDT_MAGIC	0xd00dfeedU
#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_NOP		4
#define MAX_RANGES	4

struct range {
	u64 first;
	u64 end;
};

static struct range ranges[MAX_RANGES];
static u32 range_count;

static u32 big_endian(const u32 *cell)
{
	return __builtin_bswap32(*cell);
}

static bool begins_with(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return false;
	return true;
}

static bool equals(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static void add_ranges(const u32 *reg, u32 bytes)
{
	for (; bytes >= 16 && range_count < MAX_RANGES; bytes -= 16, reg += 4) {
		u64 first = (u64)big_endian(reg) << 32 | big_endian(reg + 1);
		u64 size = (u64)big_endian(reg + 2) << 32 | big_endian(reg + 3);

		ranges[range_count].first = first;
		ranges[range_count++].end = first + size;
	}
}

static const u32 *after_name(const char *name)
{
	while (*name)
		name++;
	return (const u32 *)ALIGN_UP((u64)name + 1, 4);
}

void hostmem_init(u64 dtb)
{
	const u32 *header = (const u32 *)dtb;
	const u32 *token = (const u32 *)(dtb + big_endian(&header[2]));
	const char *strings = (const char *)(dtb + big_endian(&header[3]));
	bool in_memory = false;
	int depth = 0;

	if (!IS_ALIGNED(dtb, 8) || big_endian(header) != FDT_MAGIC)
		panic("no device tree in x0: start gzhyp with -kernel gzhyp.bin -dtb FILE");
	for (;;) {
		u32 kind = big_endian(token++);

		if (kind == FDT_BEGIN_NODE) {
			const char *name = (const char *)token;

			in_memory = ++depth == 2 && begins_with(name, "memory");
			token = after_name(name);
		} else if (kind == FDT_END_NODE) {
			in_memory = false;
			depth--;
		} else if (kind == FDT_PROP) {
			u32 bytes = big_endian(token);

			if (in_memory && equals(strings + big_endian(token + 1), "reg"))
				add_ranges(token + 2, bytes);
			token += 2 + ALIGN_UP(bytes, 4) / 4;
		} else if (kind != FDT_NOP) {
			break;
		}
	}
	if (!range_count)
		panic("the device tree has no memory node");
}

bool hostmem_contains(u64 pa, u64 bytes)
{
	if (pa + bytes < pa || (pa < HYP_REGION_END && pa + bytes > HYP_REGION_BASE))
		return false;
	for (u32 i = 0; i < range_count; i++)
		if (pa >= ranges[i].first && pa + bytes <= ranges[i].end)
			return true;
	return false;
}

u64 hostmem_end(void)
{
	u64 end = 0;

	for (u32 i = 0; i < range_count; i++)
		end = MAX(end, ranges[i].end);
	return end;
}
