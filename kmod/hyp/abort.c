// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 aborts: a page that the host has yet to give, a GIC register, or
 * MMIO for user space (Arm ARM D19.2.37, D19.2.61).
 */
#include "exits.h"
#include "sysreg.h"

static bool is_translation_fault(u64 esr)
{
	u64 type = ISS_FSC(esr) & FSC_TYPE_MASK;

	return type == FSC_TRANSLATION || type == FSC_ACCESS_FLAG;
}

static bool is_permission_fault(u64 esr)
{
	return (ISS_FSC(esr) & FSC_TYPE_MASK) == FSC_PERMISSION;
}

/* False when the guest's tables have changed since: it tries again. */
static bool walk_stage1(u64 address, u64 *page)
{
	u64 before = read_sysreg(par_el1), answer;

	translate_stage1(address);
	isb();
	answer = read_sysreg(par_el1);
	write_sysreg(par_el1, before);
	*page = PAR_PAGE(answer) << PAGE_SHIFT;
	return !(answer & PAR_FAILED);
}

/*
 * The guest-physical page of the fault. HPFAR_EL2 (FIPA is bits 47:12 of the IPA, at bit 4)
 * is not written for a permission fault of the access itself (D19.2.61).
 */
static bool find_page(u64 esr, u64 *page)
{
	if (is_permission_fault(esr) && !(esr & ISS_S1PTW))
		return walk_stage1(read_sysreg(far_el2), page);
	*page = FIELD(read_sysreg(hpfar_el2), 43, 4) << PAGE_SHIFT;
	return true;
}

/* What is at a guest-physical address. */
struct place {
	bool in_slot;
	bool read_only;
	bool mapped;
	bool in_vgic;
	bool demand_paging;
	bool guarded;
};

static struct place look_up(struct vm *vm, u64 gpa)
{
	const struct slot *slot;
	struct place place;

	lock(&vm->lock);
	slot = vm_find_slot(vm, gpa);
	place.in_slot = slot;
	place.read_only = slot && slot_is_read_only(slot);
	place.mapped = slot && stage2_lookup(&vm->stage2, gpa);
	place.in_vgic = vgic_contains(vm, gpa);
	place.demand_paging = vm->demand_paging;
	place.guarded = vm->guard_on && !place.in_vgic && !protect_allows_mmio(vm, gpa);
	unlock(&vm->lock);
	return place;
}

/*
 * A table walk stores to set an access flag. What ESR_EL2.WnR says of it is the access's
 * direction, but a walk that only reads meets no permission fault.
 */
static bool is_store(u64 esr)
{
	if (esr & ISS_S1PTW)
		return is_permission_fault(esr);
	return ESR_EC(esr) == EC_DATA_ABORT_LOWER && (esr & ISS_WNR);
}

static u64 report_exception(struct vcpu *vcpu, u32 exception, u64 esr, u64 gpa)
{
	struct gzvm_vcpu_run *run = vcpu_run_page(vcpu);

	memset(&run->exception, 0, sizeof(run->exception));
	run->exception.exception = exception;
	run->exception.error_code = (u32)esr;
	run->exception.fault_gpa = gpa;
	return GZVM_EXIT_EXCEPTION;
}

static u64 low_bytes(u64 value, u32 size)
{
	return size == 8 ? value : value & (BIT(size * 8) - 1);
}

static u64 loaded_value(const struct mmio_access *access, u64 value)
{
	value = low_bytes(value, access->size);
	if (access->sign_extend && access->size < 8) {
		u32 unused = 64 - access->size * 8;

		value = (u64)((s64)(value << unused) >> unused);
		if (!access->wide)
			value = (u32)value;
	}
	return value;
}

static struct mmio_access decode(u64 esr)
{
	return (struct mmio_access){
		.pending = true,
		.write = esr & ISS_WNR,
		.size = 1U << ISS_SAS(esr),
		.reg = ISS_SRT(esr),
		.sign_extend = esr & ISS_SSE,
		.wide = esr & ISS_SF,
	};
}

static u64 report_mmio(struct vcpu *vcpu, u64 gpa, const struct mmio_access *access)
{
	struct gzvm_vcpu_run *run = vcpu_run_page(vcpu);
	u64 data = access->write ? low_bytes(gpr_read(vcpu, access->reg), access->size) : 0;

	run->mmio.phys_addr = gpa;
	/* data[] is 8-byte aligned, so this is one store. */
	WRITE_ONCE(*(u64 *)run->mmio.data, data);
	run->mmio.size = access->size;
	run->mmio.reg_nr = access->reg;
	run->mmio.is_write = access->write;
	memset(run->mmio.padding, 0, sizeof(run->mmio.padding));
	vcpu->mmio = *access;
	return GZVM_EXIT_MMIO;
}

static u64 access_vgic(struct vcpu *vcpu, u64 gpa, const struct mmio_access *access)
{
	u64 value = low_bytes(gpr_read(vcpu, access->reg), access->size);
	bool wake = vgic_mmio(vcpu, gpa, access->size, access->write, &value);

	if (!access->write)
		gpr_write(vcpu, access->reg, loaded_value(access, value));
	exit_skip_instruction();
	return wake ? GZVM_EXIT_IPI : EXIT_RESUME;
}

static u64 handle_device(struct vcpu *vcpu, u64 esr, u64 gpa, bool in_vgic)
{
	struct mmio_access access;

	if (esr & ISS_CM) {
		/* Cache maintenance where no memory is: there is nothing to clean. */
		exit_skip_instruction();
		return EXIT_RESUME;
	}
	if (!(esr & ISS_ISV)) {
		/* Not decoded by the CPU (pairs, write-back): never guessed. */
		world_inject_abort(false, read_sysreg(far_el2));
		return EXIT_RESUME;
	}
	access = decode(esr);
	return in_vgic ? access_vgic(vcpu, gpa, &access) : report_mmio(vcpu, gpa, &access);
}

u64 exit_abort(struct vcpu *vcpu, u64 esr)
{
	bool instruction = ESR_EC(esr) == EC_INSTRUCTION_ABORT_LOWER;
	struct place place;
	u64 gpa;

	if (!is_translation_fault(esr) && !is_permission_fault(esr)) {
		world_inject_abort(instruction, read_sysreg(far_el2));
		return EXIT_RESUME;
	}
	if (!find_page(esr, &gpa))
		return EXIT_RESUME;
	/* FAR is the virtual address of the access, not of a stage-1 table. */
	if (!(esr & ISS_S1PTW))
		gpa |= read_sysreg(far_el2) & (PAGE_BYTES - 1);
	place = look_up(vcpu->vm, gpa);
	/* A store that memory does not take is MMIO, whether the page is there yet or not. */
	if (!place.read_only || !is_store(esr)) {
		/*
		 * Another vCPU got the page meanwhile, its block was just being split, or it
		 * was read-only and is not any more.
		 */
		if (place.mapped || is_permission_fault(esr))
			return EXIT_RESUME;
		if (place.in_slot && place.demand_paging)
			return report_exception(vcpu, GZVM_EXCEPTION_PAGE_FAULT, esr, gpa);
		/* Either the host should have filled the slot, or there is nothing to fetch. */
		if (place.in_slot || instruction)
			return report_exception(vcpu, GZVM_EXCEPTION_UNKNOWN, esr, gpa);
	}
	if ((esr & ISS_S1PTW) || place.guarded) {
		world_inject_abort(instruction, read_sysreg(far_el2));
		return EXIT_RESUME;
	}
	return handle_device(vcpu, esr, gpa, place.in_vgic);
}

void exit_complete_mmio(struct vcpu *vcpu)
{
	struct mmio_access *access = &vcpu->mmio;

	if (!access->pending)
		return;
	if (!access->write) {
		u64 data;

		/* data[] is 8-byte aligned, so this is one load. */
		data = READ_ONCE(*(u64 *)vcpu_run_page(vcpu)->mmio.data);
		gpr_write(vcpu, access->reg, loaded_value(access, data));
	}
	vcpu->pc += 4;
	vcpu->pstate &= ~SPSR_SS;
	access->pending = false;
}
