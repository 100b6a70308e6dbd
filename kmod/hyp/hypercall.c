// SPDX-License-Identifier: GPL-2.0-only
/* The host's hypercalls: a table by number. */
#include "hypercall.h"
#include "psci.h"
#include "vm.h"

/* VM and vCPU id of a tuple. */
#define TUPLE_VM(x)	FIELD(x, 31, 16)
#define TUPLE_VCPU(x)	FIELD(x, 15, 0)

#define VERSION_MAJOR	16
#define BATCH_PAGES	64	/* MAP_GUEST_BLOCK: 64 pages, an eighth of a block, a call */
#define DESTROY_PAGES	128

typedef s32 (*vm_call)(struct vm *vm, struct gprs *regs);

static s32 call_create_vm(struct gprs *regs)
{
	return vm_create(regs->x[1], &regs->x[1]);
}

static s32 call_destroy_vm(struct gprs *regs)
{
	return vm_destroy(regs->x[1], regs->x[2]);
}

static s32 call_probe(struct gprs *regs)
{
	regs->x[1] = VERSION_MAJOR;
	regs->x[2] = 0;
	regs->x[3] = 0;
	return GZVM_STATUS_OK;
}

static s32 call_create_vcpu(struct vm *vm, struct gprs *regs)
{
	return vcpu_create(vm, TUPLE_VCPU(regs->x[1]), regs->x[2]);
}

static s32 call_destroy_vcpu(struct vm *vm, struct gprs *regs)
{
	return vcpu_destroy(vm, TUPLE_VCPU(regs->x[1]));
}

static s32 call_run(struct vm *vm, struct gprs *regs)
{
	return vcpu_run(vm, TUPLE_VCPU(regs->x[1]), &regs->x[1]);
}

static s32 call_get_one_reg(struct vm *vm, struct gprs *regs)
{
	return vcpu_get_register(vm, TUPLE_VCPU(regs->x[1]), regs->x[2], &regs->x[1]);
}

static s32 call_set_one_reg(struct vm *vm, struct gprs *regs)
{
	return vcpu_set_register(vm, TUPLE_VCPU(regs->x[1]), regs->x[2], regs->x[3]);
}

static s32 call_irq_line(struct vm *vm, struct gprs *regs)
{
	return vgic_irq_line(vm, regs->x[2], regs->x[3]);
}

static s32 call_set_memregion(struct vm *vm, struct gprs *regs)
{
	return memory_set_region(vm, regs->x[3], regs->x[2]);
}

static s32 call_create_device(struct vm *vm, struct gprs *regs)
{
	return vgic_create_device(vm, regs->x[2]);
}

static s32 call_inform_exit(struct vm *vm, struct gprs *regs)
{
	(void)vm;
	(void)regs;
	return GZVM_STATUS_OK;
}

static s32 call_memregion_purpose(struct vm *vm, struct gprs *regs)
{
	return memory_purpose(vm, regs->x[2], regs->x[3], regs->x[4]);
}

static s32 call_set_dtb_config(struct vm *vm, struct gprs *regs)
{
	return memory_set_dtb(vm, regs->x[2], regs->x[3]);
}

static s32 call_map_guest(struct vm *vm, struct gprs *regs)
{
	return memory_map(vm, regs->x[2], regs->x[3], regs->x[4], regs->x[5]);
}

static s32 call_map_guest_block(struct vm *vm, struct gprs *regs)
{
	return memory_map_block(vm, regs->x[2], regs->x[3], regs->x[4]);
}

static u64 vcpu_count(const struct vm *vm)
{
	u64 count = 0;

	for (u32 i = 0; i < GZVM_MAX_VCPUS; i++)
		count += vm->vcpus[i] != NULL;
	return count;
}

static s32 call_get_statistics(struct vm *vm, struct gprs *regs)
{
	lock(&vm->lock);
	regs->x[1] = (VM_PAGES + vcpu_count(vm) * VCPU_PAGES + vm->stage2.table_pages) * PAGE_BYTES;
	regs->x[2] = vm->stage2.mapped_pages * PAGE_BYTES;
	unlock(&vm->lock);
	return GZVM_STATUS_OK;
}

static s32 call_remove_slot(struct vm *vm, struct gprs *regs)
{
	return memory_remove_slot(vm, regs->x[2], regs->x[3]);
}

static s32 call_unmap_guest(struct vm *vm, struct gprs *regs)
{
	return memory_unmap(vm, regs->x[2], regs->x[3]);
}

static s32 query_cap(struct gprs *regs)
{
	switch (regs->x[2]) {
	case GZVM_CAP_QUERY_HYP_BATCH_PAGES:
		regs->x[1] = BATCH_PAGES;
		return GZVM_STATUS_OK;
	case GZVM_CAP_QUERY_DESTROY_BATCH_PAGES:
		regs->x[1] = DESTROY_PAGES;
		return GZVM_STATUS_OK;
	case GZVM_CAP_QUERY_UNMAP:
	case GZVM_CAP_QUERY_READ_ONLY:
		return GZVM_STATUS_OK;
	case GZVM_CAP_VM_GPA_SIZE:
		regs->x[1] = STAGE2_IPA_BITS;
		return GZVM_STATUS_OK;
	default:
		return GZVM_STATUS_NOT_SUPPORTED;
	}
}

static s32 enable_cap(struct vm *vm, struct gprs *regs)
{
	switch (regs->x[2]) {
	case GZVM_CAP_ENABLE_DEMAND_PAGING:
		vm->demand_paging = true;
		return GZVM_STATUS_OK;
	case GZVM_CAP_BLOCK_BASED_DEMAND_PAGING:
		return memory_set_mailbox(vm, regs->x[3], regs->x[4]);
	case GZVM_CAP_ENABLE_IDLE:
		vm->idle_exits = true;
		return GZVM_STATUS_OK;
	case GZVM_CAP_PROTECTED_VM:
		return protect_vm(vm, regs->x[3]);
	case GZVM_CAP_END_NOTICE:
		return vgic_set_end_notice(vm, regs->x[3], regs->x[4]);
	default:
		return GZVM_STATUS_NOT_SUPPORTED;
	}
}

static s32 with_vm(u64 id, vm_call call, struct gprs *regs)
{
	struct vm *vm = vm_get(id);
	s32 status;

	if (!vm)
		return GZVM_STATUS_INVALID_ARGS;
	status = call(vm, regs);
	vm_put(vm);
	return status;
}

static s32 call_enable_cap(struct gprs *regs)
{
	if (regs->x[1] == GZVM_VM_ID_NONE)
		return query_cap(regs);
	return with_vm(regs->x[1], enable_cap, regs);
}

/* How x1 names the VM. */
enum subject {
	SUBJECT_NONE,
	SUBJECT_VM,
	SUBJECT_TUPLE,
};

static const struct hypercall {
	enum subject subject;
	s32 (*plain)(struct gprs *regs);
	vm_call on_vm;
} hypercalls[GZVM_HVC_COUNT] = {
	[GZVM_HVC_CREATE_VM] = { SUBJECT_NONE, call_create_vm, NULL },
	[GZVM_HVC_DESTROY_VM] = { SUBJECT_NONE, call_destroy_vm, NULL },
	[GZVM_HVC_CREATE_VCPU] = { SUBJECT_TUPLE, NULL, call_create_vcpu },
	[GZVM_HVC_DESTROY_VCPU] = { SUBJECT_TUPLE, NULL, call_destroy_vcpu },
	[GZVM_HVC_SET_MEMREGION] = { SUBJECT_VM, NULL, call_set_memregion },
	[GZVM_HVC_RUN] = { SUBJECT_TUPLE, NULL, call_run },
	[GZVM_HVC_GET_ONE_REG] = { SUBJECT_TUPLE, NULL, call_get_one_reg },
	[GZVM_HVC_SET_ONE_REG] = { SUBJECT_TUPLE, NULL, call_set_one_reg },
	[GZVM_HVC_IRQ_LINE] = { SUBJECT_TUPLE, NULL, call_irq_line },
	[GZVM_HVC_CREATE_DEVICE] = { SUBJECT_VM, NULL, call_create_device },
	[GZVM_HVC_PROBE] = { SUBJECT_NONE, call_probe, NULL },
	[GZVM_HVC_ENABLE_CAP] = { SUBJECT_NONE, call_enable_cap, NULL },
	[GZVM_HVC_INFORM_EXIT] = { SUBJECT_VM, NULL, call_inform_exit },
	[GZVM_HVC_MEMREGION_PURPOSE] = { SUBJECT_VM, NULL, call_memregion_purpose },
	[GZVM_HVC_SET_DTB_CONFIG] = { SUBJECT_VM, NULL, call_set_dtb_config },
	[GZVM_HVC_MAP_GUEST] = { SUBJECT_VM, NULL, call_map_guest },
	[GZVM_HVC_MAP_GUEST_BLOCK] = { SUBJECT_VM, NULL, call_map_guest_block },
	[GZVM_HVC_GET_STATISTICS] = { SUBJECT_VM, NULL, call_get_statistics },
};

#define FIRST_EXTENSION	GZVM_HVC_JINN_REMOVE_SLOT

/* What GenieZone does not have. */
static const struct hypercall extensions[] = {
	[GZVM_HVC_JINN_REMOVE_SLOT - FIRST_EXTENSION] = { SUBJECT_VM, NULL, call_remove_slot },
	[GZVM_HVC_JINN_UNMAP_GUEST - FIRST_EXTENSION] = { SUBJECT_VM, NULL, call_unmap_guest },
};

static s32 serve(const struct hypercall *call, struct gprs *regs)
{
	switch (call->subject) {
	case SUBJECT_TUPLE:
		if (regs->x[1] >> 32)
			return GZVM_STATUS_INVALID_ARGS;
		return with_vm(TUPLE_VM(regs->x[1]), call->on_vm, regs);
	case SUBJECT_VM:
		return with_vm(regs->x[1], call->on_vm, regs);
	default:
		return call->plain ? call->plain(regs) : GZVM_STATUS_NOT_IMPLEMENTED;
	}
}

void hypercall_serve(struct gprs *regs)
{
	u32 id = (u32)regs->x[0];
	/* Bit 30 tells the SMC64 from the SMC32 form; both take 64-bit arguments. */
	u32 number = (id | 1U << 30) - GZVM_HVC_SMC64;

	if (id == SMCCC_VERSION)
		regs->x[0] = SMCCC_VERSION_1_1;
	else if (number < GZVM_HVC_COUNT)
		regs->x[0] = (u64)(s64)serve(&hypercalls[number], regs);
	else if (number - FIRST_EXTENSION < ARRAY_SIZE(extensions))
		regs->x[0] = (u64)(s64)serve(&extensions[number - FIRST_EXTENSION], regs);
	else
		regs->x[0] = (u64)SMCCC_NOT_SUPPORTED;
}
