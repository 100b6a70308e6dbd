// SPDX-License-Identifier: GPL-2.0-only
/* The world switch, and exceptions injected into EL1. */
#include "world.h"
#include "hostmap.h"
#include "stage2.h"
#include "sysreg.h"
#include "vm.h"

#define HCR_HOST	(HCR_VM | HCR_RW | HCR_TSC | HCR_APK | HCR_API)
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | \
			 HCR_BSU_IS | HCR_TWI | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_RW)
#define MDCR_GUEST_TRAPS (MDCR_TPMCR | MDCR_TPM | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA)

/* Offsets into the vector table of EL1 (Arm ARM D1.3.1.5). */
#define VECTOR_EL1T		0x000
#define VECTOR_EL1H		0x200
#define VECTOR_EL0_64		0x400
#define VECTOR_EL0_32		0x600

static u64 counters_of_host(void)
{
	bool has_pmu = FIELD(read_sysreg(id_aa64dfr0_el1), 11, 8);

	return has_pmu ? FIELD(read_sysreg(pmcr_el0), 15, 11) : 0;
}

void world_init_cpu(void)
{
	write_sysreg(hcr_el2, HCR_HOST);
	write_sysreg(cptr_el2, CPTR_HOST);
	write_sysreg(hstr_el2, 0);
	this_cpu()->host_mdcr = counters_of_host();
	write_sysreg(mdcr_el2, this_cpu()->host_mdcr);
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_icc(ICC_SRE_EL2, ICC_SRE_ALL);
	isb();
	write_icc(ICH_HCR_EL2, 0);
	write_sysreg(sctlr_el1, SCTLR_EL1_RESET);
	isb();
}

static void save(struct world_registers *to)
{
	u64 a, b;

#define X(first, second)							\
	asm volatile("mrs %0, " #first "\n\tmrs %1, " #second : "=r"(a), "=r"(b));	\
	to->first = a;								\
	to->second = b;
	WORLD_REGISTERS(X)
#undef X
	to->spsr_el1 = read_sysreg(spsr_el1);
}

static void restore(const struct world_registers *from)
{
#define X(first, second)							\
	asm volatile("msr " #first ", %0\n\tmsr " #second ", %1"			\
		     : : "r"(from->first), "r"(from->second));
	WORLD_REGISTERS(X)
#undef X
	write_sysreg(spsr_el1, from->spsr_el1);
}

void world_reset(struct world_registers *registers)
{
	memset(registers, 0, sizeof(*registers));
	registers->sctlr_el1 = SCTLR_EL1_RESET;
}

void world_enter_guest(struct vcpu *vcpu)
{
	save(&vcpu->host);
	vcpu->host_elr = read_sysreg(elr_el2);
	vcpu->host_spsr = read_sysreg(spsr_el2);
	write_sysreg(hcr_el2, HCR_GUEST);
	write_sysreg(vttbr_el2, stage2_vttbr(&vcpu->vm->stage2));
	isb();
	restore(&vcpu->guest);
	write_sysreg(vmpidr_el2, vcpu_mpidr(vcpu));
	write_sysreg(cntvoff_el2, vcpu->vm->cntvoff);
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN);
	write_sysreg(mdcr_el2, this_cpu()->host_mdcr | MDCR_GUEST_TRAPS);
	write_sysreg(cptr_el2, CPTR_GUEST | CPTR_TFP);
	write_sysreg(elr_el2, vcpu->pc);
	write_sysreg(spsr_el2, vcpu->pstate);
	isb();
}

void world_leave_guest(struct vcpu *vcpu)
{
	struct cpu *cpu = this_cpu();

	vcpu->pc = read_sysreg(elr_el2);
	vcpu->pstate = read_sysreg(spsr_el2);
	save(&vcpu->guest);
	write_sysreg(cptr_el2, CPTR_HOST);
	isb();
	if (cpu->guest_owns_fp) {
		fp_save(&vcpu->fp);
		fp_restore(&cpu->host_fp);
		cpu->guest_owns_fp = false;
	}
	write_sysreg(mdcr_el2, cpu->host_mdcr);
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_sysreg(hcr_el2, HCR_HOST);
	write_sysreg(vttbr_el2, hostmap_vttbr());
	isb();
	restore(&vcpu->host);
	write_sysreg(elr_el2, vcpu->host_elr);
	write_sysreg(spsr_el2, vcpu->host_spsr);
	isb();
}

void world_give_fp(struct vcpu *vcpu)
{
	struct cpu *cpu = this_cpu();

	write_sysreg(cptr_el2, CPTR_GUEST);
	isb();
	fp_save(&cpu->host_fp);
	fp_restore(&vcpu->fp);
	cpu->guest_owns_fp = true;
}

static u64 vector_offset(u64 spsr)
{
	if (spsr & SPSR_AARCH32)
		return VECTOR_EL0_32;
	switch (spsr & SPSR_MODE_MASK) {
	case SPSR_MODE_EL1H:
		return VECTOR_EL1H;
	case SPSR_MODE_EL1T:
		return VECTOR_EL1T;
	default:
		return VECTOR_EL0_64;
	}
}

void world_inject_sync(u64 esr, u64 far)
{
	u64 spsr = read_sysreg(spsr_el2);

	write_sysreg(spsr_el1, spsr);
	write_sysreg(elr_el1, read_sysreg(elr_el2));
	write_sysreg(esr_el1, esr);
	write_sysreg(far_el1, far);
	write_sysreg(elr_el2, read_sysreg(vbar_el1) + vector_offset(spsr));
	write_sysreg(spsr_el2, SPSR_EL1H_MASKED);
}

void world_inject_undefined(void)
{
	world_inject_sync((u64)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL, 0);
}

static void inject_abort(bool instruction, u64 fsc, u64 far)
{
	bool from_el1 = (read_sysreg(spsr_el2) & SPSR_MODE_MASK) != SPSR_MODE_EL0T;
	u64 ec = instruction ? EC_INSTRUCTION_ABORT_LOWER : EC_DATA_ABORT_LOWER;

	/* The "same EL" class is the lower class plus one for both kinds. */
	world_inject_sync((ec + from_el1) << ESR_EC_SHIFT | ESR_IL | fsc, far);
}

void world_inject_abort(bool instruction, u64 far)
{
	inject_abort(instruction, FSC_EXTERNAL, far);
}

void world_inject_alignment_fault(u64 far)
{
	inject_abort(false, FSC_ALIGNMENT, far);
}
