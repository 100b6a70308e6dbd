// SPDX-License-Identifier: GPL-2.0-only
/*
 * List registers. After each guest exit their contents go back into the
 * interrupts' own state, before each entry they are filled anew when something
 * changed: first what the guest has acknowledged, then what is pending, by
 * priority. When more is pending than fits, the underflow maintenance interrupt
 * (ICH_HCR_EL2.UIE) brings gzhyp back for the rest.
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
	irq->active = lr & ICH_LR_STATE_ACTIVE;
	irq->line = (lr & ICH_LR_STATE_PENDING) && timer_is_asserted();
	/* Ended by the guest, hence deactivated physically: it fires again when still asserted. */
	if (!(lr & (ICH_LR_STATE_ACTIVE | ICH_LR_STATE_PENDING)))
		this_cpu()->timer_active = false;
}

_Static_assert(VGIC_SPIS <= GZVM_END_NOTICE_SPIS, "hwstate has a bit for every SPI");

/* The host clears the bits while the vCPU does not run, so nobody else writes now. */
static void publish_end(struct vcpu *vcpu, u32 spi)
{
	u32 *word = &vcpu_hwstate(vcpu)->ended[spi / 32];

	WRITE_ONCE(*word, READ_ONCE(*word) | 1U << spi % 32);
	vcpu->vgic.ended = true;
}

bool vgic_take_ended(struct vcpu *vcpu)
{
	bool ended = vcpu->vgic.ended;

	vcpu->vgic.ended = false;
	return ended;
}

static void fold(struct vcpu *vcpu, u64 lr)
{
	u32 intid = ICH_LR_VINTID(lr);
	struct virq *irq = vgic_irq(vcpu, intid);

	irq->owner = VGIC_NO_OWNER;
	if (intid == VGIC_TIMER_INTID) {
		fold_timer(irq, lr);
	} else {
		irq->active = lr & ICH_LR_STATE_ACTIVE;
		irq->pending |= !!(lr & ICH_LR_STATE_PENDING);
		if (irq->notice && !(lr & (ICH_LR_STATE_ACTIVE | ICH_LR_STATE_PENDING)))
			publish_end(vcpu, intid - VGIC_PRIVATE);
	}
	vgic_changed(vcpu, intid);
}

void vgic_sync(struct vcpu *vcpu)
{
	if (!vcpu->vgic.lr_count)
		return;
	lock(&vcpu->vm->lock);
	for (u32 i = 0; i < vcpu->vgic.lr_count; i++)
		fold(vcpu, lr_read(i));
	unlock(&vcpu->vm->lock);
	vcpu->vgic.lr_count = 0;
}

/* The interrupts of one entry, most urgent first. */
struct selection {
	u32 count;
	u32 limit;
	bool overflow;
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

static void consider(struct selection *s, struct vcpu *vcpu, u32 intid)
{
	struct virq *irq = vgic_irq(vcpu, intid);
	bool group_on = vcpu->vm->vgic.groups & (irq->group1 ? 2 : 1);

	if (irq->owner != VGIC_NO_OWNER)
		return;
	if (intid == VGIC_TIMER_INTID && irq->line && !timer_is_asserted()) {
		/* The guest took the timer back before it could look. */
		irq->line = false;
		vgic_changed(vcpu, intid);
	}
	if (irq->active)
		select(s, intid, irq->priority);
	else if ((irq->pending || irq->line) && irq->enabled && group_on)
		select(s, intid, 0x100 + irq->priority);
}

static u64 lr_value(u32 intid, const struct virq *irq)
{
	u64 lr = intid | (u64)irq->priority << ICH_LR_PRIORITY_SHIFT;

	if (irq->group1)
		lr |= ICH_LR_GROUP1;
	if (irq->active)
		lr |= ICH_LR_STATE_ACTIVE;
	if (intid == VGIC_TIMER_INTID) {
		lr |= ICH_LR_HW | (u64)VGIC_TIMER_INTID << ICH_LR_PINTID_SHIFT;
		/* Pending and active together is not allowed with HW = 1. */
		if (irq->line && !irq->active)
			lr |= ICH_LR_STATE_PENDING;
	} else {
		if (irq->pending && irq->enabled)
			lr |= ICH_LR_STATE_PENDING;
		/* Its end raises a maintenance interrupt, so that the host hears of it at once. */
		if (irq->notice)
			lr |= ICH_LR_EOI;
	}
	return lr;
}

static void fill(struct vcpu *vcpu, u32 n, u32 intid)
{
	struct virq *irq = vgic_irq(vcpu, intid);
	u64 lr = lr_value(intid, irq);

	irq->owner = vcpu->id;
	if (lr & ICH_LR_STATE_PENDING)
		irq->pending = false;
	lr_write(n, lr);
}

static void collect(struct selection *s, struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;

	for (u32 bits = vcpu->vgic.maybe; bits; bits &= bits - 1)
		consider(s, vcpu, __builtin_ctz(bits));
	for (u32 word = 0; word < ARRAY_SIZE(vgic->maybe); word++)
		for (u32 bits = vgic->maybe[word]; bits; bits &= bits - 1) {
			u32 spi = word * 32 + __builtin_ctz(bits);

			if (vgic->irqs[spi].target == vcpu->id)
				consider(s, vcpu, VGIC_PRIVATE + spi);
		}
}

static void fill_all(struct vcpu *vcpu)
{
	struct cpu *cpu = this_cpu();
	struct virq *timer = &vcpu->vgic.irqs[VGIC_TIMER_INTID];
	struct selection s;

	s.count = 0;
	s.limit = lr_limit();
	s.overflow = false;
	lock(&vcpu->vm->lock);
	collect(&s, vcpu);
	for (u32 i = 0; i < s.count; i++)
		fill(vcpu, i, s.entries[i].intid);
	unlock(&vcpu->vm->lock);
	for (u32 i = s.count; i < cpu->list_registers_loaded; i++)
		lr_write(i, 0);
	cpu->list_registers_loaded = s.count;
	vcpu->vgic.lr_count = s.count;
	timer_follow(timer->line || timer->active);
	write_icc(ICH_HCR_EL2, ICH_HCR_EN | (s.overflow ? ICH_HCR_UIE : 0));
	isb();
}

/*
 * What vgic_sync() takes out of the list registers it marks dirty, so nothing is
 * forgotten by leaving early.
 */
void vgic_flush(struct vcpu *vcpu)
{
	/* Pairs with the store in vcpu_kick(). */
	if (!__atomic_load_n(&vcpu->vgic.dirty, __ATOMIC_SEQ_CST))
		return;
	__atomic_store_n(&vcpu->vgic.dirty, 0, __ATOMIC_SEQ_CST);
	fill_all(vcpu);
}
