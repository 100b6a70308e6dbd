// SPDX-License-Identifier: GPL-2.0-only
/* The table of VMs, and a VM's life. */
#include "vm.h"
#include "sysreg.h"

static spinlock table_lock;
static struct vm *table[MAX_VMS];

_Static_assert(sizeof(struct vm) <= VM_PAGES * PAGE_BYTES, "VM_PAGES is too small");

static s64 free_index(void)
{
	for (u32 i = 0; i < MAX_VMS; i++)
		if (!table[i])
			return i;
	return -1;
}

s32 vm_create(u64 type, u64 *id)
{
	struct vm *vm;
	s32 status = GZVM_STATUS_NO_MEMORY;
	s64 index;

	if (type != 0)
		return GZVM_STATUS_INVALID_ARGS;
	vm = pages_alloc(VM_PAGES);
	if (!vm)
		return GZVM_STATUS_NO_MEMORY;
	lock(&table_lock);
	index = free_index();
	if (index >= 0 && stage2_create(&vm->stage2, index + 1)) {
		vm->id = index + 1;
		vm->cntvoff = read_sysreg(cntpct_el0);
		vgic_init_vm(vm);
		table[index] = vm;
		*id = vm->id;
		status = GZVM_STATUS_OK;
	}
	unlock(&table_lock);
	if (status)
		pages_free(vm, VM_PAGES);
	return status;
}

struct vm *vm_get(u64 id)
{
	struct vm *vm;

	if (id == GZVM_VM_ID_NONE || id > MAX_VMS)
		return NULL;
	lock(&table_lock);
	vm = table[id - 1];
	if (vm && vm->dying)
		vm = NULL;
	if (vm)
		vm->users++;
	unlock(&table_lock);
	return vm;
}

void vm_put(struct vm *vm)
{
	lock(&table_lock);
	vm->users--;
	unlock(&table_lock);
}

static bool has_vcpus(const struct vm *vm)
{
	for (u32 i = 0; i < GZVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			return true;
	return false;
}

/*
 * A VM whose vCPUs still exist, or that another CPU is using right now, is
 * busy: the driver asks again. Once it is dying nobody can reach it any more.
 * Its pages go in slices, outside of the table's lock because protected ones
 * are wiped, and its VMID is free for a new VM at the very end.
 */
static s32 begin_slice(struct vm *vm)
{
	if (!vm)
		return GZVM_STATUS_INVALID_ARGS;
	if (vm->in_slice)
		return GZVM_STATUS_BUSY;
	if (!vm->dying) {
		if (vm->users || has_vcpus(vm))
			return GZVM_STATUS_BUSY;
		vm->dying = true;
		memory_forget_mailbox(vm);
		/* Nobody runs on the tables: TLBs forget them before the pages get new owners. */
		stage2_invalidate(&vm->stage2);
	}
	vm->in_slice = true;
	return GZVM_STATUS_OK;
}

s32 vm_destroy(u64 id, u64 budget)
{
	struct vm *vm;
	s32 status;
	bool gone;

	if (id == GZVM_VM_ID_NONE || id > MAX_VMS)
		return GZVM_STATUS_INVALID_ARGS;
	lock(&table_lock);
	vm = table[id - 1];
	status = begin_slice(vm);
	unlock(&table_lock);
	if (status)
		return status;

	gone = stage2_destroy(&vm->stage2, budget ? budget : ~0UL);
	lock(&table_lock);
	vm->in_slice = false;
	if (gone)
		table[id - 1] = NULL;
	unlock(&table_lock);
	if (!gone)
		return GZVM_STATUS_BUSY;
	pages_free(vm, VM_PAGES);
	return GZVM_STATUS_OK;
}

struct slot *vm_find_slot(struct vm *vm, u64 gpa)
{
	for (u32 i = 0; i < vm->slots_end; i++) {
		struct slot *slot = &vm->slots[i];

		if (slot->declared && gpa >= slot->gpa && gpa - slot->gpa < slot->bytes)
			return slot;
	}
	return NULL;
}
