// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: the pins, and page faults.
 *
 * A page given to the guest stays pinned until the hypervisor has taken it away
 * again, by a relinquish or with the whole VM. The pin is recorded by gfn before
 * the hypervisor learns of the page, and the recorded page is the one that is
 * mapped, also when user space has put another page behind the same address
 * since. So a failure half way needs no undo: recorded pins go with the VM.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/* On a pin: the page was mapped again, so a relinquish does not tell that it is unmapped. */
#define GZVM_PIN_MAPPED_AGAIN	XA_MARK_0

static bool gzvm_memory_enable(struct gzvm_vm *vm, u64 cap, u64 arg0, u64 arg1)
{
	const struct gzvm_enable_cap enable = { .cap = cap, .args = { arg0, arg1 } };

	return !gzvm_hvc_enable_cap(vm->id, &enable, NULL);
}

static uint gzvm_memory_paging = GZVM_PAGING_BLOCK;
module_param_named(paging, gzvm_memory_paging, uint, 0600);
MODULE_PARM_DESC(paging, "How new VMs get memory: 0 at once, 1 a page at first use, 2 up to 2 MiB");

/* Refusals are answers here: an older hypervisor knows fewer ways. */
static enum gzvm_paging gzvm_memory_choose_paging(struct gzvm_vm *vm)
{
	uint most = READ_ONCE(gzvm_memory_paging);

	if (most < GZVM_PAGING_SINGLE ||
	    !gzvm_memory_enable(vm, GZVM_CAP_ENABLE_DEMAND_PAGING, 0, 0))
		return GZVM_PAGING_POPULATE;
	if (most < GZVM_PAGING_BLOCK ||
	    !gzvm_memory_enable(vm, GZVM_CAP_BLOCK_BASED_DEMAND_PAGING, GZVM_BLOCK_BYTES,
				virt_to_phys(vm->memory.mailbox)))
		return GZVM_PAGING_SINGLE;
	return GZVM_PAGING_BLOCK;
}

/**
 * gzvm_memory_init() - prepare a VM without memory
 * @vm: the VM, which exists in the hypervisor already
 *
 * Return: 0 or -ENOMEM; then nothing has to be released.
 */
int gzvm_memory_init(struct gzvm_vm *vm)
{
	struct gzvm_memory *memory = &vm->memory;

	BUILD_BUG_ON(PAGE_SIZE != GZVM_HVC_PAGE_BYTES);
	BUILD_BUG_ON(GZVM_BLOCK_PAGES * sizeof(*memory->mailbox) != PAGE_SIZE);
	BUILD_BUG_ON(GZVM_BLOCK_PAGES * sizeof(*memory->batch) != PAGE_SIZE);

	memory->mailbox = (u64 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!memory->mailbox)
		return -ENOMEM;
	memory->batch = (struct page **)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!memory->batch) {
		free_page((unsigned long)memory->mailbox);
		return -ENOMEM;
	}
	mutex_init(&memory->lock);
	xa_init(&memory->pins);
	memory->paging = gzvm_memory_choose_paging(vm);
	return 0;
}

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

/**
 * gzvm_memory_unpin_range() - give pages back
 * @vm: the VM; the caller holds its memory.lock, or is the last to know the VM
 * @first: first page
 * @last: last page; none in between is mapped in the hypervisor any more
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
}

/**
 * gzvm_memory_release() - give all memory of a VM back
 * @vm: the VM, gone from the hypervisor and out of everybody's reach
 */
void gzvm_memory_release(struct gzvm_vm *vm)
{
	struct gzvm_memory *memory = &vm->memory;

	gzvm_memory_unpin_range(vm, 0, ULONG_MAX);
	account_locked_vm(vm->mm, memory->charged_pages, false);
	free_page((unsigned long)memory->batch);
	free_page((unsigned long)memory->mailbox);
}

/* ------------------------------------------------------------------ */
/* Pins                                                               */

/*
 * Records pages[0..count) for @gfn and on. Unpins what cannot be recorded and
 * returns how many have been, or -ENOMEM when none.
 */
static long gzvm_memory_record(struct gzvm_vm *vm, u64 gfn, struct page **pages, long count)
{
	long i;

	gzvm_memory_count_pins(vm, count);
	for (i = 0; i < count; i++)
		if (xa_err(xa_store(&vm->memory.pins, gfn + i, pages[i], GFP_KERNEL_ACCOUNT)))
			break;
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
		for (next = gfn; next < end && !xa_load(&memory->pins, next); next++)
			;
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
	struct page *page = xa_load(&memory->pins, gfn);

	return page_to_pfn(page);
}

/* ------------------------------------------------------------------ */
/* Page faults                                                        */

static struct gzvm_memslot *gzvm_memory_find_slot(struct gzvm_memory *memory, u64 gfn)
{
	struct gzvm_memslot *slot;

	lockdep_assert_held(&memory->lock);
	for (slot = memory->slots; slot < memory->slots + GZVM_MAX_MEM_REGION; slot++)
		if (gfn >= slot->first_gfn && gfn < gzvm_memslot_end(slot))
			return slot;
	return NULL;
}

static int gzvm_memory_map_page(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	int ret;

	ret = gzvm_memory_pin(vm, slot, gfn, 1);
	if (ret)
		return ret;
	return gzvm_hvc_map_guest(vm->id, slot - vm->memory.slots,
				  gzvm_memory_pfn(&vm->memory, gfn), gfn, 1);
}

/* Whether 2 MiB of pinned pages are neighbours in host memory, too, aligned as in the guest's. */
static bool gzvm_memory_is_block(struct gzvm_memory *memory, u64 gfn)
{
	u64 pfn = gzvm_memory_pfn(memory, gfn);
	u64 i;

	if (!IS_ALIGNED(pfn, GZVM_BLOCK_PAGES))
		return false;
	for (i = 1; i < GZVM_BLOCK_PAGES; i++)
		if (gzvm_memory_pfn(memory, gfn + i) != pfn + i)
			return false;
	return true;
}

/*
 * Whether @gfn and on have been mapped by one call, which lets the hypervisor use one
 * entry. Only one that unmaps is asked: others may know calls for a single page only.
 */
static bool gzvm_memory_map_huge_page(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	struct gzvm_memory *memory = &vm->memory;

	return gzvm_driver.unmaps && !gzvm_memory_pin(vm, slot, gfn, GZVM_BLOCK_PAGES) &&
	       gzvm_memory_is_block(memory, gfn) &&
	       !gzvm_hvc_map_guest(vm->id, slot - memory->slots, gzvm_memory_pfn(memory, gfn),
				   gfn, GZVM_BLOCK_PAGES);
}

/* Maps the 2 MiB around @gfn, as far as they are in the slot. */
static int gzvm_memory_map_block(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 block = ALIGN_DOWN(gfn, GZVM_BLOCK_PAGES);
	u64 end = min(block + GZVM_BLOCK_PAGES, gzvm_memslot_end(slot));
	u64 count, i;
	int ret;

	gfn = max(block, slot->first_gfn);
	if (end - gfn == GZVM_BLOCK_PAGES && gzvm_memory_map_huge_page(vm, slot, gfn))
		return 0;
	for (; gfn < end; gfn += count) {
		count = min_t(u64, end - gfn, gzvm_driver.batch_pages);
		ret = gzvm_memory_pin(vm, slot, gfn, count);
		if (ret)
			return ret;
		for (i = 0; i < count; i++)
			memory->mailbox[i] = gzvm_memory_pfn(memory, gfn + i);
		ret = gzvm_hvc_map_guest_block(vm->id, slot - memory->slots, gfn, count);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * gzvm_memory_fault() - give the guest the page that it has touched
 * @vm: the VM
 * @gpa: what it has touched
 *
 * Two vCPUs that touch the same page map it twice in the same way, which the
 * hypervisor accepts.
 *
 * Context: a vCPU's thread, in the VM's own mm.
 * Return: 0; -ENOENT when no slot has a page to offer there; -EFAULT when the
 * backing memory is gone; -ENOMEM; -EINTR; the hypervisor's errno. After an error
 * other than -ENOENT the guest can be entered again and faults again.
 */
int gzvm_memory_fault(struct gzvm_vm *vm, u64 gpa)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 gfn = gpa >> PAGE_SHIFT;
	struct gzvm_memslot *slot;
	int ret = -ENOENT;

	if (memory->paging == GZVM_PAGING_POPULATE)
		return -ENOENT;
	mutex_lock(&memory->lock);
	slot = gzvm_memory_find_slot(memory, gfn);
	if (slot && memory->paging == GZVM_PAGING_BLOCK)
		ret = gzvm_memory_map_block(vm, slot, gfn);
	else if (slot)
		ret = gzvm_memory_map_page(vm, slot, gfn);
	mutex_unlock(&memory->lock);
	return ret;
}

/*
 * The hypervisor unmaps a page before it tells that the guest has given it up, but
 * another vCPU may have touched it since and got it back. So it is unmapped once
 * more; where there is no call for that, a page that may be mapped stays pinned
 * until the VM ends.
 */
static bool gzvm_memory_unmap(struct gzvm_vm *vm, u64 gfn)
{
	struct gzvm_memory *memory = &vm->memory;
	struct gzvm_memslot *slot = gzvm_memory_find_slot(memory, gfn);

	if (!slot)
		return false;
	if (!gzvm_driver.unmaps)
		return !xa_get_mark(&memory->pins, gfn, GZVM_PIN_MAPPED_AGAIN);
	return !gzvm_hvc_unmap_guest(vm->id, slot - memory->slots, gfn);
}

/**
 * gzvm_memory_relinquish() - release a page that the guest has given up
 * @vm: the VM
 * @gpa: its first byte; the hypervisor has unmapped the page already
 *
 * An address that is not the start of a pinned page is ignored.
 */
void gzvm_memory_relinquish(struct gzvm_vm *vm, u64 gpa)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 gfn = gpa >> PAGE_SHIFT;

	if (!IS_ALIGNED(gpa, PAGE_SIZE))
		return;
	mutex_lock(&memory->lock);
	if (gzvm_memory_unmap(vm, gfn))
		gzvm_memory_unpin_range(vm, gfn, gfn);
	mutex_unlock(&memory->lock);
}
