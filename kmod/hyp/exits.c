// SPDX-License-Identifier: GPL-2.0-only
/* The guest's traps: a table by exception class, and physical interrupts. */
#include "exits.h"
#include "gicr.h"
#include "sysreg.h"
#include "timer.h"

#define INTID_MASK	0xffffffUL

void exit_skip_instruction(void)
{
	write_sysreg(elr_el2, read_sysreg(elr_el2) + 4);
	write_sysreg(spsr_el2, read_sysreg(spsr_el2) & ~SPSR_SS);
}

u64 exit_idle(struct vcpu *vcpu, u64 ticks)
{
	struct gzvm_vcpu_hwstate *state = vcpu_hwstate(vcpu);

	/* Without IDLE the driver only knows "come back at once". */
	if (!vcpu->vm->idle_exits)
		return GZVM_EXIT_IRQ;
	WRITE_ONCE(state->vtimer_delay, ticks);
	WRITE_ONCE(state->vtimer_migrate, 1);
	return GZVM_EXIT_IDLE;
}

u64 exit_wait_for_interrupt(struct vcpu *vcpu)
{
	bool pending;

	lock(&vcpu->vm->lock);
	pending = vgic_is_pending(vcpu);
	unlock(&vcpu->vm->lock);
	if (pending || timer_is_asserted())
		return EXIT_RESUME;
	return exit_idle(vcpu, timer_ticks_left(vcpu));
}

static u64 handle_wfx(struct vcpu *vcpu, u64 esr)
{
	(void)esr;
	exit_skip_instruction();
	return exit_wait_for_interrupt(vcpu);
}

static u64 handle_fp(struct vcpu *vcpu, u64 esr)
{
	(void)esr;
	world_give_fp(vcpu);
	return EXIT_RESUME;
}

static u64 handle_hvc(struct vcpu *vcpu, u64 esr)
{
	(void)esr;
	return exit_call(vcpu);
}

static u64 handle_smc(struct vcpu *vcpu, u64 esr)
{
	(void)esr;
	/* Unlike after HVC, ELR_EL2 of a trapped SMC is the SMC itself. */
	exit_skip_instruction();
	return exit_call(vcpu);
}

static u64 handle_undefined(struct vcpu *vcpu, u64 esr)
{
	(void)vcpu;
	(void)esr;
	world_inject_undefined();
	return EXIT_RESUME;
}

typedef u64 (*trap_handler)(struct vcpu *vcpu, u64 esr);

static const trap_handler trap_handlers[EC_COUNT] = {
	[EC_WFX] = handle_wfx,
	[EC_FP] = handle_fp,
	[EC_HVC64] = handle_hvc,
	[EC_SMC64] = handle_smc,
	[EC_SYSREG] = exit_sysreg,
	[EC_INSTRUCTION_ABORT_LOWER] = exit_abort,
	[EC_DATA_ABORT_LOWER] = exit_abort,
};

static u64 handle_sync(struct vcpu *vcpu)
{
	u64 esr = read_sysreg(esr_el2);
	trap_handler handler = trap_handlers[ESR_EC(esr)];

	return handler ? handler(vcpu, esr) : handle_undefined(vcpu, esr);
}

/*
 * Only gzhyp's own interrupts are dealt with, and none is acknowledged: the
 * host's stay pending and it takes them itself when RUN has returned.
 */
static u64 handle_interrupt(struct vcpu *vcpu)
{
	switch (read_icc(ICC_HPPIR1_EL1) & INTID_MASK) {
	case PHYSICAL_TIMER_INTID:
		timer_fired(vcpu);
		return EXIT_RESUME;
	case HYP_TIMER_INTID:
		timer_physical_changed(vcpu);
		return EXIT_RESUME;
	case MAINTENANCE_INTID:
		/* vgic_sync() and vgic_flush() around this refill the list registers. */
		return EXIT_RESUME;
	case KICK_INTID:
		vcpu_take_kick(vcpu);
		return EXIT_RESUME;
	default:
		return GZVM_EXIT_IRQ;
	}
}

u64 exit_handle(struct vcpu *vcpu, u32 kind)
{
	switch (kind) {
	case TRAP_SYNC:
		return handle_sync(vcpu);
	case TRAP_INTERRUPT:
		return handle_interrupt(vcpu);
	default:
		/* An SError belongs to whoever runs next: the host decides. */
		return GZVM_EXIT_IRQ;
	}
}
