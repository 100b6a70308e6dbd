// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worst TLBs that the architecture allows: what they have seen once they keep, at the
 * size in which they saw it, until maintenance of its VMID. They walk the tables by the
 * rules of the hardware (Arm ARM D8.3), not by the functions of gzhyp.
 */
#include "model.h"

#define TLB_ENTRIES	64
#define VMID(vttbr)	((vttbr) >> 48)
#define ADDRESS		0x0000fffffffff000UL
#define SOFTWARE	(0xfUL << 55)

struct entry {
	u64 vttbr;
	u64 ipa;
	struct translation seen;
};

static struct entry entries[TLB_ENTRIES];
static u32 next;

u64 fake_vttbr_el2, fake_vtcr_el2;

static struct translation leaf(u64 entry, u64 ipa, u64 bytes, u64 type)
{
	expect(!(entry & ADDRESS & (bytes - 1)), "a block's address is a multiple of its size");
	return (struct translation){
		.pa = (entry & ADDRESS & ~(bytes - 1)) | (ipa & (bytes - 1)),
		.bytes = bytes,
		.attributes = entry & ~(ADDRESS | SOFTWARE | type),
	};
}

struct translation tlb_walk(u64 vttbr, u64 ipa)
{
	static const u32 shifts[] = { 30, 21, 12 };
	const u64 *table = (const u64 *)(vttbr & ADDRESS);
	u64 entry = 0;

	for (u32 level = 0; level < 3; level++) {
		u64 index = ipa >> shifts[level];

		/* The root is two tables side by side. */
		entry = table[level ? index & 511 : index & 1023];
		if (!(entry & 1))
			return (struct translation){ 0 };
		if (level < 2 && !(entry & 2))
			return leaf(entry, ipa, 1UL << shifts[level], 0);
		table = (const u64 *)(entry & ADDRESS);
	}
	expect(entry & 2, "a page's entry says that it is one");
	return leaf(entry, ipa, PAGE_BYTES, 2);
}

static bool is_same(const struct translation *a, const struct translation *b)
{
	return a->pa == b->pa && a->bytes == b->bytes && a->attributes == b->attributes;
}

void tlb_access(u64 vttbr, u64 ipa)
{
	struct translation seen = tlb_walk(vttbr, ipa);

	if (!seen.bytes)
		return;
	entries[next] = (struct entry){ .vttbr = vttbr, .ipa = ipa, .seen = seen };
	next = (next + 1) % TLB_ENTRIES;
}

void tlb_forget(u64 vttbr)
{
	for (struct entry *e = entries; e < entries + TLB_ENTRIES; e++) {
		struct translation now;

		if (!e->seen.bytes || VMID(e->vttbr) != VMID(vttbr))
			continue;
		now = tlb_walk(e->vttbr, e->ipa);
		expect(!now.bytes || is_same(&now, &e->seen), "break comes before make");
		e->seen.bytes = 0;
	}
}

void tlb_compare(void)
{
	for (const struct entry *e = entries; e < entries + TLB_ENTRIES; e++) {
		struct translation now;

		if (!e->seen.bytes)
			continue;
		now = tlb_walk(e->vttbr, e->ipa);
		expect(is_same(&now, &e->seen), "no TLB has what is gone");
	}
}
