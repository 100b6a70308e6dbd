// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 translation (Arm ARM D8.2): 4 KiB granule, 40-bit IPA, start at
 * level 1 with two concatenated tables. Guests have pages and, where the host gave 2 MiB
 * at once, blocks of level 2. What the host has is in hostmap.c.
 */
#include "stage2.h"
#include "gzvm_hvc.h"
#include "hostmap.h"
#include "hyp.h"
#include "sysreg.h"

/* RES1, PS 40 bits, 4 KiB, inner shareable write-back walks, SL0 level 1, T0SZ 24. */
#define VTCR	(BIT(31) | 2UL << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8 | 1UL << 6 | \
		 (64UL - STAGE2_IPA_BITS))

#define ROOT_ENTRIES		(1UL << (STAGE2_IPA_BITS - GIB_SHIFT))

void stage2_enable(void)
{
	write_sysreg(vtcr_el2, VTCR);
	write_sysreg(vttbr_el2, hostmap_vttbr());
	dsb(ishst);
	isb();
	tlbi_all_el1();
	dsb(nsh);
	isb();
}

u64 stage2_vttbr(const struct stage2 *s2)
{
	return (u64)s2->root | (u64)s2->vmid << 48;
}

bool stage2_create(struct stage2 *s2, u32 vmid)
{
	s2->root = pages_alloc(STAGE2_ROOT_PAGES);
	s2->vmid = vmid;
	s2->table_pages = STAGE2_ROOT_PAGES;
	return s2->root != NULL;
}

void stage2_invalidate(const struct stage2 *s2)
{
	u64 current = read_sysreg(vttbr_el2);

	dsb(ishst);
	write_sysreg(vttbr_el2, stage2_vttbr(s2));
	isb();
	tlbi_current_vmid();
	dsb(ish);
	write_sysreg(vttbr_el2, current);
	isb();
}

static bool is_block(u64 entry)
{
	return (entry & (S2_VALID | S2_TABLE)) == S2_VALID;
}

/* The descriptor that a page at @ipa would have instead of being part of @block. */
static u64 page_of_block(u64 block, u64 ipa)
{
	return (block | S2_PAGE) + (ALIGN_DOWN(ipa, PAGE_BYTES) & (BLOCK_BYTES - 1));
}

/* What a page was to the VM is over: to the host, as @entry says. */
static void release_page(struct stage2 *s2, u64 entry)
{
	u64 pa = entry & S2_ADDRESS_MASK;

	s2->mapped_pages--;
	if (s2->protected && !(entry & S2_SHARED))
		hostmap_wipe_and_give(pa);
	else
		hostmap_unshare(pa);
}

/* What the level-2 entry maps from s2->destroyed on. True when nothing is left. */
static bool destroy_pages(struct stage2 *s2, u64 entry, u64 *budget)
{
	u64 *table = is_block(entry) ? NULL : stage2_child(entry);

	do {
		u64 leaf = table ? table[FIELD(s2->destroyed, 20, 12)] :
				   page_of_block(entry, s2->destroyed);

		if (leaf & S2_VALID) {
			if (!*budget)
				return false;
			--*budget;
			release_page(s2, leaf);
		}
		s2->destroyed += PAGE_BYTES;
	} while (!IS_ALIGNED(s2->destroyed, BLOCK_BYTES));
	if (table)
		pages_free(table, 1);
	return true;
}

/* What the level-1 entry maps from s2->destroyed on. */
static bool destroy_gib(struct stage2 *s2, u64 *level2, u64 *budget)
{
	do {
		u64 *entry = &level2[FIELD(s2->destroyed, 29, 21)];

		if (!(*entry & S2_VALID))
			s2->destroyed += BLOCK_BYTES;
		else if (!destroy_pages(s2, *entry, budget))
			return false;
	} while (!IS_ALIGNED(s2->destroyed, BIT(GIB_SHIFT)));
	pages_free(level2, 1);
	return true;
}

bool stage2_destroy(struct stage2 *s2, u64 budget)
{
	while (s2->destroyed < BIT(STAGE2_IPA_BITS)) {
		u64 entry = s2->root[s2->destroyed >> GIB_SHIFT];

		if (!(entry & S2_VALID))
			s2->destroyed += BIT(GIB_SHIFT);
		else if (!destroy_gib(s2, stage2_child(entry), &budget))
			return false;
	}
	pages_free(s2->root, STAGE2_ROOT_PAGES);
	s2->root = NULL;
	return true;
}

/* The table below *entry, made when it is missing. */
static u64 *next_table(struct stage2 *s2, u64 *entry)
{
	u64 *table;

	if (*entry & S2_VALID)
		return stage2_child(*entry);
	table = pages_alloc(1);
	if (!table)
		return NULL;
	s2->table_pages++;
	/* The walker must see a zeroed table before it sees the link to it. */
	dsb(ishst);
	WRITE_ONCE(*entry, (u64)table | S2_VALID | S2_TABLE);
	return table;
}

/*
 * The guest may look at the page with its caches off, and run it: clean what
 * the host wrote to the point of coherency, and drop stale instructions.
 */
void stage2_make_coherent(u64 pa, u64 bytes)
{
	u64 line = 4UL << FIELD(read_sysreg(ctr_el0), 19, 16), end = pa + bytes;

	/* Most of what a page costs, hence four at once; the longest lines are 2 KiB. */
	for (; pa + 4 * line <= end; pa += 4 * line) {
		clean_line(pa);
		clean_line(pa + line);
		clean_line(pa + 2 * line);
		clean_line(pa + 3 * line);
	}
	for (; pa < end; pa += line)
		clean_line(pa);
	dsb(ish);
	invalidate_icache();
	dsb(ish);
}

/* The level-2 entry of @ipa, NULL when there is no table for it. */
static u64 *find_level2(const struct stage2 *s2, u64 ipa)
{
	u64 entry;

	if (ipa >> STAGE2_IPA_BITS)
		return NULL;
	entry = s2->root[ipa >> GIB_SHIFT];
	return entry & S2_VALID ? &stage2_child(entry)[FIELD(ipa, 29, 21)] : NULL;
}

/* The entry of the page or block at @ipa, NULL when there is no table for one. */
static u64 *find_leaf(const struct stage2 *s2, u64 ipa)
{
	u64 *entry = find_level2(s2, ipa);

	if (!entry || !(*entry & S2_VALID))
		return NULL;
	return is_block(*entry) ? entry : &stage2_child(*entry)[FIELD(ipa, 20, 12)];
}

u64 stage2_lookup(const struct stage2 *s2, u64 ipa)
{
	const u64 *leaf = find_leaf(s2, ipa);

	if (!leaf || !(*leaf & S2_VALID))
		return 0;
	return is_block(*leaf) ? page_of_block(*leaf, ipa) : *leaf;
}

u64 stage2_next(const struct stage2 *s2, u64 ipa, u64 end)
{
	while (ipa < end) {
		const u64 *entry = find_level2(s2, ipa);

		if (!entry)
			ipa = ALIGN_UP(ipa + 1, BIT(GIB_SHIFT));
		else if (!(*entry & S2_VALID))
			ipa = ALIGN_UP(ipa + 1, BLOCK_BYTES);
		else if (!stage2_lookup(s2, ipa))
			ipa += PAGE_BYTES;
		else
			return ipa;
	}
	return end;
}

s32 stage2_map(struct stage2 *s2, u64 ipa, u64 pa, u64 flags)
{
	u64 *level2, *level3;

	if (ipa >> STAGE2_IPA_BITS)
		return GZVM_STATUS_INVALID_ARGS;
	level2 = next_table(s2, &s2->root[ipa >> GIB_SHIFT]);
	if (!level2)
		return GZVM_STATUS_NO_MEMORY;
	level3 = next_table(s2, &level2[FIELD(ipa, 29, 21)]);
	if (!level3)
		return GZVM_STATUS_NO_MEMORY;
	stage2_make_coherent(pa, PAGE_BYTES);
	WRITE_ONCE(level3[FIELD(ipa, 20, 12)], pa | S2_VALID | S2_PAGE | S2_NORMAL_READ | flags);
	dsb(ishst);
	s2->mapped_pages++;
	return GZVM_STATUS_OK;
}

bool stage2_can_map_block(const struct stage2 *s2, u64 ipa)
{
	const u64 *entry = find_level2(s2, ipa);

	/* Tables that have become empty are gone. */
	return IS_ALIGNED(ipa, BLOCK_BYTES) && !(entry && (*entry & S2_VALID));
}

s32 stage2_map_block(struct stage2 *s2, u64 ipa, u64 pa, u64 flags)
{
	u64 *level2 = next_table(s2, &s2->root[ipa >> GIB_SHIFT]);

	if (!level2)
		return GZVM_STATUS_NO_MEMORY;
	stage2_make_coherent(pa, BLOCK_BYTES);
	WRITE_ONCE(level2[FIELD(ipa, 29, 21)], pa | S2_VALID | S2_NORMAL_READ | flags);
	dsb(ishst);
	s2->mapped_pages += BLOCK_BYTES / PAGE_BYTES;
	return GZVM_STATUS_OK;
}

u64 *stage2_cut(const struct stage2 *s2, u64 *entry, u64 child_bytes)
{
	u64 block = *entry, type = child_bytes == PAGE_BYTES ? S2_PAGE : 0;
	u64 *table;

	if (!is_block(block))
		return stage2_child(block);
	table = pages_alloc(1);
	if (!table)
		return NULL;
	for (u64 i = 0; i < 512; i++)
		table[i] = (block + i * child_bytes) | type;
	WRITE_ONCE(*entry, 0);
	stage2_invalidate(s2);
	WRITE_ONCE(*entry, (u64)table | S2_VALID | S2_TABLE);
	dsb(ishst);
	return table;
}

bool stage2_split(struct stage2 *s2, u64 ipa)
{
	u64 *entry = find_level2(s2, ipa);

	if (!entry || !is_block(*entry))
		return true;
	if (!stage2_cut(s2, entry, PAGE_BYTES))
		return false;
	s2->table_pages++;
	return true;
}

void stage2_mark_shared(struct stage2 *s2, u64 ipa, bool shared)
{
	u64 *entry = find_leaf(s2, ipa);

	/* Hardware ignores the bit, so the entry can change while it is in use. */
	WRITE_ONCE(*entry, shared ? *entry | S2_SHARED : *entry & ~S2_SHARED);
}

static bool is_empty(const u64 *table)
{
	for (u32 i = 0; i < 512; i++)
		if (table[i] & S2_VALID)
			return false;
	return true;
}

/* Entries that are not valid keep their address until the TLBs have forgotten them. */
static void clear_pages(u64 *level3, u64 ipa, u64 bytes)
{
	for (u64 end = ipa + bytes; ipa < end; ipa += PAGE_BYTES) {
		u64 *entry = &level3[FIELD(ipa, 20, 12)];

		WRITE_ONCE(*entry, *entry & ~S2_VALID);
	}
}

static void release_pages(struct stage2 *s2, u64 *level3, u64 ipa, u64 bytes)
{
	for (u64 end = ipa + bytes; ipa < end; ipa += PAGE_BYTES) {
		u64 *entry = &level3[FIELD(ipa, 20, 12)];

		if (*entry)
			release_page(s2, *entry);
		*entry = 0;
	}
}

/* Unlinks the table below *entry when it is empty; it is the caller's then. */
static u64 *take_empty_table(struct stage2 *s2, u64 *entry)
{
	u64 *table = stage2_child(*entry);

	if (!is_empty(table))
		return NULL;
	WRITE_ONCE(*entry, 0);
	s2->table_pages--;
	return table;
}

static void unmap_block(struct stage2 *s2, u64 *level1_entry, u64 *entry)
{
	u64 block = *entry;
	u64 *free2;

	WRITE_ONCE(*entry, 0);
	free2 = take_empty_table(s2, level1_entry);
	stage2_invalidate(s2);
	for (u64 offset = 0; offset < BLOCK_BYTES; offset += PAGE_BYTES)
		release_page(s2, page_of_block(block, offset));
	if (free2)
		pages_free(free2, 1);
}

static void unmap_pages(struct stage2 *s2, u64 *level1_entry, u64 *level2_entry, u64 ipa, u64 bytes)
{
	u64 *level3 = stage2_child(*level2_entry);
	u64 *free3, *free2 = NULL;

	clear_pages(level3, ipa, bytes);
	free3 = take_empty_table(s2, level2_entry);
	if (free3)
		free2 = take_empty_table(s2, level1_entry);
	/* Walkers may stand on a table or a page until they have forgotten the way to it. */
	stage2_invalidate(s2);
	release_pages(s2, level3, ipa, bytes);
	if (free3)
		pages_free(free3, 1);
	if (free2)
		pages_free(free2, 1);
}

bool stage2_unmap(struct stage2 *s2, u64 ipa, u64 bytes)
{
	u64 *entry = find_level2(s2, ipa);

	if (!entry || !(*entry & S2_VALID))
		return true;
	if (is_block(*entry) && bytes == BLOCK_BYTES)
		unmap_block(s2, &s2->root[ipa >> GIB_SHIFT], entry);
	else if (stage2_split(s2, ipa))
		unmap_pages(s2, &s2->root[ipa >> GIB_SHIFT], entry, ipa, bytes);
	else
		return false;
	return true;
}
