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
 */
#include "timer.h"
#include "gicr.h"
#include "sysreg.h"

void timer_load(struct vcpu *vcpu)
{
	write_sysreg(cntv_cval_el0, vcpu->timer_cval);
	write_sysreg(cntv_ctl_el0, vcpu->timer_ctl);
	isb();
}

void timer_unload(struct vcpu *vcpu)
{
	vcpu->timer_ctl = read_sysreg(cntv_ctl_el0) & (CNTV_CTL_ENABLE | CNTV_CTL_IMASK);
	vcpu->timer_cval = read_sysreg(cntv_cval_el0);
	write_sysreg(cntv_ctl_el0, 0);
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

u64 timer_ticks_left(void)
{
	u64 control = read_sysreg(cntv_ctl_el0);
	s64 left = read_sysreg(cntv_cval_el0) - read_sysreg(cntvct_el0);

	if (!(control & CNTV_CTL_ENABLE) || (control & CNTV_CTL_IMASK))
		return read_sysreg(cntfrq_el0);
	return left > 0 ? (u64)left : 1;
}
