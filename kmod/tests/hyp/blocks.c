// SPDX-License-Identifier: GPL-2.0-only
/* A slot of whole blocks against the model: mapped at once, split, and taken back. */
#include "model.h"

#define SAMPLES		4

static u64 mailbox_of(u64 number)
{
	return BUFFER + (2 + number) * PAGE_BYTES;
}

static void declare_blocks(struct model *model)
{
	declare(model, BLOCK_SLOT, BLOCK_SLOT_GPA, BLOCK_SLOT_PAGES,
		model->reads_blocks ? GZVM_USER_MEM_REGION_READ_ONLY : 0);
}

void blocks_init(struct model *model, u64 number)
{
	for (u64 i = 0; i < BLOCK_SLOT_PAGES; i++)
		model->in_blocks[i].page = NO_PAGE;
	model->reads_blocks = !number;
	declare_blocks(model);
	expect(!memory_set_mailbox(model->vm, GZVM_BLOCK_BYTES, mailbox_of(number)), "a mailbox");
}

static u64 gpa_of(u64 place)
{
	return BLOCK_SLOT_GPA + place * PAGE_BYTES;
}

/* A multiple of a block, mostly. */
static u64 random_start(u64 blocks)
{
	u64 start = random_below(blocks) * GZVM_BLOCK_PAGES;

	return random_below(4) ? start : start + random_below(GZVM_BLOCK_PAGES);
}

static bool can_all_be_given(const struct model *model, u64 place, const u64 *pages, u64 count)
{
	for (u64 i = 0; i < count; i++) {
		u64 mapped = model->in_blocks[place + i].page;

		if (mapped == NO_PAGE ? !can_be_given(pages[i], !model->is_protected) :
					mapped != pages[i])
			return false;
	}
	return true;
}

/* After an error some of the pages are there. */
static void follow(struct model *model, u64 place, const u64 *pages, u64 count)
{
	for (u64 i = 0; i < count; i++) {
		struct place *p = &model->in_blocks[place + i];

		if (p->page == NO_PAGE && stage2_lookup(&model->vm->stage2, gpa_of(place + i)))
			give(p, pages[i], !model->is_protected);
	}
}

static s32 map_by_mailbox(struct model *model, u64 place, const u64 *pages, u64 count)
{
	u64 *mailbox = (u64 *)model->vm->block_mailbox;

	for (u64 i = 0; i < count; i++)
		mailbox[i] = page_pa(pages[i]) / PAGE_BYTES;
	return memory_map_block(model->vm, BLOCK_SLOT, gpa_of(place) / PAGE_BYTES, count);
}

static s32 map_as_run(struct model *model, u64 place, const u64 *pages, u64 count)
{
	return memory_map(model->vm, BLOCK_SLOT, page_pa(pages[0]) / PAGE_BYTES,
			  gpa_of(place) / PAGE_BYTES, count);
}

static s32 map_by_region(struct model *model, u64 place, const u64 *pages, u64 count)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)BUFFER;

	region->slot = BLOCK_SLOT;
	region->gpa = gpa_of(place);
	region->total_pages = count;
	region->constituent_cnt = 1;
	region->constituents[0] = (struct gzvm_constituent){
		.address = page_pa(pages[0]), .pg_cnt = count,
	};
	return memory_set_region(model->vm, BUFFER, GZVM_MEMREGION_BUFFER_BYTES);
}

static void map(struct model *model)
{
	u64 place = random_start(GUEST_BLOCKS), first = random_start(HOST_BLOCKS);
	u64 most = MIN(MIN(BLOCK_SLOT_PAGES - place, HOST_BLOCKS * GZVM_BLOCK_PAGES - first),
		       GZVM_BLOCK_PAGES);
	u64 count = random_below(3) ? most : 1 + random_below(most);
	u64 pages[GZVM_BLOCK_PAGES];
	bool possible;
	s32 status;

	for (u64 i = 0; i < count; i++)
		pages[i] = POOL_PAGES + first + i;
	possible = can_all_be_given(model, place, pages, count);
	switch (random_below(4)) {
	case 0:
		status = map_by_mailbox(model, place, pages, count);
		break;
	case 1:
		status = map_by_region(model, place, pages, count);
		break;
	default:
		status = map_as_run(model, place, pages, count);
	}
	expect(status == (possible ? 0 : GZVM_STATUS_INVALID_ARGS), "map many pages");
	follow(model, place, pages, count);
}

static void remove_slot(struct model *model)
{
	s32 status;

	do {
		status = memory_remove_slot(model->vm, BLOCK_SLOT, random_below(3) * 512);
	} while (status == GZVM_STATUS_BUSY);
	if (model->is_protected) {
		expect(status == GZVM_STATUS_NOT_SUPPORTED, "remove blocks of a protected VM");
		return;
	}
	expect(!status, "remove blocks");
	for (u64 i = 0; i < BLOCK_SLOT_PAGES; i++)
		forget(&model->in_blocks[i]);
	declare_blocks(model);
}

void blocks_operate(struct model *model)
{
	u64 i = random_below(BLOCK_SLOT_PAGES);
	struct place *place = &model->in_blocks[i];

	switch (random_below(16)) {
	case 0:
		remove_slot(model);
		break;
	case 1:
		unmap(model, BLOCK_SLOT, place, gpa_of(i));
		break;
	case 2:
		relinquish(model, place, gpa_of(i));
		break;
	case 3 ... 4:
		share(model, place, gpa_of(i));
		break;
	case 5:
		unshare(model, place, gpa_of(i));
		break;
	default:
		map(model);
	}
}

static void compare_page(const struct model *model, u64 i)
{
	struct translation now = tlb_walk(stage2_vttbr(&model->vm->stage2), gpa_of(i));
	u64 page = model->in_blocks[i].page;

	if (page == NO_PAGE)
		expect(!now.bytes, "nothing is mapped");
	else
		expect(now.bytes && now.pa == page_pa(page), "a page is mapped");
	if (now.bytes)
		expect(now.attributes ==
		       (S2_VALID | (model->reads_blocks ? S2_NORMAL_READ : S2_NORMAL)),
		       "memory is Normal, write-back, and can be written to if it may be");
}

void blocks_compare(const struct model *model, bool all)
{
	u64 first = all ? 0 : random_below(BLOCK_SLOT_PAGES - SAMPLES);
	u64 end = all ? BLOCK_SLOT_PAGES : first + SAMPLES;

	for (u64 i = first; i < end; i++) {
		compare_page(model, i);
		tlb_access(stage2_vttbr(&model->vm->stage2), gpa_of(i));
	}
}

u64 blocks_mapped(const struct model *model)
{
	u64 mapped = 0;

	for (u64 i = 0; i < BLOCK_SLOT_PAGES; i++)
		mapped += model->in_blocks[i].page != NO_PAGE;
	return mapped;
}

/* All of gzhyp's free memory, as a list. */
static void **take_memory(void)
{
	void **all = NULL, **page;

	while ((page = pages_alloc(1))) {
		*page = all;
		all = page;
	}
	return all;
}

static void return_memory(void **all)
{
	while (all) {
		void **next = *all;

		pages_free(all, 1);
		all = next;
	}
}

void blocks_without_memory(struct model *model)
{
	u64 pages[GZVM_BLOCK_PAGES], vttbr = stage2_vttbr(&model->vm->stage2);
	void **all;

	for (u64 i = 0; i < GZVM_BLOCK_PAGES; i++)
		pages[i] = POOL_PAGES + i;
	expect(!map_as_run(model, 0, pages, GZVM_BLOCK_PAGES), "map a block");
	follow(model, 0, pages, GZVM_BLOCK_PAGES);
	expect(tlb_walk(vttbr, gpa_of(0)).bytes == BLOCK_BYTES, "2 MiB are one block");
	all = take_memory();
	expect(memory_unmap(model->vm, BLOCK_SLOT, gpa_of(1) / PAGE_BYTES) ==
	       GZVM_STATUS_NO_MEMORY, "unmap a part without memory");
	expect(!memory_relinquish(model->vm, gpa_of(1)), "relinquish a part without memory");
	expect(tlb_walk(vttbr, gpa_of(1)).bytes == BLOCK_BYTES, "the block is whole");
	return_memory(all);
	unmap(model, BLOCK_SLOT, &model->in_blocks[1], gpa_of(1));
	expect(tlb_walk(vttbr, gpa_of(0)).bytes == PAGE_BYTES, "the block is split");
	remove_slot(model);
}
