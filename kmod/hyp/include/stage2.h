/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_STAGE2_H
#define GZHYP_STAGE2_H

#include "types.h"

/* Both worlds have 40-bit IPAs, so two level-1 tables side by side are the root. */
#define STAGE2_IPA_BITS		40
#define STAGE2_ROOT_PAGES	2
#define STAGE2_VMID_HOST	0

/**
 * struct stage2 - one world's IPA to PA translation
 * @root: the concatenated level-1 tables
 * @vmid: tag of its TLB entries
 * @table_pages: pages of tables, root included
 * @mapped_pages: pages mapped
 * @destroyed: root entries whose tables have been given back
 */
struct stage2 {
	u64 *root;
	u32 vmid;
	u32 table_pages;
	u64 mapped_pages;
	u32 destroyed;
};

/* Builds the host's identity map without gzhyp's region. Boot CPU only. */
void stage2_init_host(void);
/* Loads VTCR_EL2 on the calling CPU and switches to the host's translation. */
void stage2_enable(void);

/* An empty translation; false without memory. */
bool stage2_create(struct stage2 *s2, u32 vmid);
/* Forgets the VMID's TLB entries on every CPU: before pages or tables get new owners. */
void stage2_invalidate(const struct stage2 *s2);
/*
 * Gives tables back, @budget pages and at most one level-2 table's worth more.
 * True when none is left; the root goes last.
 */
bool stage2_destroy(struct stage2 *s2, u64 budget);

/**
 * stage2_map() - map one 4 KiB page, read-write-execute, Normal write-back
 *
 * Mapping the same page again is fine. The caller holds the VM's lock.
 *
 * Return: a GZVM_STATUS_*; INVALID_ARGS when another page is mapped there.
 */
s32 stage2_map(struct stage2 *s2, u64 ipa, u64 pa);

/**
 * stage2_unmap() - take pages from the guest
 * @s2: the translation; the caller holds the VM's lock
 * @ipa: first byte, page aligned
 * @bytes: of whole pages, in the same 2 MiB block
 *
 * When it returns no CPU can reach the pages through @s2 any more. Tables that
 * have become empty are given back.
 */
void stage2_unmap(struct stage2 *s2, u64 ipa, u64 bytes);

/* VTTBR_EL2 for @s2. */
u64 stage2_vttbr(const struct stage2 *s2);
u64 stage2_host_vttbr(void);

#endif
