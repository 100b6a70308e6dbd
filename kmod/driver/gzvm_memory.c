// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: slots, pins and what the hypervisor is told of them.
 *
 * A page given to the guest stays pinned until the hypervisor has taken it away
 * again, by a relinquish or with the whole VM. The pin is recorded by gfn before
 * the hypervisor learns of the page, and the recorded page is the one that is
 * mapped, also when user space has put another page behind the same address
 * since. So a failure half way needs no undo: recorded pins go with the VM.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/* The limit of MediaTek's driver: a page count is a positive int. */
#define GZVM_MAX_SLOT_PAGES	0x7fffffffULL

static bool gzvm_memory_enable(struct gzvm_vm *vm, u64 cap, u64 arg0, u64 arg1)
{
	const struct gzvm_enable_cap enable = { .cap = cap, .args = { arg0, arg1 } };

	return !gzvm_hvc_enable_cap(vm->id, &enable, NULL);
}

/* Refusals are answers here: an older hypervisor knows fewer ways. */
static enum gzvm_paging gzvm_memory_choose_paging(struct gzvm_vm *vm)
{
	if (!gzvm_memory_enable(vm, GZVM_CAP_ENABLE_DEMAND_PAGING, 0, 0))
		return GZVM_PAGING_POPULATE;
	if (!gzvm_memory_enable(vm, GZVM_CAP_BLOCK_BASED_DEMAND_PAGING, GZVM_BLOCK_BYTES,
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
	atomic64_add(pages, &vm->mm->pinned_vm);
	atomic_long_add(pages, &gzvm_driver.pinned_pages);
}

static void gzvm_memory_unpin(struct gzvm_vm *vm, struct page **pages, unsigned long count)
{
	/* The guest may have written to any of them. */
	unpin_user_pages_dirty_lock(pages, count, true);
	gzvm_memory_count_pins(vm, -(long)count);
}

static void gzvm_memory_unpin_all(struct gzvm_vm *vm)
{
	struct gzvm_memory *memory = &vm->memory;
	unsigned long gfn, count = 0;
	struct page *page;

	xa_for_each(&memory->pins, gfn, page) {
		memory->batch[count++] = page;
		if (count == GZVM_BLOCK_PAGES) {
			gzvm_memory_unpin(vm, memory->batch, count);
			count = 0;
			cond_resched();
		}
	}
	if (count)
		gzvm_memory_unpin(vm, memory->batch, count);
	xa_destroy(&memory->pins);
}

/**
 * gzvm_memory_release() - give all memory of a VM back
 * @vm: the VM, gone from the hypervisor and out of everybody's reach
 */
void gzvm_memory_release(struct gzvm_vm *vm)
{
	struct gzvm_memory *memory = &vm->memory;

	gzvm_memory_unpin_all(vm);
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
	if (pinned <= 0)
		return pinned ?: -EFAULT;
	return gzvm_memory_record(vm, gfn, pages, pinned);
}

/*
 * Sees to it that [gfn, gfn + count) of the slot is pinned. The pages are then
 * in memory->pins.
 */
static int gzvm_memory_pin(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn, u64 count)
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

static u64 gzvm_memory_pfn(struct gzvm_memory *memory, u64 gfn)
{
	struct page *page = xa_load(&memory->pins, gfn);

	return page_to_pfn(page);
}

/* ------------------------------------------------------------------ */
/* Slots                                                              */

static u64 gzvm_memslot_end(const struct gzvm_memslot *slot)
{
	return slot->first_gfn + slot->pages;
}

static struct gzvm_memslot *gzvm_memory_find_slot(struct gzvm_memory *memory, u64 gfn)
{
	struct gzvm_memslot *slot;

	lockdep_assert_held(&memory->lock);
	for (slot = memory->slots; slot < memory->slots + GZVM_MAX_MEM_REGION; slot++)
		if (gfn >= slot->first_gfn && gfn < gzvm_memslot_end(slot))
			return slot;
	return NULL;
}

static bool gzvm_memory_overlaps(struct gzvm_memory *memory, const struct gzvm_memslot *new)
{
	const struct gzvm_memslot *slot;

	lockdep_assert_held(&memory->lock);
	for (slot = memory->slots; slot < memory->slots + GZVM_MAX_MEM_REGION; slot++)
		if (slot->pages && new->first_gfn < gzvm_memslot_end(slot) &&
		    slot->first_gfn < gzvm_memslot_end(new))
			return true;
	return false;
}

static struct gzvm_memregion *gzvm_memregion_alloc(void)
{
	return alloc_pages_exact(GZVM_MEMREGION_BUFFER_BYTES, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

static void gzvm_memregion_free(struct gzvm_memregion *buffer)
{
	free_pages_exact(buffer, GZVM_MEMREGION_BUFFER_BYTES);
}

/* The first call for a slot: its range, and no page. */
static int gzvm_memory_declare(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u32 number,
			       struct gzvm_memregion *buffer)
{
	buffer->slot = number;
	buffer->constituent_cnt = 0;
	buffer->total_pages = slot->pages;
	buffer->gpa = slot->first_gfn << PAGE_SHIFT;
	return gzvm_hvc_set_memregion(vm->id, virt_to_phys(buffer));
}

/* Lists @count pinned pages, neighbours in host memory as one constituent. */
static void gzvm_memregion_fill(struct gzvm_memregion *buffer, struct gzvm_memory *memory, u64 gfn,
				u64 count)
{
	struct gzvm_constituent *last = NULL;
	u64 address, i;

	buffer->gpa = gfn << PAGE_SHIFT;
	buffer->total_pages = count;
	buffer->constituent_cnt = 0;
	for (i = 0; i < count; i++) {
		address = gzvm_memory_pfn(memory, gfn + i) << PAGE_SHIFT;
		if (last && last->address + ((u64)last->pg_cnt << PAGE_SHIFT) == address) {
			last->pg_cnt++;
			continue;
		}
		last = &buffer->constituents[buffer->constituent_cnt++];
		*last = (struct gzvm_constituent){ .address = address, .pg_cnt = 1 };
	}
}

static int gzvm_memory_populate(struct gzvm_vm *vm, const struct gzvm_memslot *slot,
				struct gzvm_memregion *buffer)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 end = gzvm_memslot_end(slot);
	u64 gfn, count;
	int ret;

	lockdep_assert_held(&memory->lock);
	buffer->slot = slot - memory->slots;
	for (gfn = slot->first_gfn; gfn < end; gfn += count) {
		if (fatal_signal_pending(current))
			return -EINTR;
		/* No more pages than constituents: they fit even if none are neighbours. */
		count = min_t(u64, end - gfn, GZVM_MEMREGION_MAX_CONSTITUENTS);
		ret = gzvm_memory_pin(vm, slot, gfn, count);
		if (ret)
			return ret;
		gzvm_memregion_fill(buffer, memory, gfn, count);
		ret = gzvm_hvc_set_memregion(vm->id, virt_to_phys(buffer));
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

/**
 * gzvm_memory_populate_all() - give every page of every slot to the hypervisor
 * @vm: the VM
 *
 * Before a VM is protected its memory has to be complete, unless whole blocks
 * can be paged in later. Does nothing when it is complete from the start.
 *
 * Return: 0, -ENOMEM, -EFAULT when the backing memory has a hole, -EINTR, or the
 * hypervisor's errno.
 */
int gzvm_memory_populate_all(struct gzvm_vm *vm)
{
	struct gzvm_memory *memory = &vm->memory;
	struct gzvm_memregion *buffer;
	int ret = 0;
	int i;

	if (memory->paging != GZVM_PAGING_SINGLE)
		return 0;
	buffer = gzvm_memregion_alloc();
	if (!buffer)
		return -ENOMEM;
	mutex_lock(&memory->lock);
	for (i = 0; i < GZVM_MAX_MEM_REGION && !ret; i++)
		ret = gzvm_memory_populate(vm, &memory->slots[i], buffer);
	mutex_unlock(&memory->lock);
	gzvm_memregion_free(buffer);
	return ret;
}

/* The backing memory must be one whole mapping that the guest can write to. */
static int gzvm_memory_check_backing(struct gzvm_vm *vm,
				     const struct gzvm_userspace_memory_region *region)
{
	struct vm_area_struct *vma;
	int ret = 0;

	mmap_read_lock(vm->mm);
	vma = vma_lookup(vm->mm, region->userspace_addr);
	if (!vma || !(vma->vm_flags & VM_WRITE))
		ret = -EFAULT;
	else if (vma->vm_start != region->userspace_addr ||
		 vma->vm_end - vma->vm_start != region->memory_size)
		ret = -EINVAL;
	mmap_read_unlock(vm->mm);
	return ret;
}

/*
 * Makes the slot known to the hypervisor. What it has declared it cannot take
 * back, so from there on the slot is in use, even when populating it fails.
 */
static int gzvm_memory_add_slot(struct gzvm_vm *vm, u32 number, u32 flags,
				const struct gzvm_memslot *new, struct gzvm_memregion *buffer)
{
	struct gzvm_memory *memory = &vm->memory;
	struct gzvm_memslot *slot = &memory->slots[number];
	u64 gpa = new->first_gfn << PAGE_SHIFT;
	int ret;

	lockdep_assert_held(&memory->lock);
	if (slot->pages || gzvm_memory_overlaps(memory, new))
		return -EEXIST;
	ret = account_locked_vm(vm->mm, new->pages, true);
	if (ret)
		return ret;
	ret = gzvm_hvc_memregion_purpose(vm->id, gpa, new->pages << PAGE_SHIFT, flags);
	if (!ret)
		ret = gzvm_memory_declare(vm, new, number, buffer);
	if (ret) {
		account_locked_vm(vm->mm, new->pages, false);
		return ret;
	}
	*slot = *new;
	memory->charged_pages += new->pages;
	if (memory->paging == GZVM_PAGING_POPULATE)
		return gzvm_memory_populate(vm, slot, buffer);
	return 0;
}

/**
 * gzvm_memory_set_region() - put user memory into a free slot
 * @vm: the VM
 * @region: private copy of the ioctl's argument
 *
 * The whole slot counts against RLIMIT_MEMLOCK from now on, because any page of
 * it may get pinned while the guest runs. A slot cannot be changed or deleted;
 * @memory_size 0 is accepted for a slot that is free anyway.
 *
 * Return: 0; -EINVAL for a slot number, alignment or length that cannot be,
 * a mapping of another length, or the deletion of a slot in use; -EEXIST when
 * the slot is in use or the range overlaps another slot; -EFAULT when nothing
 * writable is mapped; -ENOMEM also beyond RLIMIT_MEMLOCK; the hypervisor's errno.
 */
int gzvm_memory_set_region(struct gzvm_vm *vm, const struct gzvm_userspace_memory_region *region)
{
	struct gzvm_memory *memory = &vm->memory;
	const struct gzvm_memslot new = {
		.pages = region->memory_size >> PAGE_SHIFT,
		.first_gfn = region->guest_phys_addr >> PAGE_SHIFT,
		.user_address = region->userspace_addr,
	};
	struct gzvm_memregion *buffer;
	int ret;

	if (region->slot >= GZVM_MAX_MEM_REGION)
		return -EINVAL;
	if (!IS_ALIGNED(region->guest_phys_addr | region->memory_size, PAGE_SIZE))
		return -EINVAL;
	if (region->memory_size &&
	    region->guest_phys_addr > U64_MAX - (region->memory_size - 1))
		return -EINVAL;
	if (new.pages > GZVM_MAX_SLOT_PAGES)
		return -EINVAL;
	if (!new.pages)
		return READ_ONCE(memory->slots[region->slot].pages) ? -EINVAL : 0;
	ret = gzvm_memory_check_backing(vm, region);
	if (ret)
		return ret;

	buffer = gzvm_memregion_alloc();
	if (!buffer)
		return -ENOMEM;
	mutex_lock(&memory->lock);
	ret = gzvm_memory_add_slot(vm, region->slot, region->flags, &new, buffer);
	mutex_unlock(&memory->lock);
	gzvm_memregion_free(buffer);
	return ret;
}

/* ------------------------------------------------------------------ */
/* Page faults                                                        */

static int gzvm_memory_map_page(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	int ret;

	ret = gzvm_memory_pin(vm, slot, gfn, 1);
	if (ret)
		return ret;
	return gzvm_hvc_map_guest(vm->id, slot - vm->memory.slots,
				  gzvm_memory_pfn(&vm->memory, gfn), gfn, 1);
}

/* Maps the 2 MiB around @gfn, as far as they are in the slot. */
static int gzvm_memory_map_block(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 block = ALIGN_DOWN(gfn, GZVM_BLOCK_PAGES);
	u64 end = min(block + GZVM_BLOCK_PAGES, gzvm_memslot_end(slot));
	u64 count, i;
	int ret;

	for (gfn = max(block, slot->first_gfn); gfn < end; gfn += count) {
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
	struct page *page;

	if (!IS_ALIGNED(gpa, PAGE_SIZE))
		return;
	mutex_lock(&memory->lock);
	page = xa_erase(&memory->pins, gpa >> PAGE_SHIFT);
	if (page)
		gzvm_memory_unpin(vm, &page, 1);
	mutex_unlock(&memory->lock);
}
