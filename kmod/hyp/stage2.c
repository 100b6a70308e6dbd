// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 translation (Arm ARM D8.2): 4 KiB granule, 40-bit IPA, start at
 * level 1 with two concatenated tables. Here are the guests' pages, in hostmap.c the
 * host's blocks.
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

/* Nobody walks the table any more. Returns how many pages it was and had. */
static u64 destroy_level3(struct stage2 *s2, u64 *level3)
{
	u64 pages = 1;

	for (u32 i = 0; i < 512; i++)
		if (level3[i] & S2_VALID) {
			release_page(s2, level3[i]);
			pages++;
		}
	pages_free(level3, 1);
	return pages;
}

/* True when nothing is left below *entry. */
static bool destroy_level2(struct stage2 *s2, u64 *entry, u64 budget, u64 *freed)
{
	u64 *level2 = stage2_child(*entry);

	for (u32 i = 0; i < 512; i++) {
		if (!(level2[i] & S2_VALID))
			continue;
		if (*freed >= budget)
			return false;
		*freed += destroy_level3(s2, stage2_child(level2[i]));
		level2[i] = 0;
	}
	pages_free(level2, 1);
	*entry = 0;
	return true;
}

bool stage2_destroy(struct stage2 *s2, u64 budget)
{
	u64 freed = 0;

	for (; s2->destroyed < ROOT_ENTRIES; s2->destroyed++) {
		u64 *entry = &s2->root[s2->destroyed];

		if ((*entry & S2_VALID) && !destroy_level2(s2, entry, budget, &freed))
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
void stage2_make_coherent(u64 pa)
{
	u64 line = 4UL << FIELD(read_sysreg(ctr_el0), 19, 16);

	for (u64 address = pa; address < pa + PAGE_BYTES; address += line)
		clean_line(address);
	dsb(ish);
	invalidate_icache();
	dsb(ish);
}

/* The level-3 entry of @ipa, NULL when there is no table for it. */
static u64 *find_entry(const struct stage2 *s2, u64 ipa)
{
	u64 entry;

	if (ipa >> STAGE2_IPA_BITS)
		return NULL;
	entry = s2->root[ipa >> GIB_SHIFT];
	if (entry & S2_VALID)
		entry = stage2_child(entry)[FIELD(ipa, 29, 21)];
	return entry & S2_VALID ? &stage2_child(entry)[FIELD(ipa, 20, 12)] : NULL;
}

u64 stage2_lookup(const struct stage2 *s2, u64 ipa)
{
	const u64 *entry = find_entry(s2, ipa);

	return entry && (*entry & S2_VALID) ? *entry : 0;
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
	stage2_make_coherent(pa);
	WRITE_ONCE(level3[FIELD(ipa, 20, 12)], pa | S2_VALID | S2_PAGE | S2_NORMAL | flags);
	dsb(ishst);
	s2->mapped_pages++;
	return GZVM_STATUS_OK;
}

void stage2_mark_shared(struct stage2 *s2, u64 ipa, bool shared)
{
	u64 *entry = find_entry(s2, ipa);

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

void stage2_unmap(struct stage2 *s2, u64 ipa, u64 bytes)
{
	u64 *level1_entry = &s2->root[ipa >> GIB_SHIFT];
	u64 *level2_entry, *level3, *free3, *free2 = NULL;

	if (!(*level1_entry & S2_VALID))
		return;
	level2_entry = &stage2_child(*level1_entry)[FIELD(ipa, 29, 21)];
	if (!(*level2_entry & S2_VALID))
		return;
	level3 = stage2_child(*level2_entry);
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
