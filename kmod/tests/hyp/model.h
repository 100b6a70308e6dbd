/* SPDX-License-Identifier: GPL-2.0-only */
/* What hyp_memory_test believes of VMs, of their pages and of the host's. */
#ifndef HYP_MODEL_H
#define HYP_MODEL_H

#include "vm.h"

#undef memset
#undef memcpy

#define POOL_BASE	(PLATFORM_RAM_BASE + (64UL << 20))
#define POOL_PAGES	64UL
/* Whole blocks of the host's memory. Their pages are numbered after those of the pool. */
#define BLOCKS_BASE	(PLATFORM_RAM_BASE + (160UL << 20))
#define HOST_BLOCKS	4UL
#define HOST_PAGES	(POOL_PAGES + HOST_BLOCKS * GZVM_BLOCK_PAGES)
#define BUFFER		(PLATFORM_RAM_BASE + (128UL << 20))
#define NO_PAGE		0xffffUL

#define BLOCK_SLOT	2
#define BLOCK_SLOT_GPA	0x100000000UL
#define GUEST_BLOCKS	3UL
#define BLOCK_SLOT_PAGES (GUEST_BLOCKS * GZVM_BLOCK_PAGES)

/* The model of a VM's page: which page of the host, and whether the host has it, too. */
struct place {
	u64 page;
	bool shared;
};

/** struct model - what a VM should look like */
struct model {
	struct vm *vm;
	u64 id;
	bool is_protected;
	bool reads_blocks;	/* and does not write them: such a VM is never protected */
	struct place places[16];
	struct place bounce[4];
	struct place in_blocks[BLOCK_SLOT_PAGES];
};

extern u32 users[HOST_PAGES];
extern bool taken[HOST_PAGES];

void expect(bool right, const char *what);
u64 random_below(u64 end);
u64 page_pa(u64 page);
bool can_be_given(u64 page, bool kept);
void give(struct place *place, u64 page, bool kept);
void forget(struct place *place);
void declare(struct model *model, u32 slot, u64 gpa, u64 pages, u32 flags);
u64 free_pages(void);
void unmap(struct model *model, u32 slot, struct place *place, u64 gpa);
void relinquish(struct model *model, struct place *place, u64 gpa);
void share(struct model *model, struct place *place, u64 gpa);
void unshare(struct model *model, struct place *place, u64 gpa);

/* blocks.c: a slot of three blocks. */
void blocks_init(struct model *model, u64 number);
void blocks_operate(struct model *model);
/* A few of its pages, or all. */
void blocks_compare(const struct model *model, bool all);
u64 blocks_mapped(const struct model *model);
/* Splits that fail for want of memory change nothing. */
void blocks_without_memory(struct model *model);

/* tlb.c: TLBs that remember what they have seen until they are told to forget it. */
struct translation {
	u64 pa;
	u64 bytes;	/* of the page or block that it is part of; 0 when nothing is mapped */
	u64 attributes;
};

struct translation tlb_walk(u64 vttbr, u64 ipa);
void tlb_access(u64 vttbr, u64 ipa);
/* No TLB has what the tables do not have any more. */
void tlb_compare(void);

#endif
