// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzhyp's page allocator: one bit a page over what is left of its region. A
 * request is at most a few pages and the map is 120 words, so first fit from a
 * moving hint is enough.
 */
#include "hyp.h"

#define MAX_PAGES	(HYP_REGION_BYTES / PAGE_BYTES)

static spinlock pages_lock;
static u64 first_page;
static u32 page_count;
static u32 hint;
static u8 used[MAX_PAGES];

void pages_init(u64 first, u64 end)
{
	/* Runs of 2^n pages must be aligned by address, so begin at the largest. */
	first_page = ALIGN_UP(first, 16 * PAGE_BYTES);
	page_count = (end - first_page) / PAGE_BYTES;
}

static bool is_free(u32 page, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (used[page + i])
			return false;
	return true;
}

static s64 find(u32 count)
{
	u32 start = ALIGN_DOWN(hint, count);

	for (u32 tried = 0; tried < page_count; tried += count) {
		u32 page = start + tried;

		if (page + count > page_count) {
			page -= ALIGN_DOWN(page_count, count);
			if (page + count > page_count)
				continue;
		}
		if (is_free(page, count))
			return page;
	}
	return -1;
}

void *pages_alloc(u32 count)
{
	void *memory = NULL;
	s64 page;

	lock(&pages_lock);
	page = find(count);
	if (page >= 0) {
		memset(&used[page], 1, count);
		hint = page + count;
		if (hint >= page_count)
			hint = 0;
		memory = (void *)(first_page + page * PAGE_BYTES);
	}
	unlock(&pages_lock);
	if (memory)
		memset(memory, 0, count * PAGE_BYTES);
	return memory;
}

void pages_free(void *memory, u32 count)
{
	u32 page = ((u64)memory - first_page) / PAGE_BYTES;

	lock(&pages_lock);
	memset(&used[page], 0, count);
	if (page < hint)
		hint = page;
	unlock(&pages_lock);
}
