// SPDX-License-Identifier: GPL-2.0-only
/* RUN: the guest on this CPU until something needs the host. */
#include "exits.h"
#include "gicr.h"
#include "sysreg.h"
#include "timer.h"
#include "vm.h"

u32 guest_enter(struct vcpu *vcpu);

#define OWN_INTERRUPTS \
	((u32)(BIT(KICK_INTID) | BIT(MAINTENANCE_INTID) | BIT(HYP_TIMER_INTID) | \
	       BIT(PHYSICAL_TIMER_INTID)))
#define SGI_IN_FLIGHT_SECONDS	2

/*
 * The host owns the redistributor and rewrites it when a CPU comes up, so the
 * enables of gzhyp's own interrupts are looked at in every RUN. They stay on:
 * none of them can be asserted while the host runs.
 */
static void enable_own_interrupts(struct cpu *cpu)
{
	u64 gicr = cpu->gicr;

	if ((mmio_read32(gicr + GICR_ISENABLER0) & OWN_INTERRUPTS) == OWN_INTERRUPTS &&
	    cpu->own_interrupts_ready)
		return;
	mmio_write32(gicr + GICR_IGROUPR0, mmio_read32(gicr + GICR_IGROUPR0) | OWN_INTERRUPTS);
	mmio_write32(gicr + GICR_ICACTIVER0, OWN_INTERRUPTS);
	mmio_write32(gicr + GICR_ICPENDR0, BIT(KICK_INTID));
	mmio_write32(gicr + GICR_ISENABLER0, OWN_INTERRUPTS);
	cpu->timer_active = false;
	cpu->own_interrupts_ready = true;
}

/*
 * Two vCPUs of a VM may use the same ASID for different things, and the guest
 * maintains its instruction cache for the CPU it believes it is on.
 */
static void forget_other_vcpu(struct vcpu *vcpu, struct cpu *cpu)
{
	if (vcpu->vm->last_vcpu[cpu->index] == vcpu)
		return;
	vcpu->vm->last_vcpu[cpu->index] = vcpu;
	asm volatile("tlbi vmalle1" : : : "memory");
	asm volatile("ic iallu" : : : "memory");
	dsb(nsh);
	isb();
}

static u64 sgi_to(u64 mpidr)
{
	return FIELD(mpidr, 39, 32) << 48 | FIELD(mpidr, 23, 16) << 32 | (u64)KICK_INTID << 24 |
	       FIELD(mpidr, 15, 8) << 16 | BIT(mpidr & 0xf);
}

bool vcpu_kick(struct vcpu *vcpu)
{
	u32 expected = PRESENCE_IN_GUEST;

	/* Pairs with the load in vgic_flush(): it sees dirty, or we see presence. */
	__atomic_store_n(&vcpu->vgic.dirty, 1, __ATOMIC_SEQ_CST);
	if (vcpu == this_cpu()->guest)
		return false;
	if (__atomic_compare_exchange_n(&vcpu->presence, &expected,
					PRESENCE_IN_GUEST | PRESENCE_KICKED, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		dsb(ishst);
		write_icc(ICC_SGI1R_EL1, sgi_to(cpus[vcpu->cpu].mpidr));
		isb();
		return false;
	}
	return !(expected & PRESENCE_IN_GUEST);
}

/*
 * The sender marks the vCPU before it sends, so a marked vCPU's SGI is pending
 * here now or very soon. It must not reach the host, which has no handler. Nothing
 * keeps the sender from its next instruction, but an emulator may let its CPU stand
 * still for long; only a host that clears the SGI itself makes this wait in vain.
 */
static void swallow_kick(struct cpu *cpu)
{
	u64 end = read_sysreg(cntpct_el0) + SGI_IN_FLIGHT_SECONDS * read_sysreg(cntfrq_el0);

	while (!(mmio_read32(cpu->gicr + GICR_ISPENDR0) & BIT(KICK_INTID)) &&
	       read_sysreg(cntpct_el0) < end)
		yield();
	mmio_write32(cpu->gicr + GICR_ICPENDR0, BIT(KICK_INTID));
	(void)mmio_read32(cpu->gicr + GICR_ISPENDR0);
}

void vcpu_take_kick(struct vcpu *vcpu)
{
	swallow_kick(this_cpu());
	__atomic_fetch_and(&vcpu->presence, ~PRESENCE_KICKED, __ATOMIC_SEQ_CST);
}

static void enter(struct vcpu *vcpu, struct cpu *cpu)
{
	vcpu->cpu = cpu->index;
	__atomic_store_n(&vcpu->presence, PRESENCE_IN_GUEST, __ATOMIC_SEQ_CST);
	enable_own_interrupts(cpu);
	world_enter_guest(vcpu);
	forget_other_vcpu(vcpu, cpu);
	timer_load(vcpu);
	vgic_load(vcpu);
	cpu->guest = vcpu;
}

/* Return: whether a kick came that nobody has followed. */
static bool leave(struct vcpu *vcpu, struct cpu *cpu)
{
	bool kicked;

	cpu->guest = NULL;
	vgic_unload(vcpu);
	timer_unload(vcpu);
	world_leave_guest(vcpu);
	kicked = __atomic_exchange_n(&vcpu->presence, 0, __ATOMIC_SEQ_CST) & PRESENCE_KICKED;
	if (kicked)
		swallow_kick(cpu);
	return kicked;
}

/* A vCPU that is off is idle until CPU_ON; one that was just turned on starts from reset. */
static bool power_up(struct vcpu *vcpu)
{
	bool on;

	lock(&vcpu->vm->lock);
	if (vcpu->power == VCPU_ON_PENDING) {
		memset(&vcpu->gprs, 0, sizeof(vcpu->gprs));
		world_reset(&vcpu->guest);
		vcpu->pc = vcpu->on_entry;
		vcpu->gprs.x[0] = vcpu->on_context;
		vcpu->pstate = SPSR_EL1H_MASKED;
		vcpu->timer_ctl = 0;
		vcpu->physical_timer_ctl = 0;
		vgic_reset_interface(vcpu);
		vcpu->mmio.pending = false;
		vcpu->call = CALL_NONE;
		vcpu->power = VCPU_ON;
	}
	on = vcpu->power == VCPU_ON;
	unlock(&vcpu->vm->lock);
	return on;
}

/* @reason, or another one with which the host hears what it has to, and enters again. */
static u64 with_news(struct vcpu *vcpu, u64 reason)
{
	u32 news = vcpu->vgic.news;

	if (!news)
		return reason;
	/* The host looks for ends at every exit. */
	vcpu->vgic.news &= ~VGIC_NEWS_ENDED;
	if (reason != EXIT_RESUME && reason != GZVM_EXIT_IDLE)
		return reason;
	vcpu->vgic.news = 0;
	if (news & VGIC_NEWS_WAKE)
		return GZVM_EXIT_IPI;
	return reason == EXIT_RESUME ? GZVM_EXIT_GZ : reason;
}

static u64 run_guest(struct vcpu *vcpu)
{
	struct cpu *cpu = this_cpu();
	u64 reason;

	enter(vcpu, cpu);
	do {
		u32 kind;

		vgic_flush(vcpu);
		kind = guest_enter(vcpu);
		vgic_sync(vcpu);
		reason = with_news(vcpu, exit_handle(vcpu, kind));
	} while (reason == EXIT_RESUME);
	/*
	 * Who kicks believes that this alone wakes the vCPU, but it was found idle before the
	 * kick's interrupt became pending. The host must not let it sleep on that.
	 */
	if (leave(vcpu, cpu) && reason == GZVM_EXIT_IDLE)
		reason = GZVM_EXIT_GZ;
	return reason;
}

s32 vcpu_run(struct vm *vm, u64 id, u64 *reason)
{
	struct vcpu *vcpu;
	s32 status = vcpu_claim(vm, id, &vcpu);

	if (status)
		return status;
	if (power_up(vcpu)) {
		vcpu->has_run = true;
		exit_complete_mmio(vcpu);
		exit_complete_call(vcpu);
		*reason = run_guest(vcpu);
	} else {
		*reason = exit_idle(vcpu, read_sysreg(cntfrq_el0));
	}
	WRITE_ONCE(vcpu_run_page(vcpu)->exit_reason, (u32)*reason);
	vcpu_release(vcpu);
	return GZVM_STATUS_OK;
}
