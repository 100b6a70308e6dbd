// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's virtual timer is the CPU's own CNTV, with CNTVOFF_EL2 per VM. The
 * host does not use CNTV (its device tree lists no virtual timer interrupt),
 * so the timer is simply off while the host runs.
 *
 * INTID 27 is level sensitive. Once it has fired, it is made active at the
 * physical redistributor by hand, which keeps it quiet without acknowledging
 * it, and goes to the guest in a list register with HW = 1: the guest's own
 * deactivation then ends the physical one too, and if the timer is still
 * asserted it fires again.
 *
 * The guest's physical timer is the host's CNTP in hardware, so its registers trap
 * and live in struct vcpu. While the guest runs, EL2's own timer CNTHP (INTID 26)
 * waits for it. Its INTID 30 has no physical side: a level in struct virq.
 */
#include "timer.h"
#include "gicr.h"
#include "sysreg.h"

#define NO_DEADLINE	(~0UL)

u64 timer_physical_control(const struct vcpu *vcpu)
{
	bool passed = (s64)(read_sysreg(cntpct_el0) - vcpu->physical_timer_cval) >= 0;

	return vcpu->physical_timer_ctl |
	       ((vcpu->physical_timer_ctl & CNTV_CTL_ENABLE) && passed ? CNTV_CTL_ISTATUS : 0);
}

/* Enabled and not masked. */
static bool physical_is_on(const struct vcpu *vcpu)
{
	return (vcpu->physical_timer_ctl & (CNTV_CTL_ENABLE | CNTV_CTL_IMASK)) == CNTV_CTL_ENABLE;
}

void timer_physical_changed(struct vcpu *vcpu)
{
	struct virq *irq = &vcpu->vgic.irqs[VGIC_PHYSICAL_TIMER_INTID];
	bool on = physical_is_on(vcpu);
	bool asserted = on && (timer_physical_control(vcpu) & CNTV_CTL_ISTATUS);

	/* Once it asserts, it does so until the guest writes its registers. */
	write_sysreg(cnthp_cval_el2, vcpu->physical_timer_cval);
	write_sysreg(cnthp_ctl_el2, on && !asserted ? CNTV_CTL_ENABLE : 0);
	isb();
	lock(&vcpu->vm->lock);
	if (irq->line != asserted) {
		irq->line = asserted;
		vgic_changed(vcpu, VGIC_PHYSICAL_TIMER_INTID);
	}
	unlock(&vcpu->vm->lock);
}

void timer_load(struct vcpu *vcpu)
{
	if (vcpu->physical_timer_ctl || vcpu->vgic.irqs[VGIC_PHYSICAL_TIMER_INTID].line)
		timer_physical_changed(vcpu);
	write_sysreg(cntv_cval_el0, vcpu->timer_cval);
	write_sysreg(cntv_ctl_el0, vcpu->timer_ctl);
	isb();
}

void timer_unload(struct vcpu *vcpu)
{
	vcpu->timer_ctl = read_sysreg(cntv_ctl_el0) & (CNTV_CTL_ENABLE | CNTV_CTL_IMASK);
	vcpu->timer_cval = read_sysreg(cntv_cval_el0);
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
}

static void set_active(bool active)
{
	struct cpu *cpu = this_cpu();

	mmio_write32(cpu->gicr + (active ? GICR_ISACTIVER0 : GICR_ICACTIVER0),
		     BIT(PHYSICAL_TIMER_INTID));
	/* The new state must be in force before interrupts can be taken in the guest. */
	(void)mmio_read32(cpu->gicr + GICR_ISACTIVER0);
	cpu->timer_active = active;
}

void timer_fired(struct vcpu *vcpu)
{
	set_active(true);
	lock(&vcpu->vm->lock);
	vcpu->vgic.irqs[VGIC_TIMER_INTID].line = true;
	vgic_changed(vcpu, VGIC_TIMER_INTID);
	unlock(&vcpu->vm->lock);
}

void timer_follow(bool held)
{
	if (this_cpu()->timer_active != held)
		set_active(held);
}

bool timer_is_asserted(void)
{
	u64 control;

	isb();
	control = read_sysreg(cntv_ctl_el0);
	return (control & CNTV_CTL_ENABLE) && (control & CNTV_CTL_ISTATUS) &&
	       !(control & CNTV_CTL_IMASK);
}

static u64 ticks_until(u64 deadline, u64 now)
{
	s64 left = deadline - now;

	return left > 0 ? (u64)left : 1;
}

u64 timer_ticks_left(const struct vcpu *vcpu)
{
	u64 control = read_sysreg(cntv_ctl_el0);
	u64 first = NO_DEADLINE;

	if ((control & CNTV_CTL_ENABLE) && !(control & CNTV_CTL_IMASK))
		first = ticks_until(read_sysreg(cntv_cval_el0), read_sysreg(cntvct_el0));
	if (physical_is_on(vcpu))
		first = MIN(first, ticks_until(vcpu->physical_timer_cval, read_sysreg(cntpct_el0)));
	return first == NO_DEADLINE ? read_sysreg(cntfrq_el0) : first;
}
