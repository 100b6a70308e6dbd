// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: slots that the host declares, and pages it gives to them.
 *
 * Nothing in a host buffer is trusted: each value is read once, and each page
 * must be RAM of the host.
 */
#include "hostmap.h"
#include "vm.h"

#define IPA_END		(1UL << STAGE2_IPA_BITS)
#define MAILBOX_BYTES	(GZVM_BLOCK_PAGES * sizeof(u64))
/* Pages that are acquired together: one TLB maintenance for a protected VM. It divides a block. */
#define MAP_BATCH	32U
#define PURPOSE_KNOWN	(GZVM_USER_MEM_REGION_GUEST_MEM | GZVM_USER_MEM_REGION_PROTECT_FW | \
			 GZVM_USER_MEM_REGION_STATIC_SWIOTLB | GZVM_USER_MEM_REGION_READ_ONLY)
/* What memory that is only read cannot be. */
#define PURPOSE_WRITTEN	(GZVM_USER_MEM_REGION_PROTECT_FW | GZVM_USER_MEM_REGION_STATIC_SWIOTLB)

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

/* The host keeps what it gives to a VM that is not protected, and bounce buffers. */
static bool is_kept_by_host(const struct vm *vm, const struct slot *slot)
{
	return !vm->stage2.protected || (slot->flags & GZVM_USER_MEM_REGION_STATIC_SWIOTLB);
}

/* What the VM has mapped or is about to map has one more user, or is taken. All or none. */
static bool acquire(const struct vm *vm, const struct slot *slot, const u64 *pages, u32 count)
{
	u32 done = 0;

	if (!is_kept_by_host(vm, slot))
		return hostmap_take(pages, count, false);
	while (done < count && hostmap_share(pages[done]))
		done++;
	if (done == count)
		return true;
	while (done--)
		hostmap_unshare(pages[done]);
	return false;
}

/* The reverse of acquire(). */
static void give_back(const struct vm *vm, const struct slot *slot, const u64 *pages, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		if (!is_kept_by_host(vm, slot))
			hostmap_lend(pages[i]);
		hostmap_unshare(pages[i]);
	}
}

static u64 map_flags(const struct vm *vm, const struct slot *slot)
{
	u64 shared = vm->stage2.protected && is_kept_by_host(vm, slot) ? S2_SHARED : 0;

	return slot_is_read_only(slot) ? shared : shared | S2_WRITE;
}

/* At most MAP_BATCH pages, at @gpa and on. Those that are there already are left out. */
static s32 map_pages(struct vm *vm, const struct slot *slot, u64 gpa, const u64 *pages, u32 count)
{
	u64 gpas[MAP_BATCH], new[MAP_BATCH];
	u32 new_count = 0;

	for (u32 i = 0; i < count; i++, gpa += PAGE_BYTES) {
		u64 mapped = stage2_lookup(&vm->stage2, gpa);

		if (mapped && (mapped & S2_ADDRESS_MASK) != pages[i])
			return GZVM_STATUS_INVALID_ARGS;
		if (mapped)
			continue;
		gpas[new_count] = gpa;
		new[new_count++] = pages[i];
	}
	if (new_count && !acquire(vm, slot, new, new_count))
		return GZVM_STATUS_INVALID_ARGS;
	for (u32 i = 0; i < new_count; i++) {
		s32 status = stage2_map(&vm->stage2, gpas[i], new[i], map_flags(vm, slot));

		if (status) {
			give_back(vm, slot, new + i, new_count - i);
			return status;
		}
	}
	return GZVM_STATUS_OK;
}

static void list_pages(u64 *pages, u64 pa, u32 count)
{
	for (u32 i = 0; i < count; i++)
		pages[i] = pa + i * PAGE_BYTES;
}

/* acquire() for the 2 MiB at @pa. Returns how much of them, from the start, has been. */
static u64 acquire_block(const struct vm *vm, const struct slot *slot, u64 pa)
{
	u64 pages[MAP_BATCH];
	u64 done;

	if (is_kept_by_host(vm, slot))
		return hostmap_share_range(pa, BLOCK_BYTES) ? BLOCK_BYTES : 0;
	for (done = 0; done < BLOCK_BYTES; done += MAP_BATCH * PAGE_BYTES) {
		list_pages(pages, pa + done, MAP_BATCH);
		if (!acquire(vm, slot, pages, MAP_BATCH))
			break;
	}
	return done;
}

/* 2 MiB where nothing is mapped. */
static s32 map_block(struct vm *vm, const struct slot *slot, u64 gpa, u64 pa)
{
	u64 done = acquire_block(vm, slot, pa);
	s32 status = GZVM_STATUS_INVALID_ARGS;

	if (done == BLOCK_BYTES)
		status = stage2_map_block(&vm->stage2, gpa, pa, map_flags(vm, slot));
	if (!status)
		return GZVM_STATUS_OK;
	for (; done; done -= PAGE_BYTES)
		give_back(vm, slot, &(u64){ pa + done - PAGE_BYTES }, 1);
	return status;
}

/* Pages that are neighbours in the host's memory, too, as blocks where that is possible. */
static s32 map_run(struct vm *vm, const struct slot *slot, u64 gpa, u64 pa, u64 count)
{
	u64 end = gpa + count * PAGE_BYTES;
	s32 status = GZVM_STATUS_OK;

	while (gpa < end && !status) {
		u64 to_block = (ALIGN_UP(gpa + 1, BLOCK_BYTES) - gpa) / PAGE_BYTES;
		u64 left = (end - gpa) / PAGE_BYTES;
		u64 pages[MAP_BATCH], step;

		if (left >= GZVM_BLOCK_PAGES && IS_ALIGNED(pa, BLOCK_BYTES) &&
		    stage2_can_map_block(&vm->stage2, gpa)) {
			step = GZVM_BLOCK_PAGES;
			status = map_block(vm, slot, gpa, pa);
		} else {
			step = MIN(MIN(left, to_block), MAP_BATCH);
			list_pages(pages, pa, step);
			status = map_pages(vm, slot, gpa, pages, step);
		}
		gpa += step * PAGE_BYTES;
		pa += step * PAGE_BYTES;
	}
	return status;
}

static s32 declare(struct vm *vm, struct slot *slot, u64 gpa, u64 bytes)
{
	struct slot new = { .declared = true, .gpa = gpa, .bytes = bytes };

	if (vm->purpose.gpa == gpa && vm->purpose.bytes == bytes)
		new.flags = vm->purpose.flags;
	/* The host writes what a read-only slot has, which a protected VM would take from it. */
	if (overlaps_slot(vm, gpa, bytes) || (vm->stage2.protected && slot_is_read_only(&new)))
		return GZVM_STATUS_INVALID_ARGS;
	*slot = new;
	vm->slots_end = MAX(vm->slots_end, (u32)(slot - vm->slots) + 1);
	return GZVM_STATUS_OK;
}

static s32 populate(struct vm *vm, const struct slot *slot, const struct gzvm_memregion *region,
		    u32 count, u64 gpa, u64 pages)
{
	for (u32 i = 0; i < count; i++) {
		u64 pa = READ_ONCE(region->constituents[i].address);
		u64 run = READ_ONCE(region->constituents[i].pg_cnt);
		s32 status;

		if (run > pages || !IS_ALIGNED(pa, PAGE_BYTES))
			return GZVM_STATUS_INVALID_ARGS;
		status = map_run(vm, slot, gpa, pa, run);
		if (status)
			return status;
		pages -= run;
		gpa += run * PAGE_BYTES;
	}
	return pages ? GZVM_STATUS_INVALID_ARGS : GZVM_STATUS_OK;
}

static s32 set_region(struct vm *vm, const struct gzvm_memregion *region)
{
	u64 gpa, pages;
	u32 slot_id, count;
	struct slot *slot;
	s32 status;

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
		status = populate(vm, slot, region, count, gpa, pages);
	unlock(&vm->lock);
	return status;
}

s32 memory_set_region(struct vm *vm, u64 buffer, u64 bytes)
{
	s32 status;

	if (bytes != GZVM_MEMREGION_BUFFER_BYTES || !hostmap_share_range(buffer, bytes))
		return GZVM_STATUS_INVALID_ARGS;
	status = set_region(vm, (const struct gzvm_memregion *)buffer);
	hostmap_unshare_range(buffer, bytes);
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
	if (!slot->declared || vm->stage2.protected) {
		unlock(&vm->lock);
		return slot->declared ? GZVM_STATUS_NOT_SUPPORTED : GZVM_STATUS_INVALID_ARGS;
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
		/* The host cannot take a page from a protected VM, only hear that it has none. */
		if (!vm->stage2.protected &&
		    !stage2_unmap(&vm->stage2, gfn * PAGE_BYTES, PAGE_BYTES))
			status = GZVM_STATUS_NO_MEMORY;
		if (!stage2_lookup(&vm->stage2, gfn * PAGE_BYTES))
			status = GZVM_STATUS_OK;
	}
	unlock(&vm->lock);
	return status;
}

bool memory_relinquish(struct vm *vm, u64 gpa)
{
	bool gone;

	lock(&vm->lock);
	gone = IS_ALIGNED(gpa, PAGE_BYTES) && vm_find_slot(vm, gpa) &&
	       stage2_unmap(&vm->stage2, gpa, PAGE_BYTES);
	unlock(&vm->lock);
	return gone;
}

s32 memory_purpose(struct vm *vm, u64 gpa, u64 bytes, u64 flags)
{
	if (!is_guest_range(gpa, bytes) || (flags & ~(u64)PURPOSE_KNOWN) ||
	    ((flags & GZVM_USER_MEM_REGION_READ_ONLY) && (flags & PURPOSE_WRITTEN)))
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	vm->purpose = (struct purpose){ .gpa = gpa, .bytes = bytes, .flags = flags };
	unlock(&vm->lock);
	return GZVM_STATUS_OK;
}

s32 memory_map(struct vm *vm, u64 slot, u64 pfn, u64 gfn, u64 pages)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;

	lock(&vm->lock);
	if (is_slot_range(vm, slot, gfn, pages) && pfn < IPA_END / PAGE_BYTES)
		status = map_run(vm, &vm->slots[slot], gfn * PAGE_BYTES, pfn * PAGE_BYTES, pages);
	unlock(&vm->lock);
	return status;
}

/* Copies page numbers that the host may be changing; false when one cannot be. */
static bool read_mailbox(const u64 *mailbox, u64 *pages, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		u64 pfn = READ_ONCE(mailbox[i]);

		if (pfn >= IPA_END / PAGE_BYTES)
			return false;
		pages[i] = pfn * PAGE_BYTES;
	}
	return true;
}

s32 memory_map_block(struct vm *vm, u64 slot, u64 gfn, u64 pages)
{
	s32 status = GZVM_STATUS_INVALID_ARGS;

	lock(&vm->lock);
	if (vm->block_mailbox && is_slot_range(vm, slot, gfn, pages)) {
		const u64 *mailbox = (const u64 *)vm->block_mailbox;
		u64 list[MAP_BATCH], done = 0;

		do {
			u32 count = MIN(pages - done, MAP_BATCH);

			status = GZVM_STATUS_INVALID_ARGS;
			if (read_mailbox(mailbox + done, list, count))
				status = map_pages(vm, &vm->slots[slot], (gfn + done) * PAGE_BYTES,
						   list, count);
			done += count;
		} while (!status && done < pages);
	}
	unlock(&vm->lock);
	return status;
}

s32 memory_set_mailbox(struct vm *vm, u64 bytes, u64 pa)
{
	u64 before;

	if (bytes != GZVM_BLOCK_BYTES || !hostmap_share_range(pa, MAILBOX_BYTES))
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	before = vm->block_mailbox;
	vm->block_mailbox = pa;
	unlock(&vm->lock);
	if (before)
		hostmap_unshare_range(before, MAILBOX_BYTES);
	return GZVM_STATUS_OK;
}

void memory_forget_mailbox(struct vm *vm)
{
	if (vm->block_mailbox)
		hostmap_unshare_range(vm->block_mailbox, MAILBOX_BYTES);
	vm->block_mailbox = 0;
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
