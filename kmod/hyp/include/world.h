/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_WORLD_H
#define GZHYP_WORLD_H

#include "hyp.h"

/*
 * EL1 and EL0 registers that both worlds use, as X(first, second): in pairs, which
 * one instruction loads or stores. The field is the register's name. SPSR_EL1 and
 * ELR_EL1 are here, SPSR_EL2 and ELR_EL2 belong to the vCPU.
 */
#define WORLD_REGISTERS(X) \
	X(sctlr_el1, cpacr_el1) X(ttbr0_el1, ttbr1_el1) X(tcr_el1, mair_el1) \
	X(amair_el1, vbar_el1) X(contextidr_el1, esr_el1) X(far_el1, afsr0_el1) \
	X(afsr1_el1, par_el1) X(tpidr_el0, tpidrro_el0) X(tpidr_el1, cntkctl_el1) \
	X(csselr_el1, sp_el0) X(sp_el1, elr_el1)

struct world_registers {
#define X(first, second) u64 first, second;
	WORLD_REGISTERS(X)
#undef X
	u64 spsr_el1;
};

/* EL2 controls of the calling CPU for the host; at boot and after CPU_ON. */
void world_init_cpu(void);

/*
 * Switch the calling CPU between host and guest: EL1 registers, traps, stage 2
 * and timer offset. FP registers follow on first use, see world_give_fp().
 */
void world_enter_guest(struct vcpu *vcpu);
void world_leave_guest(struct vcpu *vcpu);

/* The guest used an FP register: save the host's, load the guest's. */
void world_give_fp(struct vcpu *vcpu);

/* Out-of-reset values for a vCPU's registers. */
void world_reset(struct world_registers *registers);

/*
 * Makes the EL1 whose registers are loaded take a synchronous exception with
 * syndrome @esr and fault address @far when it is entered next.
 */
void world_inject_sync(u64 esr, u64 far);
/* An undefined-instruction exception. */
void world_inject_undefined(void);
/* A synchronous external abort, data or instruction, at virtual address @far. */
void world_inject_abort(bool instruction, u64 far);
/* A data abort that says "alignment fault". */
void world_inject_alignment_fault(u64 far);

#endif
