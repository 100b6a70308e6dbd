// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots: which user memory the guest has where, and how the hypervisor
 * learns of it.
 */
#include <linux/align.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/* The limit of MediaTek's driver: a page count is a positive int. */
#define GZVM_MAX_SLOT_PAGES	0x7fffffffULL

static bool gzvm_memslot_overlaps(struct gzvm_memory *memory, const struct gzvm_memslot *new)
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
static int gzvm_memslot_declare(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u32 number,
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
		*last = (struct gzvm_constituent) { .address = address, .pg_cnt = 1 };
	}
}

static int gzvm_memslot_populate(struct gzvm_vm *vm, const struct gzvm_memslot *slot,
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
 * gzvm_memslot_populate_all() - give every page of every slot to the hypervisor
 * @vm: the VM
 *
 * Before a VM is protected its memory has to be complete, unless whole blocks
 * can be paged in later. Does nothing when it is complete from the start.
 *
 * Return: 0, -ENOMEM, -EFAULT when the backing memory has a hole, -EINTR, or the
 * hypervisor's errno.
 */
int gzvm_memslot_populate_all(struct gzvm_vm *vm)
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
		ret = gzvm_memslot_populate(vm, &memory->slots[i], buffer);
	mutex_unlock(&memory->lock);
	gzvm_memregion_free(buffer);
	return ret;
}

/* The backing memory must be one whole mapping that the guest can write to. */
static int gzvm_memslot_check_backing(struct gzvm_vm *vm,
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
static int gzvm_memslot_add(struct gzvm_vm *vm, u32 number, u32 flags,
				const struct gzvm_memslot *new, struct gzvm_memregion *buffer)
{
	struct gzvm_memory *memory = &vm->memory;
	struct gzvm_memslot *slot = &memory->slots[number];
	u64 gpa = new->first_gfn << PAGE_SHIFT;
	int ret;

	lockdep_assert_held(&memory->lock);
	if (slot->pages || gzvm_memslot_overlaps(memory, new))
		return -EEXIST;
	ret = account_locked_vm(vm->mm, new->pages, true);
	if (ret)
		return ret;
	ret = gzvm_hvc_memregion_purpose(vm->id, gpa, new->pages << PAGE_SHIFT, flags);
	if (!ret)
		ret = gzvm_memslot_declare(vm, new, number, buffer);
	if (ret) {
		account_locked_vm(vm->mm, new->pages, false);
		return ret;
	}
	*slot = *new;
	memory->charged_pages += new->pages;
	if (memory->paging == GZVM_PAGING_POPULATE)
		return gzvm_memslot_populate(vm, slot, buffer);
	return 0;
}

/**
 * gzvm_memslot_set() - put user memory into a free slot
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
int gzvm_memslot_set(struct gzvm_vm *vm, const struct gzvm_userspace_memory_region *region)
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
	ret = gzvm_memslot_check_backing(vm, region);
	if (ret)
		return ret;

	buffer = gzvm_memregion_alloc();
	if (!buffer)
		return -ENOMEM;
	mutex_lock(&memory->lock);
	ret = gzvm_memslot_add(vm, region->slot, region->flags, &new, buffer);
	mutex_unlock(&memory->lock);
	gzvm_memregion_free(buffer);
	return ret;
}
