// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots: which user memory the guest has where, and how the hypervisor
 * learns of it.
 */
#include <linux/align.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/* The limit of MediaTek's driver: a page count is a positive int. */
#define GZVM_MAX_SLOT_PAGES	0x7fffffffULL

/* Whether @new meets a slot other than its own one, @self. */
static bool gzvm_memslot_overlaps(struct gzvm_memory *memory, const struct gzvm_memslot *new,
				  const struct gzvm_memslot *self)
{
	const struct gzvm_memslot *slot;

	lockdep_assert_held(&memory->lock);
	for (slot = memory->slots; slot < memory->slots + GZVM_MAX_MEM_REGION; slot++)
		if (slot != self && slot->pages && new->first_gfn < gzvm_memslot_end(slot) &&
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

/*
 * The backing memory must be one whole mapping that can be written to: also when the guest
 * may not, because user space can let it later, and because a page that is still to be copied
 * would be pinned and then not be user space's any more.
 */
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

/* Takes the slot from the guest, on every CPU, then its pages from the slot. */
static int gzvm_memslot_remove(struct gzvm_vm *vm, struct gzvm_memslot *slot)
{
	struct gzvm_memory *memory = &vm->memory;
	int ret;

	lockdep_assert_held(&memory->lock);
	if (!gzvm_driver.unmaps)
		return -EINVAL;
	do {
		ret = gzvm_hvc_remove_slot(vm->id, slot - memory->slots,
					   gzvm_driver.destroy_batch_pages);
		cond_resched();
	} while (ret == -EAGAIN);
	if (ret)
		return ret;
	gzvm_memory_unpin_range(vm, slot->first_gfn, gzvm_memslot_end(slot) - 1);
	account_locked_vm(vm->mm, slot->pages, false);
	memory->charged_pages -= slot->pages;
	*slot = (struct gzvm_memslot) { };
	return 0;
}

/*
 * Makes the slot known to the hypervisor. When populating it fails, the slot stays
 * in use with a hypervisor that cannot take it back.
 */
static int gzvm_memslot_add(struct gzvm_vm *vm, struct gzvm_memslot *slot,
			    const struct gzvm_memslot *new, struct gzvm_memregion *buffer)
{
	struct gzvm_memory *memory = &vm->memory;
	u64 gpa = new->first_gfn << PAGE_SHIFT;
	int ret;

	lockdep_assert_held(&memory->lock);
	ret = account_locked_vm(vm->mm, new->pages, true);
	if (ret) {
		dev_dbg(gzvm_driver.device, "VM %u: RLIMIT_MEMLOCK does not allow %llu pages\n",
			vm->id, new->pages);
		return ret;
	}
	ret = gzvm_hvc_memregion_purpose(vm->id, gpa, new->pages << PAGE_SHIFT,
					 new->flags);
	if (!ret)
		ret = gzvm_memslot_declare(vm, new, slot - memory->slots, buffer);
	if (ret) {
		account_locked_vm(vm->mm, new->pages, false);
		dev_dbg(gzvm_driver.device,
			"VM %u: hypervisor refuses %llu pages at gpa 0x%llx (%d)\n", vm->id,
			new->pages, gpa, ret);
		return ret;
	}
	*slot = *new;
	memory->charged_pages += new->pages;
	if (memory->paging != GZVM_PAGING_POPULATE)
		return 0;
	ret = gzvm_memslot_populate(vm, slot, buffer);
	if (ret)
		gzvm_memslot_remove(vm, slot);
	return ret;
}

/* The same user memory at another guest address: the guest finds its data there. */
static int gzvm_memslot_move(struct gzvm_vm *vm, struct gzvm_memslot *slot,
			     const struct gzvm_memslot *new, struct gzvm_memregion *buffer)
{
	const struct gzvm_memslot old = *slot;
	int ret;

	ret = gzvm_memslot_remove(vm, slot);
	if (ret)
		return ret;
	ret = gzvm_memslot_add(vm, slot, new, buffer);
	/* An address that the hypervisor refuses; the old one it has accepted before. */
	if (ret && !slot->pages)
		gzvm_memslot_add(vm, slot, &old, buffer);
	return ret;
}

static int gzvm_memslot_set_locked(struct gzvm_vm *vm, struct gzvm_memslot *slot,
				   const struct gzvm_memslot *new, struct gzvm_memregion *buffer)
{
	bool same_memory = slot->pages == new->pages && slot->user_address == new->user_address;

	if (!new->pages)
		return slot->pages ? gzvm_memslot_remove(vm, slot) : 0;
	if (gzvm_memslot_overlaps(&vm->memory, new, slot))
		return -EEXIST;
	if (!slot->pages)
		return gzvm_memslot_add(vm, slot, new, buffer);
	if (!same_memory || slot->first_gfn == new->first_gfn || !gzvm_driver.unmaps)
		return -EEXIST;
	return gzvm_memslot_move(vm, slot, new, buffer);
}

/**
 * gzvm_memslot_set() - put user memory into a slot, move the slot, or empty it
 * @vm: the VM
 * @region: private copy of the ioctl's argument
 *
 * The whole slot counts against RLIMIT_MEMLOCK from now on, because any page of
 * it may get pinned while the guest runs.
 *
 * A slot in use can be moved: its memory, unchanged, appears at another gpa. With
 * @memory_size 0 it is emptied, wherever its memory is or was. Both may be done
 * while vCPUs run: when the ioctl returns, none of them can reach the memory at
 * the old gpa, and its pages are not pinned there any more. A vCPU that has just
 * faulted there leaves RUN with GZVM_EXIT_EXCEPTION once.
 *
 * Return: 0; -EINVAL for a slot number, alignment or length that cannot be, a
 * mapping of another length, memory that is only to be read with a hypervisor or in a
 * VM that has none, or the deletion of a slot in use with a hypervisor that cannot
 * unmap; -EEXIST when the slot is in use (and this is no move that the
 * hypervisor supports) or the range overlaps another slot; -EFAULT when nothing
 * writable is mapped; -ENOMEM also beyond RLIMIT_MEMLOCK; the hypervisor's errno.
 */
int gzvm_memslot_set(struct gzvm_vm *vm, const struct gzvm_userspace_memory_region *region)
{
	struct gzvm_memory *memory = &vm->memory;
	const struct gzvm_memslot new = {
		.pages = region->memory_size >> PAGE_SHIFT,
		.first_gfn = region->guest_phys_addr >> PAGE_SHIFT,
		.user_address = region->userspace_addr,
		.flags = region->flags,
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
	if ((region->flags & GZVM_USER_MEM_REGION_READ_ONLY) && !gzvm_driver.read_only_slots)
		return -EINVAL;
	ret = new.pages ? gzvm_memslot_check_backing(vm, region) : 0;
	if (ret)
		return ret;

	buffer = gzvm_memregion_alloc();
	if (!buffer)
		return -ENOMEM;
	mutex_lock(&memory->lock);
	ret = gzvm_memslot_set_locked(vm, &memory->slots[region->slot], &new, buffer);
	mutex_unlock(&memory->lock);
	gzvm_memregion_free(buffer);
	return ret;
}
