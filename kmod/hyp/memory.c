// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: slots that the host declares, and pages it gives to them.
 *
 * Nothing in a host buffer is trusted: each value is read once, and each page
 * must be RAM of the host.
 */
#include "vm.h"

#define IPA_END		(1UL << STAGE2_IPA_BITS)
#define PURPOSE_KNOWN	(GZVM_USER_MEM_REGION_GUEST_MEM | GZVM_USER_MEM_REGION_PROTECT_FW | \
			 GZVM_USER_MEM_REGION_STATIC_SWIOTLB)

static bool is_guest_range(u64 gpa, u64 bytes)
{
	return bytes && IS_ALIGNED(gpa | bytes, PAGE_BYTES) && gpa < IPA_END &&
	       bytes <= IPA_END - gpa;
}

static bool contains(const struct slot *slot, u64 gpa, u64 bytes)
{
	return slot->declared && gpa >= slot->gpa && gpa - slot->gpa <= slot->bytes &&
	       bytes <= slot->bytes - (gpa - slot->gpa);
}

static bool overlaps_slot(const struct vm *vm, u64 gpa, u64 bytes)
{
	for (u32 i = 0; i < vm->slots_end; i++) {
		const struct slot *slot = &vm->slots[i];

		if (slot->declared && gpa < slot->gpa + slot->bytes && slot->gpa < gpa + bytes)
			return true;
	}
	return false;
}

static s32 map_page(struct vm *vm, u64 gpa, u64 pa)
{
	if (!hostmem_contains(pa, PAGE_BYTES))
		return GZVM_STATUS_INVALID_ARGS;
	return stage2_map(&vm->stage2, gpa, pa);
}

static s32 declare(struct vm *vm, struct slot *slot, u64 gpa, u64 bytes)
{
	if (overlaps_slot(vm, gpa, bytes))
		return GZVM_STATUS_INVALID_ARGS;
	*slot = (struct slot){ .declared = true, .gpa = gpa, .bytes = bytes };
	vm->slots_end = MAX(vm->slots_end, (u32)(slot - vm->slots) + 1);
	return GZVM_STATUS_OK;
}

static s32 populate(struct vm *vm, const struct gzvm_memregion *region, u32 count, u64 gpa,
		    u64 pages)
{
	for (u32 i = 0; i < count; i++) {
		u64 pa = READ_ONCE(region->constituents[i].address);
		u64 run = READ_ONCE(region->constituents[i].pg_cnt);

		if (run > pages || !IS_ALIGNED(pa, PAGE_BYTES))
			return GZVM_STATUS_INVALID_ARGS;
		for (pages -= run; run; run--, pa += PAGE_BYTES, gpa += PAGE_BYTES) {
			s32 status = map_page(vm, gpa, pa);

			if (status)
				return status;
		}
	}
	return pages ? GZVM_STATUS_INVALID_ARGS : GZVM_STATUS_OK;
}

s32 memory_set_region(struct vm *vm, u64 buffer, u64 bytes)
{
	const struct gzvm_memregion *region = (const struct gzvm_memregion *)buffer;
	u64 gpa, pages;
	u32 slot_id, count;
	struct slot *slot;
	s32 status;

	if (bytes != GZVM_MEMREGION_BUFFER_BYTES || !IS_ALIGNED(buffer, PAGE_BYTES) ||
	    !hostmem_contains(buffer, bytes))
		return GZVM_STATUS_INVALID_ARGS;
	slot_id = READ_ONCE(region->slot);
	count = READ_ONCE(region->constituent_cnt);
	pages = READ_ONCE(region->total_pages);
	gpa = READ_ONCE(region->gpa);
	if (slot_id >= GZVM_MAX_MEM_REGION || pages > IPA_END / PAGE_BYTES ||
	    !is_guest_range(gpa, pages * PAGE_BYTES))
		return GZVM_STATUS_INVALID_ARGS;
	slot = &vm->slots[slot_id];
	lock(&vm->lock);
	if (!slot->declared)
		status = declare(vm, slot, gpa, pages * PAGE_BYTES);
	else if (count > GZVM_MEMREGION_MAX_CONSTITUENTS ||
		 !contains(slot, gpa, pages * PAGE_BYTES))
		status = GZVM_STATUS_INVALID_ARGS;
	else
		status = populate(vm, region, count, gpa, pages);
	unlock(&vm->lock);
	return status;
}

static bool is_slot_range(struct vm *vm, u64 slot, u64 gfn, u64 pages)
{
	return slot < GZVM_MAX_MEM_REGION && pages && pages <= GZVM_BLOCK_PAGES &&
	       gfn < IPA_END / PAGE_BYTES &&
	       contains(&vm->slots[slot], gfn * PAGE_BYTES, pages * PAGE_BYTES);
}

static u32 end_of_slots(const struct vm *vm)
{
	u32 end = vm->slots_end;

	while (end && !vm->slots[end - 1].declared)
		end--;
	return end;
}

/*
 * The slot shrinks from its start, block by block, so it is whole and known at
 * every moment between two slices.
 */
s32 memory_remove_slot(struct vm *vm, u64 slot_id, u64 budget)
{
	struct slot *slot;
	u64 removed = 0;

	if (slot_id >= GZVM_MAX_MEM_REGION)
		return GZVM_STATUS_INVALID_ARGS;
	slot = &vm->slots[slot_id];
	lock(&vm->lock);
	if (!slot->declared) {
		unlock(&vm->lock);
		return GZVM_STATUS_INVALID_ARGS;
	}
	while (slot->bytes && (!budget || removed < budget)) {
		u64 bytes = MIN(slot->bytes, ALIGN_UP(slot->gpa + 1, BLOCK_BYTES) - slot->gpa);

		stage2_unmap(&vm->stage2, slot->gpa, bytes);
		slot->gpa += bytes;
		slot->bytes -= bytes;
		removed += bytes / PAGE_BYTES;
	}
	slot->declared = slot->bytes;
	vm->slots_end = end_of_slots(vm);
	unlock(&vm->lock);
	return slot->declared ? GZVM_STATUS_BUSY : GZVM_STATUS_OK;
}

s32 memory_unmap(struct vm *vm, u64 slot_id, u64 gfn)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;

	lock(&vm->lock);
	if (is_slot_range(vm, slot_id, gfn, 1)) {
		stage2_unmap(&vm->stage2, gfn * PAGE_BYTES, PAGE_BYTES);
		status = GZVM_STATUS_OK;
	}
	unlock(&vm->lock);
	return status;
}

bool memory_relinquish(struct vm *vm, u64 gpa)
{
	bool found;

	lock(&vm->lock);
	found = IS_ALIGNED(gpa, PAGE_BYTES) && vm_find_slot(vm, gpa);
	if (found)
		stage2_unmap(&vm->stage2, gpa, PAGE_BYTES);
	unlock(&vm->lock);
	return found;
}

s32 memory_purpose(struct vm *vm, u64 gpa, u64 bytes, u64 flags)
{
	(void)vm;
	if (!is_guest_range(gpa, bytes) || (flags & ~(u64)PURPOSE_KNOWN))
		return GZVM_STATUS_INVALID_ARGS;
	return GZVM_STATUS_OK;
}

s32 memory_map(struct vm *vm, u64 slot, u64 pfn, u64 gfn, u64 pages)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;

	lock(&vm->lock);
	if (is_slot_range(vm, slot, gfn, pages) && pfn < IPA_END / PAGE_BYTES)
		for (u64 i = 0; i < pages; i++) {
			status = map_page(vm, (gfn + i) * PAGE_BYTES, (pfn + i) * PAGE_BYTES);
			if (status)
				break;
		}
	unlock(&vm->lock);
	return status;
}

s32 memory_map_block(struct vm *vm, u64 slot, u64 gfn, u64 pages)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;

	lock(&vm->lock);
	if (vm->block_mailbox && is_slot_range(vm, slot, gfn, pages))
		for (u64 i = 0; i < pages; i++) {
			u64 pfn = READ_ONCE(((u64 *)vm->block_mailbox)[i]);

			status = GZVM_STATUS_INVALID_ARGS;
			if (pfn < IPA_END / PAGE_BYTES)
				status = map_page(vm, (gfn + i) * PAGE_BYTES, pfn * PAGE_BYTES);
			if (status)
				break;
		}
	unlock(&vm->lock);
	return status;
}

s32 memory_set_mailbox(struct vm *vm, u64 bytes, u64 pa)
{
	if (bytes != GZVM_BLOCK_BYTES || !IS_ALIGNED(pa, PAGE_BYTES) ||
	    !hostmem_contains(pa, GZVM_BLOCK_PAGES * sizeof(u64)))
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	vm->block_mailbox = pa;
	unlock(&vm->lock);
	return GZVM_STATUS_OK;
}

s32 memory_set_dtb(struct vm *vm, u64 gpa, u64 bytes)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;
	struct slot *slot;

	lock(&vm->lock);
	slot = vm_find_slot(vm, gpa);
	if (slot && bytes && contains(slot, gpa, bytes)) {
		vm->dtb_gpa = gpa;
		vm->dtb_bytes = bytes;
		status = GZVM_STATUS_OK;
	}
	unlock(&vm->lock);
	return status;
}
