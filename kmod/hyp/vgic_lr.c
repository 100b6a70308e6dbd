// SPDX-License-Identifier: GPL-2.0-only
/*
 * List registers. After each guest exit their contents go back into the
 * interrupts' own state, before each entry they are filled anew when something
 * changed, by priority. What does not fit waits:
 *  - when the list registers are nearly empty the underflow maintenance interrupt
 *    (ICH_HCR_EL2.UIE) brings gzhyp back, and when the guest turns the signalling of a
 *    group on or off, VGrp<n>EIE or VGrp<n>DIE does;
 *  - an end of an interrupt that the guest has acknowledged, but that more urgent ones
 *    have driven out, is counted by hardware (EOIcount, LRENPIE); ends are in the order
 *    of priorities, so the count tells which. Deactivations (ICC_DIR_EL1) are in any
 *    order: they trap then (TDIR).
 */
#include "sysreg.h"
#include "timer.h"
#include "vgic.h"
#include "vm.h"

/* ICH_LR<n>_EL2 is S3_4_C12_C12_<n> for 0..7 and S3_4_C12_C13_<n-8> above. */
#define EACH_LR(X) \
	X(0, S3_4_C12_C12_0) X(1, S3_4_C12_C12_1) X(2, S3_4_C12_C12_2) X(3, S3_4_C12_C12_3) \
	X(4, S3_4_C12_C12_4) X(5, S3_4_C12_C12_5) X(6, S3_4_C12_C12_6) X(7, S3_4_C12_C12_7) \
	X(8, S3_4_C12_C13_0) X(9, S3_4_C12_C13_1) X(10, S3_4_C12_C13_2) X(11, S3_4_C12_C13_3) \
	X(12, S3_4_C12_C13_4) X(13, S3_4_C12_C13_5) X(14, S3_4_C12_C13_6) X(15, S3_4_C12_C13_7)

static u64 lr_read(u32 n)
{
	switch (n) {
#define X(i, name) case i: return read_sysreg(name);
	EACH_LR(X)
#undef X
	}
	return 0;
}

static void lr_write(u32 n, u64 value)
{
	switch (n) {
#define X(i, name) case i: write_sysreg(name, value); break;
	EACH_LR(X)
#undef X
	}
}

static u32 lr_limit(void)
{
	return ICH_VTR_LISTREGS(read_icc(ICH_VTR_EL2)) + 1;
}

void vgic_load(struct vcpu *vcpu)
{
	write_icc(ICH_VMCR_EL2, vcpu->vgic.vmcr);
	write_icc(ICH_AP0R0_EL2, vcpu->vgic.ap0r);
	write_icc(ICH_AP1R0_EL2, vcpu->vgic.ap1r);
	write_icc(ICH_HCR_EL2, ICH_HCR_EN);
	timer_follow(vcpu->vgic.irqs[VGIC_TIMER_INTID].line ||
		     vcpu->vgic.irqs[VGIC_TIMER_INTID].active);
	/* They may be another vCPU's. */
	if (this_cpu()->list_registers_loaded)
		__atomic_store_n(&vcpu->vgic.dirty, 1, __ATOMIC_SEQ_CST);
}

void vgic_unload(struct vcpu *vcpu)
{
	vcpu->vgic.vmcr = read_icc(ICH_VMCR_EL2);
	vcpu->vgic.ap0r = read_icc(ICH_AP0R0_EL2);
	vcpu->vgic.ap1r = read_icc(ICH_AP1R0_EL2);
	write_icc(ICH_HCR_EL2, 0);
	isb();
}

/* The guest had INTID 27: what hardware did with the physical side decides. */
static void fold_timer(struct virq *irq, u64 lr)
{
	irq->line = (lr & ICH_LR_STATE_PENDING) && timer_is_asserted();
	/* Ended by the guest, hence deactivated physically: it fires again when still asserted. */
	if (!(lr & (ICH_LR_STATE_ACTIVE | ICH_LR_STATE_PENDING)))
		this_cpu()->timer_active = false;
}

_Static_assert(VGIC_SPIS <= GZVM_END_NOTICE_SPIS, "hwstate has a bit for every SPI");

/* The host clears the bits while the vCPU does not run, so nobody else writes now. */
void vgic_publish_end(struct vcpu *vcpu, u32 intid, const struct virq *irq)
{
	u32 spi = intid - VGIC_PRIVATE;
	u32 *word = &vcpu_hwstate(vcpu)->ended[spi / 32];

	if (!irq->notice)
		return;
	WRITE_ONCE(*word, READ_ONCE(*word) | 1U << spi % 32);
	vcpu->vgic.news |= VGIC_NEWS_ENDED;
}

static void tell_changed(struct vcpu *vcpu, u32 intid)
{
	if (vgic_changed(vcpu, intid))
		vcpu->vgic.news |= VGIC_NEWS_WAKE;
}

static void fold_active(struct vcpu *vcpu, struct virq *irq, bool active)
{
	if (!active)
		irq->holder = VGIC_NO_OWNER;
	else if (!irq->active)
		irq->holder = vcpu->id;
	irq->active = active;
}

static void fold(struct vcpu *vcpu, u64 lr)
{
	u32 intid = ICH_LR_VINTID(lr);
	struct virq *irq = vgic_irq(vcpu, intid);

	irq->owner = VGIC_NO_OWNER;
	fold_active(vcpu, irq, lr & ICH_LR_STATE_ACTIVE);
	if (intid == VGIC_TIMER_INTID) {
		fold_timer(irq, lr);
	} else {
		/* The physical timer's interrupt is pending as long as its level says so. */
		if (intid != VGIC_PHYSICAL_TIMER_INTID)
			irq->pending |= !!(lr & ICH_LR_STATE_PENDING);
		if (!(lr & (ICH_LR_STATE_ACTIVE | ICH_LR_STATE_PENDING)))
			vgic_publish_end(vcpu, intid, irq);
	}
	tell_changed(vcpu, intid);
}

/* The more urgent one of the interrupts that @vcpu has acknowledged and no list register holds. */
static void displaced(struct vcpu *vcpu, u32 intid, u32 *most_urgent)
{
	const struct virq *irq = vgic_irq(vcpu, intid);

	if (irq->active && irq->holder == vcpu->id && irq->owner == VGIC_NO_OWNER &&
	    (*most_urgent == VGIC_INTIDS ||
	     irq->priority < vgic_irq(vcpu, *most_urgent)->priority))
		*most_urgent = intid;
}

static u32 most_urgent_displaced(struct vcpu *vcpu)
{
	const struct vgic *vgic = &vcpu->vm->vgic;
	u32 intid = VGIC_INTIDS;

	for (u32 bits = vcpu->vgic.maybe; bits; bits &= bits - 1)
		displaced(vcpu, __builtin_ctz(bits), &intid);
	for (u32 word = 0; word < ARRAY_SIZE(vgic->maybe); word++)
		for (u32 bits = vgic->maybe[word]; bits; bits &= bits - 1)
			displaced(vcpu, VGIC_PRIVATE + word * 32 + __builtin_ctz(bits), &intid);
	return intid;
}

/*
 * With EOImode 1 an end only drops the priority: what QEMU 7.2 counts then means
 * nothing, deactivations have trapped.
 */
static void end_displaced(struct vcpu *vcpu)
{
	u64 ends = ICH_HCR_EOICOUNT(read_icc(ICH_HCR_EL2));

	if (read_icc(ICH_VMCR_EL2) & ICH_VMCR_VEOIM)
		return;
	for (; ends; ends--) {
		u32 intid = most_urgent_displaced(vcpu);
		struct virq *irq = vgic_irq(vcpu, intid);

		if (!irq)
			return;
		fold_active(vcpu, irq, false);
		vgic_publish_end(vcpu, intid, irq);
		tell_changed(vcpu, intid);
	}
}

void vgic_sync(struct vcpu *vcpu)
{
	if (!vcpu->vgic.lr_count)
		return;
	lock(&vcpu->vm->lock);
	if (vcpu->vgic.displaced)
		end_displaced(vcpu);
	for (u32 i = 0; i < vcpu->vgic.lr_count; i++)
		fold(vcpu, lr_read(i));
	__atomic_fetch_add(&vcpu->vm->vgic.returns, 1, __ATOMIC_RELEASE);
	unlock(&vcpu->vm->lock);
	/* Also when all that they held is another vCPU's now: hardware still has it. */
	__atomic_store_n(&vcpu->vgic.dirty, 1, __ATOMIC_SEQ_CST);
	vcpu->vgic.lr_count = 0;
}

/* The interrupts of one entry, most urgent first. */
struct selection {
	u32 count;
	u32 limit;
	bool overflow;
	u64 vmcr;
	u32 acknowledged;	/* how many interrupts the guest has acknowledged and not ended */
	struct {
		u32 intid;
		u32 rank;
	} entries[VGIC_MAX_LRS];
};

static void select(struct selection *s, u32 intid, u32 rank)
{
	u32 i;

	if (s->count == s->limit) {
		s->overflow = true;
		if (s->entries[s->count - 1].rank <= rank)
			return;
		s->count--;
	}
	for (i = s->count; i && s->entries[i - 1].rank > rank; i--)
		s->entries[i] = s->entries[i - 1];
	s->entries[i].intid = intid;
	s->entries[i].rank = rank;
	s->count++;
}

/*
 * By priority, and of equals the acknowledged one. At the end comes what the guest
 * cannot take now, because its CPU interface does not signal the group, and active
 * interrupts that may keep nobody away: those that register writes have made active,
 * and with EOImode 1 all, which may have been ended already.
 */
#define RANK_NOT_SIGNALLED	0x200
#define RANK_FOR_DEACTIVATION	0x400

static bool is_signalled(const struct selection *s, const struct virq *irq)
{
	return s->vmcr & (irq->group1 ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0);
}

static u32 rank(const struct selection *s, const struct virq *irq)
{
	if (irq->active)
		return irq->priority * 2 +
		       (irq->holder == VGIC_NO_OWNER || (s->vmcr & ICH_VMCR_VEOIM) ?
			RANK_FOR_DEACTIVATION : 0);
	return irq->priority * 2 + 1 + (is_signalled(s, irq) ? 0 : RANK_NOT_SIGNALLED);
}

/* Whether @vcpu is to be told of it. An active interrupt may be pending for another vCPU. */
static bool is_pending_for(const struct vcpu *vcpu, u32 intid, const struct virq *irq)
{
	bool group_on = vcpu->vm->vgic.groups & (irq->group1 ? 2 : 1);

	return (irq->pending || irq->line) && irq->enabled && group_on &&
	       (intid < VGIC_PRIVATE || irq->target == vcpu->id);
}

static void consider(struct selection *s, struct vcpu *vcpu, u32 intid)
{
	struct virq *irq = vgic_irq(vcpu, intid);

	if (irq->owner != VGIC_NO_OWNER)
		return;
	if (intid == VGIC_TIMER_INTID && irq->line && !timer_is_asserted()) {
		/* The guest took the timer back before it could look. */
		irq->line = false;
		vgic_changed(vcpu, intid);
	}
	s->acknowledged += irq->active && irq->holder == vcpu->id;
	if (irq->active || is_pending_for(vcpu, intid, irq))
		select(s, intid, rank(s, irq));
}

static u64 lr_value(const struct selection *s, const struct vcpu *vcpu, u32 intid,
		    const struct virq *irq)
{
	/* What cannot be taken when it has ended must not keep the list register. */
	bool pending = is_pending_for(vcpu, intid, irq) && (!irq->active || is_signalled(s, irq));
	u64 lr = intid | (u64)irq->priority << ICH_LR_PRIORITY_SHIFT;

	if (irq->group1)
		lr |= ICH_LR_GROUP1;
	if (irq->active)
		lr |= ICH_LR_STATE_ACTIVE;
	if (intid == VGIC_TIMER_INTID) {
		lr |= ICH_LR_HW | (u64)VGIC_TIMER_INTID << ICH_LR_PINTID_SHIFT;
		/* Pending and active together is not allowed with HW = 1. */
		if (pending && !irq->active)
			lr |= ICH_LR_STATE_PENDING;
	} else {
		if (pending)
			lr |= ICH_LR_STATE_PENDING;
		/*
		 * Its end raises a maintenance interrupt, so that the host hears of it at
		 * once, a level that still stands becomes pending again, and whoever is to
		 * get what became pending meanwhile is told.
		 */
		if (irq->notice || irq->line || (irq->pending && !pending))
			lr |= ICH_LR_EOI;
	}
	return lr;
}

/* Return: whether the interrupt waits to be acknowledged. */
static bool fill(const struct selection *s, struct vcpu *vcpu, u32 n)
{
	u32 intid = s->entries[n].intid;
	struct virq *irq = vgic_irq(vcpu, intid);
	u64 lr = lr_value(s, vcpu, intid, irq);

	irq->owner = vcpu->id;
	if (lr & ICH_LR_STATE_PENDING)
		irq->pending = false;
	lr_write(n, lr);
	return (lr & (ICH_LR_STATE_PENDING | ICH_LR_STATE_ACTIVE)) == ICH_LR_STATE_PENDING;
}

static void collect(struct selection *s, struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;

	for (u32 bits = vcpu->vgic.maybe; bits; bits &= bits - 1)
		consider(s, vcpu, __builtin_ctz(bits));
	for (u32 word = 0; word < ARRAY_SIZE(vgic->maybe); word++)
		for (u32 bits = vgic->maybe[word]; bits; bits &= bits - 1) {
			u32 spi = word * 32 + __builtin_ctz(bits);

			if (vgic_place(&vgic->irqs[spi]) == vcpu->id)
				consider(s, vcpu, VGIC_PRIVATE + spi);
		}
}

/*
 * Which maintenance interrupts bring gzhyp back for what found no place. With EOImode 1,
 * which the guest sets without a trap, ended interrupts stay in their list registers,
 * which are never nearly empty then: NPIE tells that the last pending one was
 * acknowledged.
 */
static u64 control(const struct selection *s, u32 pending_placed, u32 acknowledged_left)
{
	/*
	 * By VENG0 and VENG1. Of a single group that goes off nobody has to hear; QEMU's
	 * VGrp0DIE would tell of group 1 all the time.
	 */
	static const u64 changes[] = {
		ICH_HCR_VGRP0EIE | ICH_HCR_VGRP1EIE,
		ICH_HCR_VGRP1EIE,
		ICH_HCR_VGRP0EIE,
		ICH_HCR_VGRP0DIE | ICH_HCR_VGRP1DIE,
	};
	u64 hcr = ICH_HCR_EN;

	if (s->overflow)
		hcr |= ICH_HCR_UIE | (pending_placed ? ICH_HCR_NPIE : 0) |
		       changes[s->vmcr & (ICH_VMCR_VENG0 | ICH_VMCR_VENG1)];
	if (acknowledged_left)
		hcr |= ICH_HCR_LRENPIE | ICH_HCR_TDIR;
	return hcr;
}

static void fill_all(struct vcpu *vcpu)
{
	struct cpu *cpu = this_cpu();
	struct virq *timer = &vcpu->vgic.irqs[VGIC_TIMER_INTID];
	u32 pending_placed = 0;
	struct selection s;

	s.count = 0;
	s.limit = lr_limit();
	s.overflow = false;
	s.vmcr = read_icc(ICH_VMCR_EL2);
	s.acknowledged = 0;
	lock(&vcpu->vm->lock);
	collect(&s, vcpu);
	vcpu->vgic.displaced = s.acknowledged;
	for (u32 i = 0; i < s.count; i++) {
		const struct virq *irq = vgic_irq(vcpu, s.entries[i].intid);

		vcpu->vgic.displaced -= irq->active && irq->holder == vcpu->id;
		pending_placed += fill(&s, vcpu, i);
	}
	unlock(&vcpu->vm->lock);
	for (u32 i = s.count; i < cpu->list_registers_loaded; i++)
		lr_write(i, 0);
	cpu->list_registers_loaded = s.count;
	vcpu->vgic.lr_count = s.count;
	timer_follow(timer->line || timer->active);
	write_icc(ICH_HCR_EL2, control(&s, pending_placed, vcpu->vgic.displaced));
	isb();
}

/*
 * What vgic_sync() takes out of the list registers it marks dirty, so nothing is
 * forgotten by leaving early.
 */
void vgic_flush(struct vcpu *vcpu)
{
	const u32 *recalls = &vcpu->vm->vgic.recalls;

	/* Pairs with the store in vcpu_kick(). */
	if (!__atomic_load_n(&vcpu->vgic.dirty, __ATOMIC_SEQ_CST))
		return;
	/* Who waits here has empty list registers, so waiting for each other is impossible. */
	while (__atomic_load_n(recalls, __ATOMIC_SEQ_CST))
		yield();
	__atomic_store_n(&vcpu->vgic.dirty, 0, __ATOMIC_SEQ_CST);
	fill_all(vcpu);
}
