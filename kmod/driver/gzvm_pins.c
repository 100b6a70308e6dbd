// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pins of guest memory: single pages by gfn, and huge pages of the host as a whole.
 *
 * The recorded page is the one that the hypervisor gets to know, also when user space has
 * put another page behind the same address since.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "gzvm.h"

static void gzvm_memory_count_pins(struct gzvm_vm *vm, long pages)
{
	struct gzvm_memory *memory = &vm->memory;

	WRITE_ONCE(memory->pinned_pages, memory->pinned_pages + pages);
	atomic64_add(pages, &vm->mm->pinned_vm);
	atomic_long_add(pages, &gzvm_driver.pinned_pages);
}

static void gzvm_memory_unpin(struct gzvm_vm *vm, struct page **pages, unsigned long count)
{
	/* The guest may have written to any of them. */
	unpin_user_pages_dirty_lock(pages, count, true);
	gzvm_memory_count_pins(vm, -(long)count);
}

static void gzvm_memory_unpin_blocks(struct gzvm_vm *vm, u64 first, u64 last)
{
	struct gzvm_memory *memory = &vm->memory;
	unsigned long index;
	struct page *page;

	xa_for_each_range(&memory->blocks, index, page, DIV_ROUND_UP(first, GZVM_BLOCK_PAGES),
			  last / GZVM_BLOCK_PAGES) {
		if (index * GZVM_BLOCK_PAGES + GZVM_BLOCK_PAGES - 1 > last)
			break;
		xa_erase(&memory->blocks, index);
		unpin_user_page_range_dirty_lock(page, GZVM_BLOCK_PAGES, true);
		gzvm_memory_count_pins(vm, -(long)GZVM_BLOCK_PAGES);
		cond_resched();
	}
}

/**
 * gzvm_memory_unpin_range() - give pages back
 * @vm: the VM; the caller holds its memory.lock, or is the last to know the VM
 * @first: first page
 * @last: last page; none in between is mapped in the hypervisor any more
 *
 * A huge page that is not in the range as a whole stays pinned: gzvm_memory_break_block().
 */
void gzvm_memory_unpin_range(struct gzvm_vm *vm, u64 first, u64 last)
{
	struct gzvm_memory *memory = &vm->memory;
	unsigned long gfn, count = 0;
	struct page *page;

	xa_for_each_range(&memory->pins, gfn, page, first, last) {
		xa_erase(&memory->pins, gfn);
		memory->batch[count++] = page;
		if (count == GZVM_BLOCK_PAGES) {
			gzvm_memory_unpin(vm, memory->batch, count);
			count = 0;
			cond_resched();
		}
	}
	if (count)
		gzvm_memory_unpin(vm, memory->batch, count);
	gzvm_memory_unpin_blocks(vm, first, last);
}

/*
 * Records pages[0..count) for @gfn and on. Unpins what cannot be recorded and
 * returns how many have been, or -ENOMEM when none.
 */
static long gzvm_memory_record(struct gzvm_vm *vm, u64 gfn, struct page **pages, long count)
{
	XA_STATE(xas, &vm->memory.pins, gfn);
	long i = 0;

	gzvm_memory_count_pins(vm, count);
	/* Neighbours in the array, so no walk from its root for each. */
	do {
		xas_lock(&xas);
		for (; i < count; i++) {
			xas_store(&xas, pages[i]);
			if (xas_error(&xas))
				break;
			xas_next(&xas);
		}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL_ACCOUNT));
	if (i < count)
		gzvm_memory_unpin(vm, pages + i, count - i);
	return i ?: -ENOMEM;
}

/* Pins pages that are not pinned yet, from the first on; at least one or an errno. */
static long gzvm_memory_pin_new(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn,
				long count)
{
	struct gzvm_memory *memory = &vm->memory;
	struct page **pages = memory->batch;
	unsigned long address = slot->user_address + ((gfn - slot->first_gfn) << PAGE_SHIFT);
	long pinned;

	/* Every caller is an ioctl of the VM's own mm, which is what this pins from. */
	pinned = pin_user_pages_fast(address, count, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (pinned > 0)
		return gzvm_memory_record(vm, gfn, pages, pinned);
	dev_dbg(gzvm_driver.device, "VM %u: cannot pin %ld pages at user address 0x%lx (%ld)\n",
		vm->id, count, address, pinned);
	return pinned ?: -EFAULT;
}

/* The first page in [gfn, end) that is pinned already, or @end. */
static u64 gzvm_memory_next_pin(struct gzvm_memory *memory, u64 gfn, u64 end)
{
	unsigned long next = gfn;

	return xa_find(&memory->pins, &next, end - 1, XA_PRESENT) ? next : end;
}

/**
 * gzvm_memory_pin() - see to it that pages of a slot are pinned
 * @vm: the VM; the caller holds its memory.lock and is in its mm
 * @slot: the slot
 * @gfn: first page, in the slot
 * @count: number of pages, at most GZVM_BLOCK_PAGES and to the slot's end
 *
 * Return: 0, -EFAULT when the backing memory has a hole there, -ENOMEM or -EINTR.
 */
int gzvm_memory_pin(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn, u64 count)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 end = gfn + count;
	long pinned;
	u64 next;

	lockdep_assert_held(&memory->lock);
	while (gfn < end) {
		if (xa_load(&memory->blocks, gfn / GZVM_BLOCK_PAGES)) {
			gfn = ALIGN_DOWN(gfn, GZVM_BLOCK_PAGES) + GZVM_BLOCK_PAGES;
			continue;
		}
		next = gzvm_memory_next_pin(memory, gfn, end);
		if (next == gfn) {
			xa_set_mark(&memory->pins, gfn, GZVM_PIN_MAPPED_AGAIN);
			gfn++;
			continue;
		}
		pinned = gzvm_memory_pin_new(vm, slot, gfn, next - gfn);
		if (pinned < 0)
			return pinned;
		gfn += pinned;
	}
	return 0;
}

/**
 * gzvm_memory_pfn() - the host page behind a guest page
 * @memory: guest memory; the caller holds its lock
 * @gfn: a pinned page
 *
 * Return: the pfn.
 */
u64 gzvm_memory_pfn(struct gzvm_memory *memory, u64 gfn)
{
	struct page *page = xa_load(&memory->blocks, gfn / GZVM_BLOCK_PAGES);

	if (page)
		return page_to_pfn(page) + gfn % GZVM_BLOCK_PAGES;
	page = xa_load(&memory->pins, gfn);
	return page_to_pfn(page);
}

/* Whether @pages are 2 MiB of host memory, aligned as in the guest's. */
static bool gzvm_memory_is_block(struct page **pages)
{
	u64 pfn = page_to_pfn(pages[0]);
	unsigned int i;

	if (!IS_ALIGNED(pfn, GZVM_BLOCK_PAGES))
		return false;
	for (i = 1; i < GZVM_BLOCK_PAGES; i++)
		if (page_to_pfn(pages[i]) != pfn + i)
			return false;
	return true;
}

/**
 * gzvm_memory_pin_block() - pin 2 MiB as one
 * @vm: the VM; the caller holds its memory.lock and is in its mm
 * @slot: the slot, which has all of them
 * @gfn: first page, a multiple of GZVM_BLOCK_PAGES
 *
 * Return: false when they are no huge page of the host, or one of them is pinned alone, or
 * without memory; then nothing has changed.
 */
bool gzvm_memory_pin_block(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	unsigned long address = slot->user_address + ((gfn - slot->first_gfn) << PAGE_SHIFT);
	struct gzvm_memory *memory = &vm->memory;
	struct page **pages = memory->batch;
	u64 end = gfn + GZVM_BLOCK_PAGES;
	int pinned;

	if (xa_load(&memory->blocks, gfn / GZVM_BLOCK_PAGES))
		return true;
	if (gzvm_memory_next_pin(memory, gfn, end) != end)
		return false;
	pinned = pin_user_pages_fast(address, GZVM_BLOCK_PAGES, FOLL_WRITE | FOLL_LONGTERM,
				     pages);
	if (pinned == GZVM_BLOCK_PAGES && gzvm_memory_is_block(pages) &&
	    !xa_err(xa_store(&memory->blocks, gfn / GZVM_BLOCK_PAGES, pages[0],
			     GFP_KERNEL_ACCOUNT))) {
		gzvm_memory_count_pins(vm, GZVM_BLOCK_PAGES);
		return true;
	}
	if (pinned > 0)
		unpin_user_pages(pages, pinned);
	return false;
}

/**
 * gzvm_memory_break_block() - make single pins of the huge page around a page
 * @memory: guest memory; the caller holds its lock
 * @gfn: the page
 *
 * Return: true when the page is part of none now; false without memory, when nothing has changed.
 */
bool gzvm_memory_break_block(struct gzvm_memory *memory, u64 gfn)
{
	struct page *page = xa_load(&memory->blocks, gfn / GZVM_BLOCK_PAGES);
	u64 first = ALIGN_DOWN(gfn, GZVM_BLOCK_PAGES);
	u64 i;

	if (!page)
		return true;
	for (i = 0; i < GZVM_BLOCK_PAGES; i++)
		if (xa_err(xa_store(&memory->pins, first + i, pfn_to_page(page_to_pfn(page) + i),
				    GFP_KERNEL_ACCOUNT)))
			break;
	if (i == GZVM_BLOCK_PAGES) {
		xa_erase(&memory->blocks, gfn / GZVM_BLOCK_PAGES);
		return true;
	}
	while (i--)
		xa_erase(&memory->pins, first + i);
	return false;
}
