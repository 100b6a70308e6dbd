// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's life, and its registers while it does not run. */
#include "vm.h"
#include "sysreg.h"
#include "timer.h"

_Static_assert(sizeof(struct vcpu) <= VCPU_PAGES * PAGE_BYTES, "VCPU_PAGES is too small");
_Static_assert(offsetof(struct vcpu, gprs) == 0, "vectors.S saves x0..x30 at the start");

s32 vcpu_create(struct vm *vm, u64 id, u64 run)
{
	struct vcpu *vcpu;

	if (id >= GZVM_MAX_VCPUS || !IS_ALIGNED(run, PAGE_BYTES) ||
	    !hostmem_contains(run, GZVM_RUN_AREA_BYTES))
		return GZVM_STATUS_INVALID_ARGS;
	vcpu = pages_alloc(VCPU_PAGES);
	if (!vcpu)
		return GZVM_STATUS_NO_MEMORY;
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->run = run;
	vcpu->power = id == 0 ? VCPU_ON : VCPU_OFF;
	vcpu->pstate = SPSR_EL1H_MASKED;
	world_reset(&vcpu->guest);
	vgic_init_vcpu(vcpu);
	lock(&vm->lock);
	if (vm->vcpus[id]) {
		unlock(&vm->lock);
		pages_free(vcpu, VCPU_PAGES);
		return GZVM_STATUS_INVALID_ARGS;
	}
	vm->vcpus[id] = vcpu;
	unlock(&vm->lock);
	vcpu_hwstate(vcpu)->vtimer_offset = vm->cntvoff;
	return GZVM_STATUS_OK;
}

static void forget_last_runs(struct vm *vm, const struct vcpu *vcpu)
{
	for (u32 i = 0; i < MAX_CPUS; i++)
		if (vm->last_vcpu[i] == vcpu)
			vm->last_vcpu[i] = NULL;
}

s32 vcpu_destroy(struct vm *vm, u64 id)
{
	struct vcpu *vcpu;

	if (id >= GZVM_MAX_VCPUS)
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	vcpu = vm->vcpus[id];
	if (!vcpu || __atomic_load_n(&vcpu->running, __ATOMIC_ACQUIRE)) {
		unlock(&vm->lock);
		return vcpu ? GZVM_STATUS_BUSY : GZVM_STATUS_INVALID_ARGS;
	}
	vm->vcpus[id] = NULL;
	forget_last_runs(vm, vcpu);
	vgic_forget_vcpu(vcpu);
	unlock(&vm->lock);
	pages_free(vcpu, VCPU_PAGES);
	return GZVM_STATUS_OK;
}

/* AArch64 at EL0 or EL1 only, with whatever flags and masks. */
static bool is_allowed_pstate(u64 pstate)
{
	u64 mode = pstate & (SPSR_MODE_MASK | SPSR_AARCH32);

	return pstate >> 32 == 0 &&
	       (mode == SPSR_MODE_EL0T || mode == SPSR_MODE_EL1T || mode == SPSR_MODE_EL1H);
}

#define CORE(name)	GZVM_REG_CORE64(GZVM_CORE_##name)

/* Where the register @reg of a vCPU that does not run lives, or NULL. */
static u64 *find_register(struct vcpu *vcpu, u64 reg)
{
	for (u32 n = 0; n < ARRAY_SIZE(vcpu->gprs.x); n++)
		if (reg == CORE(X(n)))
			return &vcpu->gprs.x[n];
	switch (reg) {
	case CORE(SP):
		return &vcpu->guest.sp_el0;
	case CORE(PC):
		return &vcpu->pc;
	case CORE(PSTATE):
		return &vcpu->pstate;
	case CORE(SP_EL1):
		return &vcpu->guest.sp_el1;
	case CORE(ELR_EL1):
		return &vcpu->guest.elr_el1;
	case CORE(SPSR_EL1):
		return &vcpu->guest.spsr_el1;
	default:
		return NULL;
	}
}

/*
 * Takes the right to run @id. A vCPU that runs, or whose registers another CPU
 * is reading, is busy.
 */
s32 vcpu_claim(struct vm *vm, u64 id, struct vcpu **claimed)
{
	s32 status = GZVM_STATUS_OK;
	struct vcpu *vcpu;

	if (id >= GZVM_MAX_VCPUS)
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	vcpu = vm->vcpus[id];
	if (!vcpu)
		status = GZVM_STATUS_INVALID_ARGS;
	else if (__atomic_exchange_n(&vcpu->running, 1, __ATOMIC_ACQUIRE))
		status = GZVM_STATUS_BUSY;
	unlock(&vm->lock);
	*claimed = vcpu;
	return status;
}

void vcpu_release(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->running, 0, __ATOMIC_RELEASE);
}

s32 vcpu_set_register(struct vm *vm, u64 id, u64 reg, u64 value)
{
	struct vcpu *vcpu;
	s32 status = vcpu_claim(vm, id, &vcpu);
	u64 *place;

	if (status)
		return status;
	place = find_register(vcpu, reg);
	if (!place || (reg == CORE(PSTATE) && !is_allowed_pstate(value)))
		status = GZVM_STATUS_INVALID_ARGS;
	else
		*place = value;
	vcpu_release(vcpu);
	return status;
}

s32 vcpu_get_register(struct vm *vm, u64 id, u64 reg, u64 *value)
{
	struct vcpu *vcpu;
	s32 status = vcpu_claim(vm, id, &vcpu);
	u64 *place;

	if (status)
		return status;
	place = find_register(vcpu, reg);
	if (place)
		*value = *place;
	else
		status = GZVM_STATUS_INVALID_ARGS;
	vcpu_release(vcpu);
	return status;
}
