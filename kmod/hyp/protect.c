// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protected VMs. What such a VM has mapped the host has lost, until the guest shares
 * it, gives it up, or the VM ends; then it is wiped. The host cannot read its
 * registers either, nor change them once it has run.
 *
 * Devices are not kept out: the lab's machine has no SMMU.
 */
#include "hostmap.h"
#include "psci.h"
#include "vm.h"

/* Pages that are taken together, with one TLB maintenance. */
#define TAKE_BATCH	64

static bool has_run(const struct vm *vm)
{
	for (u32 i = 0; i < GZVM_MAX_VCPUS; i++)
		if (vm->vcpus[i] && vm->vcpus[i]->has_run)
			return true;
	return false;
}

static bool has_read_only_slot(const struct vm *vm)
{
	for (u32 i = 0; i < vm->slots_end; i++)
		if (vm->slots[i].declared && slot_is_read_only(&vm->slots[i]))
			return true;
	return false;
}

static bool stays_shared(const struct slot *slot)
{
	return slot->flags & GZVM_USER_MEM_REGION_STATIC_SWIOTLB;
}

static u64 mapped_page(const struct vm *vm, u64 gpa)
{
	return stage2_lookup(&vm->stage2, gpa) & S2_ADDRESS_MASK;
}

/* Takes what @slot has mapped. Returns how far it came: to a page with other users, or the end. */
static u64 take_slot(struct vm *vm, const struct slot *slot)
{
	u64 end = slot->gpa + slot->bytes;
	u64 gpa = stage2_next(&vm->stage2, slot->gpa, end);
	u64 pages[TAKE_BATCH];

	while (gpa < end) {
		u64 first = gpa;
		u32 count = 0;

		for (; gpa < end && count < TAKE_BATCH;
		     gpa = stage2_next(&vm->stage2, gpa + PAGE_BYTES, end)) {
			pages[count++] = mapped_page(vm, gpa);
			if (stays_shared(slot))
				stage2_mark_shared(&vm->stage2, gpa, true);
		}
		if (!stays_shared(slot) && !hostmap_take(pages, count, true))
			return first;
	}
	return end;
}

static void lend_slot(struct vm *vm, const struct slot *slot, u64 end)
{
	for (u64 gpa = stage2_next(&vm->stage2, slot->gpa, end); gpa < end;
	     gpa = stage2_next(&vm->stage2, gpa + PAGE_BYTES, end)) {
		if (stays_shared(slot))
			stage2_mark_shared(&vm->stage2, gpa, false);
		else
			hostmap_lend(mapped_page(vm, gpa));
	}
}

/* All that is mapped now, or nothing. */
static bool take_all(struct vm *vm)
{
	for (u32 i = 0; i < vm->slots_end; i++) {
		struct slot *slot = &vm->slots[i];
		u64 end = take_slot(vm, slot);

		if (end == slot->gpa + slot->bytes)
			continue;
		lend_slot(vm, slot, end);
		while (i--)
			lend_slot(vm, &vm->slots[i], vm->slots[i].gpa + vm->slots[i].bytes);
		return false;
	}
	return true;
}

s32 protect_vm(struct vm *vm, u64 command)
{
	s32 status = GZVM_STATUS_OK;

	/* There is no firmware for protected guests here. */
	if (command != GZVM_CAP_PVM_SET_PROTECTED_VM)
		return GZVM_STATUS_NOT_SUPPORTED;
	lock(&vm->lock);
	if (has_run(vm) || has_read_only_slot(vm) ||
	    (!vm->stage2.protected && !take_all(vm)))
		status = GZVM_STATUS_INVALID_ARGS;
	else
		vm->stage2.protected = true;
	unlock(&vm->lock);
	return status;
}

/* ------------------------------------------------------------------ */
/* The guest's calls                                                  */

/* A page that the guest has to itself, or shares. */
static bool is_page(const struct vm *vm, u64 gpa, bool shared)
{
	u64 entry = stage2_lookup(&vm->stage2, gpa);

	return vm->stage2.protected && IS_ALIGNED(gpa, PAGE_BYTES) && entry &&
	       !!(entry & S2_SHARED) == shared;
}

s64 protect_share(struct vm *vm, u64 gpa)
{
	s64 result = SMCCC_INVALID_PARAMETER;

	lock(&vm->lock);
	if (is_page(vm, gpa, false) && stage2_split(&vm->stage2, gpa)) {
		hostmap_lend(mapped_page(vm, gpa));
		stage2_mark_shared(&vm->stage2, gpa, true);
		result = 0;
	}
	unlock(&vm->lock);
	return result;
}

/* The host may have given the page to somebody else meanwhile: then it stays shared. */
s64 protect_unshare(struct vm *vm, u64 gpa)
{
	s64 result = SMCCC_INVALID_PARAMETER;
	u64 pa;

	lock(&vm->lock);
	pa = mapped_page(vm, gpa);
	if (is_page(vm, gpa, true) && stage2_split(&vm->stage2, gpa) &&
	    hostmap_take(&pa, 1, true)) {
		stage2_mark_shared(&vm->stage2, gpa, false);
		result = 0;
	}
	unlock(&vm->lock);
	return result;
}

s64 protect_guard_enroll(struct vm *vm)
{
	bool protected;

	lock(&vm->lock);
	protected = vm->stage2.protected;
	vm->guard_on |= protected;
	unlock(&vm->lock);
	return protected ? 0 : SMCCC_NOT_SUPPORTED;
}

static u64 *find_guard(struct vm *vm, u64 page)
{
	for (u32 i = 0; i < vm->guard_count; i++)
		if (vm->guard[i] == page)
			return &vm->guard[i];
	return NULL;
}

s64 protect_guard_map(struct vm *vm, u64 gpa)
{
	s64 result = SMCCC_INVALID_PARAMETER;

	lock(&vm->lock);
	if (vm->guard_on && IS_ALIGNED(gpa, PAGE_BYTES) && !vm_find_slot(vm, gpa)) {
		if (find_guard(vm, gpa)) {
			result = 0;
		} else if (vm->guard_count < MAX_GUARDED_PAGES) {
			vm->guard[vm->guard_count++] = gpa;
			result = 0;
		}
	}
	unlock(&vm->lock);
	return result;
}

s64 protect_guard_unmap(struct vm *vm, u64 gpa)
{
	s64 result = SMCCC_INVALID_PARAMETER;
	u64 *place;

	lock(&vm->lock);
	place = find_guard(vm, gpa);
	if (place) {
		*place = vm->guard[--vm->guard_count];
		result = 0;
	}
	unlock(&vm->lock);
	return result;
}

bool protect_allows_mmio(const struct vm *vm, u64 gpa)
{
	u64 page = ALIGN_DOWN(gpa, PAGE_BYTES);

	for (u32 i = 0; i < vm->guard_count; i++)
		if (vm->guard[i] == page)
			return true;
	return false;
}
