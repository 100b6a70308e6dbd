// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory and its page faults. The pins are in gzvm_pins.c.
 *
 * A page given to the guest stays pinned until the hypervisor has taken it away
 * again, by a relinquish or with the whole VM. The pin is recorded by gfn before
 * the hypervisor learns of the page, and the recorded page is the one that is
 * mapped, also when user space has put another page behind the same address
 * since. So a failure half way needs no undo: recorded pins go with the VM.
 */
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

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
	xa_init(&memory->blocks);
	memory->paging = gzvm_memory_choose_paging(vm);
	return 0;
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

/*
 * Whether @gfn and on have been mapped by one call, which lets the hypervisor use one
 * entry. Only one that unmaps is asked: others may know calls for a single page only.
 */
static bool gzvm_memory_map_huge_page(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	struct gzvm_memory *memory = &vm->memory;

	return gzvm_driver.unmaps && gzvm_memory_pin_block(vm, slot, gfn) &&
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
	if (gzvm_memory_unmap(vm, gfn) && gzvm_memory_break_block(memory, gfn))
		gzvm_memory_unpin_range(vm, gfn, gfn);
	mutex_unlock(&memory->lock);
}

/* Makes single pins of all huge pages that [first, last] meets. */
static int gzvm_memory_break_blocks(struct gzvm_memory *memory, u64 first, u64 last)
{
	unsigned long index;
	struct page *page;

	xa_for_each_range(&memory->blocks, index, page, first / GZVM_BLOCK_PAGES,
			  last / GZVM_BLOCK_PAGES) {
		if (!gzvm_memory_break_block(memory, index * GZVM_BLOCK_PAGES))
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

/* Unmaps the pinned pages of [first, last] up to the first that the hypervisor keeps. */
static int gzvm_memory_unmap_pinned(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 first,
				    u64 *last)
{
	struct gzvm_memory *memory = &vm->memory;
	struct page *page;
	unsigned long gfn;
	int ret = 0;

	xa_for_each_range(&memory->pins, gfn, page, first, *last) {
		ret = fatal_signal_pending(current) ? -EINTR :
		      gzvm_hvc_unmap_guest(vm->id, slot - memory->slots, gfn);
		if (ret) {
			*last = gfn - 1;
			break;
		}
		cond_resched();
	}
	return ret;
}

/**
 * gzvm_memory_discard() - take pages from the guest until it uses them again
 * @vm: the VM
 * @gpa: first byte
 * @bytes: how many; whole pages of one slot
 *
 * When it returns 0, no vCPU reaches the pages and none of them is pinned. The guest's
 * next access pins what is then mapped at the slot's user address.
 *
 * Return: 0; -EINVAL for a range that is not whole pages of one slot; -EOPNOTSUPP when
 * the hypervisor cannot unmap, or memory is not paged in on demand; -ENOMEM; -EINTR; the
 * hypervisor's errno, as for a protected VM. After an error the pages of the range's
 * start may be gone.
 */
int gzvm_memory_discard(struct gzvm_vm *vm, u64 gpa, u64 bytes)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 first = gpa >> PAGE_SHIFT, last;
	struct gzvm_memslot *slot;
	int ret;

	if (!gzvm_driver.unmaps || memory->paging == GZVM_PAGING_POPULATE)
		return -EOPNOTSUPP;
	if (!bytes || !IS_ALIGNED(gpa | bytes, PAGE_SIZE) || gpa > U64_MAX - (bytes - 1))
		return -EINVAL;
	last = first + (bytes >> PAGE_SHIFT) - 1;
	mutex_lock(&memory->lock);
	slot = gzvm_memory_find_slot(memory, first);
	if (slot && last < gzvm_memslot_end(slot)) {
		ret = gzvm_memory_break_blocks(memory, first, last);
		if (!ret) {
			ret = gzvm_memory_unmap_pinned(vm, slot, first, &last);
			if (last >= first)
				gzvm_memory_unpin_range(vm, first, last);
		}
	} else {
		ret = -EINVAL;
	}
	mutex_unlock(&memory->lock);
	return ret;
}
