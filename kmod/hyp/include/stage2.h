/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_STAGE2_H
#define GZHYP_STAGE2_H

#include "types.h"

/* Both worlds have 40-bit IPAs, so two level-1 tables side by side are the root. */
#define STAGE2_IPA_BITS		40
#define STAGE2_ROOT_PAGES	2
#define STAGE2_VMID_HOST	0

/* Descriptors (Arm ARM D8.3). */
#define S2_VALID		BIT(0)
#define S2_TABLE		BIT(1)		/* levels 1 and 2 */
#define S2_PAGE			BIT(1)		/* level 3 */
#define S2_SHARED		BIT(55)		/* software: the host has the page, too */
#define S2_ADDRESS_MASK		0x0000fffffffff000UL
#define S2_MEMATTR_NORMAL_WB	(0xfUL << 2)
#define S2_MEMATTR_DEVICE	(0x1UL << 2)	/* nGnRE */
#define S2_READ			BIT(6)
#define S2_WRITE		BIT(7)
#define S2_SH_INNER		(3UL << 8)
#define S2_AF			BIT(10)
#define S2_XN			BIT(54)
#define S2_NORMAL_READ	(S2_MEMATTR_NORMAL_WB | S2_READ | S2_SH_INNER | S2_AF)
#define S2_NORMAL	(S2_NORMAL_READ | S2_WRITE)
#define S2_DEVICE	(S2_MEMATTR_DEVICE | S2_READ | S2_WRITE | S2_AF | S2_XN)
#define GIB_SHIFT	30

/**
 * struct stage2 - one world's IPA to PA translation
 * @root: the concatenated level-1 tables
 * @vmid: tag of its TLB entries
 * @table_pages: pages of tables, root included
 * @mapped_pages: pages mapped
 * @destroyed: below this IPA everything has been given back
 * @protected: the host has lost the pages that are mapped here, but for S2_SHARED ones
 */
struct stage2 {
	u64 *root;
	u32 vmid;
	u32 table_pages;
	u64 mapped_pages;
	u64 destroyed;
	bool protected;
};

/* Loads VTCR_EL2 on the calling CPU and switches to the host's translation. */
void stage2_enable(void);

/* An empty translation; false without memory. */
bool stage2_create(struct stage2 *s2, u32 vmid);
/* Forgets the VMID's TLB entries on every CPU: before pages or tables get new owners. */
void stage2_invalidate(const struct stage2 *s2);
/* Gives @budget pages back, and their tables. True when none is left; the root goes last. */
bool stage2_destroy(struct stage2 *s2, u64 budget);

/*
 * The descriptor of the page at @ipa, also when it is part of a block; 0 when none is
 * mapped. The caller holds the VM's lock.
 */
u64 stage2_lookup(const struct stage2 *s2, u64 ipa);
/* The first mapped page in [ipa, end), or @end. The caller holds the VM's lock. */
u64 stage2_next(const struct stage2 *s2, u64 ipa, u64 end);

/**
 * stage2_map() - map one 4 KiB page, read-execute, Normal write-back
 * @s2: the translation; the caller holds the VM's lock
 * @ipa: where nothing is mapped
 * @pa: the page, which the caller has shared or taken; released by stage2_unmap()
 * @flags: S2_WRITE, S2_SHARED, or both, or 0
 *
 * Return: a GZVM_STATUS_*.
 */
s32 stage2_map(struct stage2 *s2, u64 ipa, u64 pa, u64 flags);

/* Whether a block fits at @ipa: aligned, and no page mapped in its 2 MiB. */
bool stage2_can_map_block(const struct stage2 *s2, u64 ipa);
/* stage2_map() of 2 MiB, aligned at both sides, whose pages the caller has shared or taken. */
s32 stage2_map_block(struct stage2 *s2, u64 ipa, u64 pa, u64 flags);
/* Makes pages of the block at @ipa, if there is one. False without memory for their table. */
bool stage2_split(struct stage2 *s2, u64 ipa);

/**
 * stage2_cut() - replace a block by a table of its parts
 * @s2: the translation
 * @entry: of a block, or of a table already
 * @child_bytes: size of the parts: PAGE_BYTES or BLOCK_BYTES
 *
 * Between the block and the table there is nothing for a moment (Arm ARM D8.14,
 * break-before-make): who faults there has to try again once the lock is free.
 *
 * Return: the table; NULL without memory.
 */
u64 *stage2_cut(const struct stage2 *s2, u64 *entry, u64 child_bytes);

/* Sets or clears S2_SHARED of a mapped page, or of the block that it is part of. */
void stage2_mark_shared(struct stage2 *s2, u64 ipa, bool shared);

/**
 * stage2_unmap() - take pages from the guest
 * @s2: the translation; the caller holds the VM's lock
 * @ipa: first byte, page aligned
 * @bytes: of whole pages, in the same 2 MiB block
 *
 * When it returns no CPU can reach the pages through @s2 any more, and they are the
 * host's, wiped if @s2 is protected. Tables that have become empty are given back.
 *
 * Return: false when a block would have to be split and there is no memory for it;
 * then nothing has changed. Never for a whole block.
 */
bool stage2_unmap(struct stage2 *s2, u64 ipa, u64 bytes);

/* VTTBR_EL2 for @s2. */
u64 stage2_vttbr(const struct stage2 *s2);

static inline u64 *stage2_child(u64 entry)
{
	return (u64 *)(entry & S2_ADDRESS_MASK);
}

/* Cleans memory to the point of coherency, and drops stale instructions. */
void stage2_make_coherent(u64 pa, u64 bytes);

#endif
