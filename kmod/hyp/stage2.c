// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 translation (Arm ARM D8.2): 4 KiB granule, 40-bit IPA, start at
 * level 1 with two concatenated tables. Blocks for the host, pages for guests.
 */
#include "stage2.h"
#include "gzvm_hvc.h"
#include "hyp.h"
#include "sysreg.h"

#define VALID			BIT(0)
#define TABLE			BIT(1)		/* levels 1 and 2 */
#define PAGE			BIT(1)		/* level 3 */
#define MEMATTR_NORMAL_WB	(0xfUL << 2)
#define MEMATTR_DEVICE_nGnRE	(0x1UL << 2)
#define S2AP_READ_WRITE		(3UL << 6)
#define SH_INNER		(3UL << 8)
#define AF			BIT(10)
#define XN			BIT(54)
#define ADDRESS_MASK		0x0000fffffffff000UL

#define NORMAL	(MEMATTR_NORMAL_WB | S2AP_READ_WRITE | SH_INNER | AF)
#define DEVICE	(MEMATTR_DEVICE_nGnRE | S2AP_READ_WRITE | AF | XN)

/* RES1, PS 40 bits, 4 KiB, inner shareable write-back walks, SL0 level 1, T0SZ 24. */
#define VTCR	(BIT(31) | 2UL << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8 | 1UL << 6 | \
		 (64UL - STAGE2_IPA_BITS))

#define GIB_SHIFT		30
#define ROOT_ENTRIES		(1UL << (STAGE2_IPA_BITS - GIB_SHIFT))
/* "virt" puts RAM below 256 GiB and PCIe windows above (hw/arm/virt.c). */
#define RAM_END_GIB		256

static struct stage2 host = { .vmid = STAGE2_VMID_HOST };
static u64 host_first_ram_gib[512] __attribute__((aligned(4096)));

void stage2_init_host(void)
{
	host.root = pages_alloc(STAGE2_ROOT_PAGES);
	if (!host.root)
		panic("no memory for the host's stage 2");
	for (u64 gib = 0; gib < ROOT_ENTRIES; gib++) {
		bool ram = gib >= PLATFORM_RAM_BASE >> GIB_SHIFT && gib < RAM_END_GIB;

		host.root[gib] = gib << GIB_SHIFT | VALID | (ram ? NORMAL : DEVICE);
	}
	for (u64 i = 0; i < 512; i++) {
		u64 pa = PLATFORM_RAM_BASE + i * BLOCK_BYTES;

		if (pa < HYP_REGION_BASE || pa >= HYP_REGION_END)
			host_first_ram_gib[i] = pa | VALID | NORMAL;
	}
	host.root[PLATFORM_RAM_BASE >> GIB_SHIFT] = (u64)host_first_ram_gib | VALID | TABLE;
}

void stage2_enable(void)
{
	write_sysreg(vtcr_el2, VTCR);
	write_sysreg(vttbr_el2, stage2_host_vttbr());
	dsb(ishst);
	isb();
	asm volatile("tlbi alle1" : : : "memory");
	dsb(nsh);
	isb();
}

u64 stage2_vttbr(const struct stage2 *s2)
{
	return (u64)s2->root | (u64)s2->vmid << 48;
}

u64 stage2_host_vttbr(void)
{
	return stage2_vttbr(&host);
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
	asm volatile("tlbi vmalls12e1is" : : : "memory");
	dsb(ish);
	write_sysreg(vttbr_el2, current);
	isb();
}

static u64 *child(u64 entry)
{
	return (u64 *)(entry & ADDRESS_MASK);
}

static u64 destroy_level2(u64 *level2)
{
	u64 pages = 1;

	for (u64 i = 0; i < 512; i++)
		if (level2[i] & VALID) {
			pages_free(child(level2[i]), 1);
			pages++;
		}
	pages_free(level2, 1);
	return pages;
}

bool stage2_destroy(struct stage2 *s2, u64 budget)
{
	u64 freed = 0;

	for (; s2->destroyed < ROOT_ENTRIES; s2->destroyed++) {
		u64 entry = s2->root[s2->destroyed];

		if (freed >= budget)
			return false;
		if (entry & VALID)
			freed += destroy_level2(child(entry));
	}
	pages_free(s2->root, STAGE2_ROOT_PAGES);
	s2->root = NULL;
	return true;
}

/* The table below *entry, made when it is missing. */
static u64 *next_table(struct stage2 *s2, u64 *entry)
{
	u64 *table;

	if (*entry & VALID)
		return child(*entry);
	table = pages_alloc(1);
	if (!table)
		return NULL;
	s2->table_pages++;
	/* The walker must see a zeroed table before it sees the link to it. */
	dsb(ishst);
	WRITE_ONCE(*entry, (u64)table | VALID | TABLE);
	return table;
}

/*
 * The guest may look at the page with its caches off, and run it: clean what
 * the host wrote to the point of coherency, and drop stale instructions.
 */
static void make_coherent(u64 pa)
{
	u64 line = 4UL << FIELD(read_sysreg(ctr_el0), 19, 16);

	for (u64 address = pa; address < pa + PAGE_BYTES; address += line)
		asm volatile("dc civac, %0" : : "r"(address) : "memory");
	dsb(ish);
	asm volatile("ic ialluis" : : : "memory");
	dsb(ish);
}

s32 stage2_map(struct stage2 *s2, u64 ipa, u64 pa)
{
	u64 *level2, *level3, *entry;
	const u64 value = pa | VALID | PAGE | NORMAL;

	if (ipa >> STAGE2_IPA_BITS)
		return GZVM_STATUS_INVALID_ARGS;
	level2 = next_table(s2, &s2->root[ipa >> GIB_SHIFT]);
	if (!level2)
		return GZVM_STATUS_NO_MEMORY;
	level3 = next_table(s2, &level2[FIELD(ipa, 29, 21)]);
	if (!level3)
		return GZVM_STATUS_NO_MEMORY;
	entry = &level3[FIELD(ipa, 20, 12)];
	if (*entry & VALID)
		return *entry == value ? GZVM_STATUS_OK : GZVM_STATUS_INVALID_ARGS;
	make_coherent(pa);
	WRITE_ONCE(*entry, value);
	dsb(ishst);
	s2->mapped_pages++;
	return GZVM_STATUS_OK;
}

static bool is_empty(const u64 *table)
{
	for (u32 i = 0; i < 512; i++)
		if (table[i] & VALID)
			return false;
	return true;
}

static void clear_pages(struct stage2 *s2, u64 *level3, u64 ipa, u64 bytes)
{
	for (u64 end = ipa + bytes; ipa < end; ipa += PAGE_BYTES) {
		u64 *entry = &level3[FIELD(ipa, 20, 12)];

		if (*entry & VALID)
			s2->mapped_pages--;
		WRITE_ONCE(*entry, 0);
	}
}

/* Unlinks the table below *entry when it is empty; it is the caller's then. */
static u64 *take_empty_table(struct stage2 *s2, u64 *entry)
{
	u64 *table = child(*entry);

	if (!is_empty(table))
		return NULL;
	WRITE_ONCE(*entry, 0);
	s2->table_pages--;
	return table;
}

void stage2_unmap(struct stage2 *s2, u64 ipa, u64 bytes)
{
	u64 *level1_entry = &s2->root[ipa >> GIB_SHIFT];
	u64 *level2_entry, *level3, *level2 = NULL;

	if (!(*level1_entry & VALID))
		return;
	level2_entry = &child(*level1_entry)[FIELD(ipa, 29, 21)];
	if (!(*level2_entry & VALID))
		return;
	clear_pages(s2, child(*level2_entry), ipa, bytes);
	level3 = take_empty_table(s2, level2_entry);
	if (level3)
		level2 = take_empty_table(s2, level1_entry);
	/* Walkers may stand on a table until they have forgotten the way to it. */
	stage2_invalidate(s2);
	if (level3)
		pages_free(level3, 1);
	if (level2)
		pages_free(level2, 1);
}
