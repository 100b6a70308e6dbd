// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's stage 2: everything, in blocks, without gzhyp. A block is cut into pages
 * when a protected VM takes one of them; it is not put together again.
 */
#include "hostmap.h"
#include "hyp.h"
#include "stage2.h"
#include "sysreg.h"

/* "virt" puts RAM below 256 GiB and PCIe windows above (hw/arm/virt.c). */
#define RAM_END_GIB	256
#define ROOT_ENTRIES	(1UL << (STAGE2_IPA_BITS - GIB_SHIFT))

/* users[]: 0 is the host's alone, up to MAX_USERS that many share it with the host. */
#define MAX_USERS	0xfe
#define TAKEN		0xff

static struct stage2 host = { .vmid = STAGE2_VMID_HOST };
static u64 first_ram_gib[512] __attribute__((aligned(4096)));
static spinlock tables_lock;
/* By page of RAM; atomic. */
static u8 *users;
static u64 user_pages;
/* Eight of them. */
typedef u64 __attribute__((may_alias)) users_word;

static void init_users(void)
{
	u64 pages;

	user_pages = (hostmem_end() - PLATFORM_RAM_BASE) / PAGE_BYTES;
	/* Runs of pages are powers of two. */
	for (pages = 1; pages * PAGE_BYTES < user_pages; pages *= 2)
		;
	users = pages_alloc(pages);
	if (!users)
		panic("no memory for the record of the host's pages: start QEMU with less RAM");
}

void hostmap_init(void)
{
	init_users();
	host.root = pages_alloc(STAGE2_ROOT_PAGES);
	if (!host.root)
		panic("no memory for the host's stage 2");
	for (u64 gib = 0; gib < ROOT_ENTRIES; gib++) {
		bool ram = gib >= PLATFORM_RAM_BASE >> GIB_SHIFT && gib < RAM_END_GIB;

		host.root[gib] = gib << GIB_SHIFT | S2_VALID | (ram ? S2_NORMAL : S2_DEVICE);
	}
	for (u64 i = 0; i < 512; i++) {
		u64 pa = PLATFORM_RAM_BASE + i * BLOCK_BYTES;

		if (pa < HYP_REGION_BASE || pa >= HYP_REGION_END)
			first_ram_gib[i] = pa | S2_VALID | S2_NORMAL;
	}
	host.root[PLATFORM_RAM_BASE >> GIB_SHIFT] = (u64)first_ram_gib | S2_VALID | S2_TABLE;
}

u64 hostmap_vttbr(void)
{
	return stage2_vttbr(&host);
}

/* ------------------------------------------------------------------ */
/* Users                                                              */

static u8 *users_of(u64 pa)
{
	return &users[(pa - PLATFORM_RAM_BASE) / PAGE_BYTES];
}

static bool change_users(u64 pa, u8 from, u8 to)
{
	return __atomic_compare_exchange_n(users_of(pa), &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

/* A page of the host's RAM. */
static bool add_user(u64 pa)
{
	u8 count;

	do {
		count = __atomic_load_n(users_of(pa), __ATOMIC_SEQ_CST);
		if (count >= MAX_USERS)
			return false;
	} while (!change_users(pa, count, count + 1));
	return true;
}

/* The same for eight pages whose users are one word; false when that would not be so simple. */
static bool add_user_to_eight(u64 pa)
{
	users_word *word = (users_word *)users_of(pa);
	u64 counts = __atomic_load_n(word, __ATOMIC_SEQ_CST);

	/* None of them has so many that the sum would carry over, or is taken. */
	return !(counts & 0x8080808080808080UL) &&
	       __atomic_compare_exchange_n(word, &counts, counts + 0x0101010101010101UL, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static bool is_eight(u64 pa, u64 bytes)
{
	return IS_ALIGNED(pa, 8 * PAGE_BYTES) && bytes >= 8 * PAGE_BYTES;
}

bool hostmap_share(u64 pa)
{
	return hostmem_contains(pa, PAGE_BYTES) && add_user(pa);
}

void hostmap_unshare(u64 pa)
{
	__atomic_fetch_sub(users_of(pa), 1, __ATOMIC_SEQ_CST);
}

bool hostmap_share_range(u64 pa, u64 bytes)
{
	if (!bytes || !IS_ALIGNED(pa | bytes, PAGE_BYTES) || !hostmem_contains(pa, bytes))
		return false;
	for (u64 done = 0; done < bytes;) {
		if (is_eight(pa + done, bytes - done) && add_user_to_eight(pa + done)) {
			done += 8 * PAGE_BYTES;
		} else if (add_user(pa + done)) {
			done += PAGE_BYTES;
		} else {
			hostmap_unshare_range(pa, done);
			return false;
		}
	}
	return true;
}

void hostmap_unshare_range(u64 pa, u64 bytes)
{
	for (u64 done = 0; done < bytes; done += PAGE_BYTES)
		hostmap_unshare(pa + done);
}

/* ------------------------------------------------------------------ */
/* Pages of the host's stage 2                                        */

/* The entry of one page of RAM, NULL without memory for the tables. */
static u64 *page_entry(u64 pa)
{
	u64 *level2 = stage2_cut(&host, &host.root[pa >> GIB_SHIFT], BLOCK_BYTES);
	u64 *level3 = level2 ? stage2_cut(&host, &level2[FIELD(pa, 29, 21)], PAGE_BYTES) : NULL;

	return level3 ? &level3[FIELD(pa, 20, 12)] : NULL;
}

static void set_entry(u64 *entry, u64 pa)
{
	WRITE_ONCE(*entry, pa | S2_VALID | S2_PAGE | S2_NORMAL);
}

/* All of them, or none when there is no memory for the tables. */
static bool unmap(const u64 *pages, u32 count)
{
	u32 done = 0;
	bool all;

	lock(&tables_lock);
	for (u64 *entry; done < count && (entry = page_entry(pages[done])); done++)
		WRITE_ONCE(*entry, 0);
	all = done == count;
	if (all)
		stage2_invalidate(&host);
	else
		while (done--)
			set_entry(page_entry(pages[done]), pages[done]);
	unlock(&tables_lock);
	return all;
}

/* The tables are there since the page was taken. */
static void map(u64 pa)
{
	lock(&tables_lock);
	set_entry(page_entry(pa), pa);
	dsb(ishst);
	unlock(&tables_lock);
}

bool hostmap_take(const u64 *pages, u32 count, bool shared)
{
	u8 before = shared ? 1 : 0;
	u32 taken = 0;

	while (taken < count && hostmem_contains(pages[taken], PAGE_BYTES) &&
	       change_users(pages[taken], before, TAKEN))
		taken++;
	if (taken == count && unmap(pages, count))
		return true;
	while (taken--)
		change_users(pages[taken], TAKEN, before);
	return false;
}

void hostmap_wipe_and_give(u64 pa)
{
	memset((void *)pa, 0, PAGE_BYTES);
	stage2_make_coherent(pa, PAGE_BYTES);
	map(pa);
	change_users(pa, TAKEN, 0);
}

void hostmap_lend(u64 pa)
{
	map(pa);
	change_users(pa, TAKEN, 1);
}

bool hostmap_has(u64 ipa)
{
	u64 entry;

	if (ipa >> STAGE2_IPA_BITS)
		return false;
	/* Whoever cuts a block holds the lock until the table is in its place. */
	lock(&tables_lock);
	entry = host.root[ipa >> GIB_SHIFT];
	if ((entry & S2_VALID) && (entry & S2_TABLE))
		entry = stage2_child(entry)[FIELD(ipa, 29, 21)];
	if ((entry & S2_VALID) && (entry & S2_TABLE))
		entry = stage2_child(entry)[FIELD(ipa, 20, 12)];
	unlock(&tables_lock);
	return entry & S2_VALID;
}
