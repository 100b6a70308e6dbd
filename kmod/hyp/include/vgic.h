/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's GICv3 (Arm IHI 0069): distributor and redistributors are emulated
 * here, the CPU interface is the hardware's, fed through list registers.
 *
 * All state is under the VM's lock but for vgic_vcpu.dirty and the list
 * register copies, which belong to the CPU that runs the vCPU.
 */
#ifndef GZHYP_VGIC_H
#define GZHYP_VGIC_H

#include "types.h"

struct vm;
struct vcpu;

#define VGIC_PRIVATE		32
#define VGIC_SPIS		256	/* as QEMU "virt" */
#define VGIC_INTIDS		(VGIC_PRIVATE + VGIC_SPIS)
#define VGIC_MAX_LRS		16
#define VGIC_NO_OWNER		0xff
#define VGIC_TIMER_INTID	27
#define VGIC_PHYSICAL_TIMER_INTID 30
#define VGIC_REDIST_STRIDE	0x20000UL
#define VGIC_DIST_BYTES		0x10000UL

/**
 * struct virq - one interrupt
 * @priority: 0 is the highest
 * @enabled, @group1, @edge: as the guest set them
 * @pending: latched: edge seen, or made pending by a register write
 * @line: level input, used by the timers only
 * @notice: the host wants to know of its end
 * @active: acknowledged and not ended
 * @target: vCPU of an SPI (IROUTER.Aff0)
 * @owner: the vCPU whose list registers hold it, or VGIC_NO_OWNER
 * @holder: the vCPU that has acknowledged it and not ended it, whatever became of the
 *          target since; VGIC_NO_OWNER when a register write made it active
 */
struct virq {
	u8 priority;
	bool enabled;
	bool group1;
	bool edge;
	bool pending;
	bool line;
	bool notice;
	bool active;
	u8 target;
	u8 owner;
	u8 holder;
};

/* Interrupts with a notice have been ended: the run area says which. */
#define VGIC_NEWS_ENDED		1U
/* What vgic_sync() took back is for a vCPU that may sleep in the host. */
#define VGIC_NEWS_WAKE		2U

/**
 * struct vgic_vcpu - a vCPU's interrupts
 * @irqs: INTIDs 0..31
 * @maybe: bitmap of INTIDs that are pending or active, for this vCPU's privates
 * @dirty: something changed since the list registers were filled (atomic)
 * @news: what the host has yet to hear: VGIC_NEWS_*
 * @lr_count: list registers in use
 * @displaced: acknowledged interrupts for which there was no list register
 * @vmcr, @ap0r, @ap1r: CPU interface state while the guest does not run
 */
struct vgic_vcpu {
	struct virq irqs[VGIC_PRIVATE];
	u32 maybe;
	u32 dirty;
	u32 news;
	u32 lr_count;
	u32 displaced;
	u64 vmcr;
	u64 ap0r;
	u64 ap1r;
};

/**
 * struct vgic - a VM's distributor
 * @dist_gpa: its first register, 0 when it was not created
 * @redist_gpa: frame of vCPU 0, 0 when it was not created
 * @groups: GICD_CTLR.EnableGrp0 and EnableGrp1
 * @recalls: register accesses that wait for list registers of others (atomic): nobody
 *           fills any meanwhile
 * @returns: how often a vCPU has given list registers back (atomic, wraps)
 * @irqs: INTIDs from 32
 * @maybe: bitmap of SPIs that are pending or active
 */
struct vgic {
	u64 dist_gpa;
	u64 redist_gpa;
	u32 groups;
	u32 recalls;
	u32 returns;
	struct virq irqs[VGIC_SPIS];
	u32 maybe[VGIC_SPIS / 32];
};

/* vgic.c: state. */
void vgic_init_vm(struct vm *vm);
void vgic_init_vcpu(struct vcpu *vcpu);
/* CPU_ON: the CPU interface is as after reset. */
void vgic_reset_interface(struct vcpu *vcpu);
/* The vCPU goes away: none of the SPIs is in its list registers any more. Caller holds the lock. */
void vgic_forget_vcpu(struct vcpu *vcpu);
s32 vgic_create_device(struct vm *vm, u64 pa);
/* SPI number @spi (INTID - 32) becomes pending. Level 0 is accepted and has no effect. */
s32 vgic_irq_line(struct vm *vm, u64 spi, u64 level);
/* Turns notices of ends of SPI number @spi on or off. */
s32 vgic_set_end_notice(struct vm *vm, u64 spi, u64 on);
/* Whether the vCPU has an enabled pending interrupt. Caller holds the lock. */
bool vgic_is_pending(struct vcpu *vcpu);
/* ICC_SGI1R_EL1 was written. True when a target's thread must be woken by the host. */
bool vgic_send_sgi(struct vcpu *sender, u64 value);
/* ICC_DIR_EL1 was written. True as above. */
bool vgic_deactivate(struct vcpu *vcpu, u32 intid);
/* The vCPU that @irq, which no list register holds, is for; VGIC_NO_OWNER or more for nobody. */
u32 vgic_place(const struct virq *irq);
/* The interrupt @intid as @vcpu sees it; NULL when it does not exist. */
struct virq *vgic_irq(struct vcpu *vcpu, u32 intid);
/*
 * Recomputes what depends on @intid's state and tells its vCPU. Caller holds the lock.
 * Return: whether that vCPU may sleep in the host, which then has to hear of it.
 */
bool vgic_changed(struct vcpu *vcpu, u32 intid);

/* vgic_lr.c: list registers, on the CPU that runs the vCPU. */
void vgic_load(struct vcpu *vcpu);
void vgic_unload(struct vcpu *vcpu);
/* Before each guest entry: fill the list registers. */
void vgic_flush(struct vcpu *vcpu);
/* After each guest exit: take their state back. */
void vgic_sync(struct vcpu *vcpu);
/* @irq has been ended, and the host wants to know. Caller holds the lock. */
void vgic_publish_end(struct vcpu *vcpu, u32 intid, const struct virq *irq);

/* vgic_mmio.c: whether @gpa is in one of the GIC's frames. Caller holds the lock. */
bool vgic_contains(const struct vm *vm, u64 gpa);
/*
 * The guest accessed @gpa, which vgic_contains(). A load's result goes to *value.
 * True when a vCPU's thread must be woken by the host.
 */
bool vgic_mmio(struct vcpu *vcpu, u64 gpa, u32 size, bool write, u64 *value);

#endif
