/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's trap becomes: handled here (EXIT_RESUME), or an exit reason
 * for the host with its record in the run page.
 */
#ifndef GZHYP_EXITS_H
#define GZHYP_EXITS_H

#include "vm.h"

#define EXIT_RESUME	0UL

/* Kinds of trap from vectors.S. */
#define TRAP_SYNC	0
#define TRAP_INTERRUPT	1
#define TRAP_SERROR	2

/* exits.c: one trap; the guest's registers are loaded. */
u64 exit_handle(struct vcpu *vcpu, u32 kind);
/* The exit of a vCPU that waits @ticks of the counter at most. */
u64 exit_idle(struct vcpu *vcpu, u64 ticks);
/* WFI: goes on at once when an interrupt is pending, else the vCPU is idle until its timer. */
u64 exit_wait_for_interrupt(struct vcpu *vcpu);

/* abort.c: instruction and data aborts. */
u64 exit_abort(struct vcpu *vcpu, u64 esr);
/* Finishes the access that user space served; the guest's registers are not loaded. */
void exit_complete_mmio(struct vcpu *vcpu);

/* guest_sysreg.c: a trapped MRS or MSR. */
u64 exit_sysreg(struct vcpu *vcpu, u64 esr);

/* guest_call.c: HVC and SMC of the guest; PSCI and SMCCC. */
u64 exit_call(struct vcpu *vcpu);
/* Takes the driver's answer to a forwarded call. */
void exit_complete_call(struct vcpu *vcpu);

/* ELR_EL2 moves past the trapped instruction. */
void exit_skip_instruction(void);

/* The trapped instruction's transfer register; 31 reads as zero and ignores writes. */
static inline u64 gpr_read(const struct vcpu *vcpu, u32 reg)
{
	return reg < 31 ? vcpu->gprs.x[reg] : 0;
}

static inline void gpr_write(struct vcpu *vcpu, u32 reg, u64 value)
{
	if (reg < 31)
		vcpu->gprs.x[reg] = value;
}

#endif
