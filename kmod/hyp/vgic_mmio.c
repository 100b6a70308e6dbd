// SPDX-License-Identifier: GPL-2.0-only
/*
 * Distributor and redistributor registers (IHI 0069, chapter 12.9 and 12.11),
 * one security state (GICD_CTLR.DS), affinity routing always on.
 *
 * An access is cut into 32-bit words; narrower stores are allowed to the
 * priority registers only, as the architecture says.
 */
#include "sysreg.h"
#include "vgic.h"
#include "vm.h"

#define GICD_CTLR		0x0000
#define GICD_TYPER		0x0004
#define GICD_IIDR		0x0008
#define GICD_IROUTER		0x6000
#define GICD_IROUTER_END	0x8000
#define PIDR2			0xffe8

#define GICD_CTLR_GROUPS	0x3U
#define GICD_CTLR_ARE		BIT(4)
#define GICD_CTLR_DS		BIT(6)
/* ITLinesNumber, 10 bits of INTID (IDbits 9), no LPIs, no range selector. */
#define GICD_TYPER_VALUE	((VGIC_INTIDS / 32 - 1) | 9U << 19)
/* An Arm part number of our own making, JEP106 code of Arm. */
#define IIDR_VALUE		0x4a00043bU
#define PIDR2_GICV3		0x3bU

#define GICR_TYPER_LOW		0x0008
#define GICR_TYPER_HIGH		0x000c
#define GICR_WAKER		0x0014
#define GICR_SGI_FRAME		0x10000UL
#define GICR_TYPER_LAST		BIT(4)

/* What a bit of a set, clear or plain bitmap register stands for. */
enum bank_kind {
	BANK_GROUP,
	BANK_ENABLE_SET,
	BANK_ENABLE_CLEAR,
	BANK_PENDING_SET,
	BANK_PENDING_CLEAR,
	BANK_ACTIVE_SET,
	BANK_ACTIVE_CLEAR,
	BANK_PRIORITY,
	BANK_CONFIG,
};

/* Registers that hold a few bits for each INTID; the same offsets in both frames. */
static const struct bank {
	u32 first;
	u32 end;
	u32 bits;
	enum bank_kind kind;
} banks[] = {
	{ 0x0080, 0x0100, 1, BANK_GROUP },
	{ 0x0100, 0x0180, 1, BANK_ENABLE_SET },
	{ 0x0180, 0x0200, 1, BANK_ENABLE_CLEAR },
	{ 0x0200, 0x0280, 1, BANK_PENDING_SET },
	{ 0x0280, 0x0300, 1, BANK_PENDING_CLEAR },
	{ 0x0300, 0x0380, 1, BANK_ACTIVE_SET },
	{ 0x0380, 0x0400, 1, BANK_ACTIVE_CLEAR },
	{ 0x0400, 0x0800, 8, BANK_PRIORITY },
	{ 0x0c00, 0x0d00, 2, BANK_CONFIG },
};

static const struct bank *find_bank(u32 offset)
{
	for (u32 i = 0; i < ARRAY_SIZE(banks); i++)
		if (offset >= banks[i].first && offset < banks[i].end)
			return &banks[i];
	return NULL;
}

static u32 read_irq(const struct virq *irq, enum bank_kind kind)
{
	switch (kind) {
	case BANK_GROUP:
		return irq->group1;
	case BANK_ENABLE_SET:
	case BANK_ENABLE_CLEAR:
		return irq->enabled;
	case BANK_PENDING_SET:
	case BANK_PENDING_CLEAR:
		return irq->pending || irq->line;
	case BANK_ACTIVE_SET:
	case BANK_ACTIVE_CLEAR:
		return irq->active;
	case BANK_PRIORITY:
		return irq->priority;
	case BANK_CONFIG:
		return irq->edge ? 2 : 0;
	}
	return 0;
}

/* @value is this INTID's bits; registers that set or clear act on a 1 only. */
static void write_irq(struct virq *irq, enum bank_kind kind, u32 intid, u32 value)
{
	switch (kind) {
	case BANK_GROUP:
		irq->group1 = value;
		break;
	case BANK_ENABLE_SET:
		irq->enabled |= value;
		break;
	case BANK_ENABLE_CLEAR:
		irq->enabled &= !value;
		break;
	case BANK_PENDING_SET:
		/* The timers are levels, which no write can raise. */
		irq->pending |= value && intid != VGIC_TIMER_INTID &&
				intid != VGIC_PHYSICAL_TIMER_INTID;
		break;
	case BANK_PENDING_CLEAR:
		irq->pending &= !value;
		break;
	case BANK_ACTIVE_SET:
		if (value && !irq->active)
			irq->holder = VGIC_NO_OWNER;
		irq->active |= value;
		break;
	case BANK_ACTIVE_CLEAR:
		if (value)
			irq->holder = VGIC_NO_OWNER;
		irq->active &= !value;
		break;
	case BANK_PRIORITY:
		irq->priority = value;
		break;
	case BANK_CONFIG:
		/* SGIs are edges, always. */
		irq->edge = intid < 16 || (value & 2);
		break;
	}
}

struct word {
	struct vcpu *self;	/* who accesses */
	struct vcpu *vcpu;	/* whose private interrupts the frame shows */
	bool redist;
	u32 offset;		/* of the 32-bit word */
	u32 mask;		/* bytes of it that the access covers */
	bool write;
	u32 value;
	bool wake;
};

static void access_bank(struct word *w, const struct bank *bank)
{
	u32 per_word = 32 / bank->bits;
	u32 first = (w->offset - bank->first) * 8 / bank->bits;
	u32 field = bank->bits == 32 ? ~0U : (1U << bank->bits) - 1;
	u32 result = 0;

	for (u32 i = 0; i < per_word; i++) {
		u32 intid = first + i, shift = i * bank->bits;
		struct virq *irq;

		/* Private INTIDs live in the redistributor, shared ones in the distributor. */
		if ((intid < VGIC_PRIVATE) != w->redist)
			continue;
		irq = vgic_irq(w->vcpu, intid);
		if (!irq)
			continue;
		if (!w->write) {
			result |= read_irq(irq, bank->kind) << shift;
		} else if (w->mask & field << shift) {
			u32 value = (w->value >> shift) & field;

			if (!value && bank->kind != BANK_GROUP && bank->kind != BANK_PRIORITY &&
			    bank->kind != BANK_CONFIG)
				continue;
			write_irq(irq, bank->kind, intid, value);
			w->wake |= vgic_changed(w->vcpu, intid);
		}
	}
	if (!w->write)
		w->value = result;
}

static void access_router(struct word *w)
{
	u32 intid = (w->offset - GICD_IROUTER) / 8;
	struct virq *irq = intid < VGIC_PRIVATE ? NULL : vgic_irq(w->vcpu, intid);
	bool high = w->offset & 4;

	if (!irq || high) {
		w->value = 0;
		return;
	}
	if (!w->write) {
		w->value = irq->target;
		return;
	}
	/* Any participating CPU (bit 31) may be vCPU 0; an affinity nobody has gets nothing. */
	irq->target = w->value & BIT(31) ? 0 : w->value & ~0xffU ? 0xff : w->value;
	w->wake |= vgic_changed(w->vcpu, intid);
}

static void changed_groups(struct word *w)
{
	struct vm *vm = w->vcpu->vm;

	vm->vgic.groups = w->value & GICD_CTLR_GROUPS;
	for (u32 id = 0; id < GZVM_MAX_VCPUS; id++)
		if (vm->vcpus[id])
			w->wake |= vcpu_kick(vm->vcpus[id]);
}

static void access_dist(struct word *w)
{
	const struct bank *bank = find_bank(w->offset);

	if (bank) {
		access_bank(w, bank);
	} else if (w->offset >= GICD_IROUTER && w->offset < GICD_IROUTER_END) {
		access_router(w);
	} else if (w->write) {
		if (w->offset == GICD_CTLR)
			changed_groups(w);
	} else {
		switch (w->offset) {
		case GICD_CTLR:
			w->value = w->vcpu->vm->vgic.groups | GICD_CTLR_ARE | GICD_CTLR_DS;
			break;
		case GICD_TYPER:
			w->value = GICD_TYPER_VALUE;
			break;
		case GICD_IIDR:
			w->value = IIDR_VALUE;
			break;
		case PIDR2:
			w->value = PIDR2_GICV3;
			break;
		default:
			w->value = 0;
		}
	}
}

static bool is_last_vcpu(const struct vcpu *vcpu)
{
	for (u32 id = vcpu->id + 1; id < GZVM_MAX_VCPUS; id++)
		if (vcpu->vm->vcpus[id])
			return false;
	return true;
}

/* GICR_WAKER reads as zero: never asleep. */
static void access_redist(struct word *w)
{
	const struct bank *bank;

	if (w->offset >= GICR_SGI_FRAME) {
		w->offset -= GICR_SGI_FRAME;
		bank = find_bank(w->offset);
		if (bank)
			access_bank(w, bank);
		else
			w->value = 0;
		return;
	}
	if (w->write)
		return;
	switch (w->offset) {
	case GICD_CTLR + 4:
		w->value = IIDR_VALUE;
		break;
	case GICR_TYPER_LOW:
		w->value = w->vcpu->id << 8 | (is_last_vcpu(w->vcpu) ? GICR_TYPER_LAST : 0);
		break;
	case GICR_TYPER_HIGH:
		w->value = w->vcpu->id;
		break;
	case PIDR2:
		w->value = PIDR2_GICV3;
		break;
	default:
		w->value = 0;
	}
}

static bool in_dist(const struct vgic *vgic, u64 gpa)
{
	return vgic->dist_gpa && gpa - vgic->dist_gpa < VGIC_DIST_BYTES;
}

/* The vCPU whose redistributor is at @gpa, or NULL. */
static struct vcpu *redist_owner(const struct vm *vm, u64 gpa)
{
	u64 frame = (gpa - vm->vgic.redist_gpa) / VGIC_REDIST_STRIDE;

	return vm->vgic.redist_gpa && frame < GZVM_MAX_VCPUS ? vm->vcpus[frame] : NULL;
}

bool vgic_contains(const struct vm *vm, u64 gpa)
{
	return in_dist(&vm->vgic, gpa) || redist_owner(vm, gpa);
}

static struct word decode(struct vcpu *vcpu, u64 gpa)
{
	const struct vgic *vgic = &vcpu->vm->vgic;

	if (in_dist(vgic, gpa))
		return (struct word){
			.self = vcpu,
			.vcpu = vcpu,
			.offset = gpa - vgic->dist_gpa,
		};
	return (struct word){
		.self = vcpu,
		.vcpu = redist_owner(vcpu->vm, gpa),
		.redist = true,
		.offset = (gpa - vgic->redist_gpa) % VGIC_REDIST_STRIDE,
	};
}

static void access_word(struct word *w)
{
	if (w->redist)
		access_redist(w);
	else
		access_dist(w);
}

static void access_wide(struct word *w, u64 *value)
{
	struct word high = *w;

	w->mask = high.mask = ~0U;
	w->value = *value;
	high.value = *value >> 32;
	high.offset += 4;
	access_word(w);
	access_word(&high);
	w->wake |= high.wake;
	*value = w->value | (u64)high.value << 32;
}

static void access_narrow(struct word *w, u32 size, u64 *value)
{
	u32 shift = (w->offset & 3) * 8;

	w->offset &= ~3U;
	w->mask = (size == 4 ? ~0U : (1U << size * 8) - 1) << shift;
	w->value = *value << shift;
	access_word(w);
	*value = (w->value & w->mask) >> shift;
}

static struct vcpu *owner_elsewhere(const struct word *w, const struct virq *irq)
{
	return irq && irq->owner != VGIC_NO_OWNER && irq->owner != w->self->id ?
	       w->self->vm->vcpus[irq->owner] : NULL;
}

/* The vCPU, other than the accessing one, whose list registers hold an interrupt of the VM. */
static struct vcpu *find_any_owner(const struct word *w)
{
	struct vm *vm = w->self->vm;
	struct vcpu *owner = NULL;

	for (u32 spi = 0; spi < VGIC_SPIS && !owner; spi++)
		owner = owner_elsewhere(w, &vm->vgic.irqs[spi]);
	for (u32 id = 0; id < GZVM_MAX_VCPUS && !owner; id++)
		for (u32 i = 0; vm->vcpus[id] && i < VGIC_PRIVATE && !owner; i++)
			owner = owner_elsewhere(w, &vm->vcpus[id]->vgic.irqs[i]);
	return owner;
}

/* The same for the interrupts that @bytes from the word's offset on are about. */
static struct vcpu *find_owner(const struct word *w, u32 bytes)
{
	u32 offset = w->redist ? w->offset - GICR_SGI_FRAME : w->offset;
	const struct bank *bank = find_bank(offset);
	struct vcpu *owner = NULL;
	u32 first, end;

	if (w->redist && w->offset < GICR_SGI_FRAME)
		return NULL;
	if (bank) {
		first = (offset - bank->first) * 8 / bank->bits;
		end = first + bytes * 8 / bank->bits;
	} else if (!w->redist && offset >= GICD_IROUTER && offset < GICD_IROUTER_END) {
		first = (offset - GICD_IROUTER) / 8;
		end = first + 1;
	} else {
		return !w->redist && w->write && offset == GICD_CTLR ? find_any_owner(w) : NULL;
	}
	for (u32 intid = first; intid < end && !owner; intid++)
		if ((intid < VGIC_PRIVATE) == w->redist)
			owner = owner_elsewhere(w, vgic_irq(w->vcpu, intid));
	return owner;
}

/*
 * Takes the VM's lock and decodes @gpa, when no other vCPU's list registers hold what
 * the access is about: their state is not known here, and a vCPU that has been told of
 * an interrupt would not hear that it is gone. Kicked, it gives them back at EL2, and
 * it does not fill them again while vgic.recalls counts us. It needs the lock for that:
 * who waits does so without it.
 */
static struct word lock_and_recall(struct vcpu *vcpu, u64 gpa, u32 size, bool write)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	bool counted = false;

	for (;;) {
		struct vcpu *owner;
		struct word w;
		u32 returns;

		lock(&vcpu->vm->lock);
		w = decode(vcpu, gpa);
		w.write = write;
		owner = w.vcpu ? find_owner(&w, MAX(size, 4)) : NULL;
		if (!owner) {
			if (counted)
				__atomic_fetch_sub(&vgic->recalls, 1, __ATOMIC_SEQ_CST);
			return w;
		}
		if (!counted)
			__atomic_fetch_add(&vgic->recalls, 1, __ATOMIC_SEQ_CST);
		counted = true;
		returns = vgic->returns;
		vcpu_kick(owner);
		unlock(&vcpu->vm->lock);
		while (__atomic_load_n(&vgic->returns, __ATOMIC_ACQUIRE) == returns)
			yield();
	}
}

bool vgic_mmio(struct vcpu *vcpu, u64 gpa, u32 size, bool write, u64 *value)
{
	struct word w = lock_and_recall(vcpu, gpa, size, write);

	/* Its vCPU may have been destroyed since vgic_contains(). */
	if (!w.vcpu || !IS_ALIGNED(gpa, size))
		*value = 0;
	else if (size == 8)
		access_wide(&w, value);
	else
		access_narrow(&w, size, value);
	unlock(&vcpu->vm->lock);
	return w.wake;
}
