// SPDX-License-Identifier: GPL-2.0-only
/* The state of the guest's interrupts, and everything that makes one pending. */
#include "vgic.h"
#include "hostmap.h"
#include "sysreg.h"
#include "vm.h"

#define SGI_COUNT	16

/* Fields of ICC_SGI1R_EL1 (IHI 0069, 12.2.19). */
#define SGIR_TARGETS(v)		FIELD(v, 15, 0)
#define SGIR_INTID(v)		FIELD(v, 27, 24)
#define SGIR_ALL_BUT_SELF(v)	FIELD(v, 40, 40)
/* Aff1, Aff2, Aff3 and RS: this guest's vCPUs have zero in all of them. */
#define SGIR_OTHER_AFFINITY	0x00fff0ff00ff0000UL

void vgic_init_vm(struct vm *vm)
{
	for (u32 i = 0; i < VGIC_SPIS; i++) {
		vm->vgic.irqs[i].owner = VGIC_NO_OWNER;
		vm->vgic.irqs[i].holder = VGIC_NO_OWNER;
	}
}

void vgic_init_vcpu(struct vcpu *vcpu)
{
	for (u32 i = 0; i < VGIC_PRIVATE; i++) {
		vcpu->vgic.irqs[i].owner = VGIC_NO_OWNER;
		vcpu->vgic.irqs[i].holder = VGIC_NO_OWNER;
		vcpu->vgic.irqs[i].edge = i < SGI_COUNT;
	}
}

void vgic_reset_interface(struct vcpu *vcpu)
{
	vcpu->vgic.vmcr = 0;
	vcpu->vgic.ap0r = 0;
	vcpu->vgic.ap1r = 0;
}

void vgic_forget_vcpu(struct vcpu *vcpu)
{
	for (u32 i = 0; i < VGIC_SPIS; i++)
		if (vcpu->vm->vgic.irqs[i].owner == vcpu->id)
			vcpu->vm->vgic.irqs[i].owner = VGIC_NO_OWNER;
}

static s32 create_device(struct vm *vm, const struct gzvm_create_device *device)
{
	u32 type = READ_ONCE(device->dev_type);
	u64 gpa = READ_ONCE(device->dev_addr);
	u64 bytes = READ_ONCE(device->dev_reg_size);
	s32 status = GZVM_STATUS_OK;

	if (!gpa || !IS_ALIGNED(gpa, PAGE_BYTES) || gpa >> STAGE2_IPA_BITS)
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	if (type == GZVM_DEV_TYPE_ARM_VGIC_V3_DIST && !vm->vgic.dist_gpa &&
	    bytes >= VGIC_DIST_BYTES)
		vm->vgic.dist_gpa = gpa;
	else if (type == GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST && !vm->vgic.redist_gpa &&
		 bytes >= VGIC_REDIST_STRIDE)
		vm->vgic.redist_gpa = gpa;
	else
		status = GZVM_STATUS_INVALID_ARGS;
	unlock(&vm->lock);
	return status;
}

s32 vgic_create_device(struct vm *vm, u64 pa)
{
	s32 status;

	if (!hostmap_share_range(pa, PAGE_BYTES))
		return GZVM_STATUS_INVALID_ARGS;
	status = create_device(vm, (const struct gzvm_create_device *)pa);
	hostmap_unshare_range(pa, PAGE_BYTES);
	return status;
}

struct virq *vgic_irq(struct vcpu *vcpu, u32 intid)
{
	if (intid < VGIC_PRIVATE)
		return &vcpu->vgic.irqs[intid];
	if (intid < VGIC_INTIDS)
		return &vcpu->vm->vgic.irqs[intid - VGIC_PRIVATE];
	return NULL;
}

static void set_maybe(u32 *bitmap, u32 bit, bool value)
{
	if (value)
		bitmap[bit / 32] |= 1U << bit % 32;
	else
		bitmap[bit / 32] &= ~(1U << bit % 32);
}

u32 vgic_place(const struct virq *irq)
{
	return irq->active && irq->holder != VGIC_NO_OWNER ? irq->holder : irq->target;
}

/* Whose list registers must change: the owner's, else those of the vCPU it is for. */
static struct vcpu *affected(struct vm *vm, struct vcpu *vcpu, u32 intid, const struct virq *irq)
{
	if (intid < VGIC_PRIVATE)
		return vcpu;
	if (irq->owner != VGIC_NO_OWNER)
		return vm->vcpus[irq->owner];
	return vgic_place(irq) < GZVM_MAX_VCPUS ? vm->vcpus[vgic_place(irq)] : NULL;
}

static bool changed(struct vm *vm, struct vcpu *vcpu, u32 intid)
{
	struct virq *irq = intid < VGIC_PRIVATE ? &vcpu->vgic.irqs[intid] :
						  &vm->vgic.irqs[intid - VGIC_PRIVATE];
	u32 *bitmap = intid < VGIC_PRIVATE ? &vcpu->vgic.maybe : vm->vgic.maybe;
	struct vcpu *who = affected(vm, vcpu, intid, irq);

	set_maybe(bitmap, intid < VGIC_PRIVATE ? intid : intid - VGIC_PRIVATE,
		  irq->pending || irq->line || irq->active);
	return who && vcpu_kick(who);
}

bool vgic_changed(struct vcpu *vcpu, u32 intid)
{
	return changed(vcpu->vm, vcpu, intid);
}

s32 vgic_irq_line(struct vm *vm, u64 spi, u64 level)
{
	if (spi >= VGIC_SPIS || level > 1)
		return GZVM_STATUS_INVALID_ARGS;
	if (!level)
		return GZVM_STATUS_OK;
	lock(&vm->lock);
	vm->vgic.irqs[spi].pending = true;
	changed(vm, NULL, VGIC_PRIVATE + spi);
	unlock(&vm->lock);
	return GZVM_STATUS_OK;
}

s32 vgic_set_end_notice(struct vm *vm, u64 spi, u64 on)
{
	if (spi >= VGIC_SPIS || on > 1)
		return GZVM_STATUS_INVALID_ARGS;
	lock(&vm->lock);
	vm->vgic.irqs[spi].notice = on;
	unlock(&vm->lock);
	return GZVM_STATUS_OK;
}

bool vgic_deactivate(struct vcpu *vcpu, u32 intid)
{
	struct virq *irq = vgic_irq(vcpu, intid);
	bool wake = false;

	lock(&vcpu->vm->lock);
	if (irq && irq->active) {
		irq->active = false;
		irq->holder = VGIC_NO_OWNER;
		vgic_publish_end(vcpu, intid, irq);
		wake = vgic_changed(vcpu, intid);
	}
	unlock(&vcpu->vm->lock);
	return wake;
}

static bool is_deliverable(const struct vcpu *vcpu, const struct virq *irq)
{
	return irq->enabled && (irq->pending || irq->line) && !irq->active &&
	       (vcpu->vm->vgic.groups & (irq->group1 ? 2 : 1));
}

bool vgic_is_pending(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;

	for (u32 bits = vcpu->vgic.maybe; bits; bits &= bits - 1)
		if (is_deliverable(vcpu, &vcpu->vgic.irqs[__builtin_ctz(bits)]))
			return true;
	for (u32 word = 0; word < ARRAY_SIZE(vgic->maybe); word++)
		for (u32 bits = vgic->maybe[word]; bits; bits &= bits - 1) {
			struct virq *irq = &vgic->irqs[word * 32 + __builtin_ctz(bits)];

			if (irq->target == vcpu->id && is_deliverable(vcpu, irq))
				return true;
		}
	return false;
}

static bool send_to(struct vcpu *target, u32 intid)
{
	target->vgic.irqs[intid].pending = true;
	return vgic_changed(target, intid);
}

bool vgic_send_sgi(struct vcpu *sender, u64 value)
{
	struct vm *vm = sender->vm;
	bool wake = false;
	u32 targets;

	if (SGIR_ALL_BUT_SELF(value))
		targets = ~(1U << sender->id);
	else
		targets = (value & SGIR_OTHER_AFFINITY) ? 0 : SGIR_TARGETS(value);
	lock(&vm->lock);
	for (u32 id = 0; id < GZVM_MAX_VCPUS; id++)
		if (vm->vcpus[id] && (targets & 1U << id))
			wake |= send_to(vm->vcpus[id], SGIR_INTID(value));
	unlock(&vm->lock);
	return wake;
}
