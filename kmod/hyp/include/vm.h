/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines and vCPUs.
 *
 * A VM lives from CREATE_VM to DESTROY_VM in a table slot; its id is the slot's
 * number plus one, which is also its VMID. Every hypercall takes a reference
 * for its own duration (vm_get, vm_put), and DESTROY_VM answers BUSY while
 * somebody else holds one.
 */
#ifndef GZHYP_VM_H
#define GZHYP_VM_H

#include <linux/gzvm.h>

#include "gzvm_hvc.h"
#include "hyp.h"
#include "stage2.h"
#include "vgic.h"
#include "world.h"

#define MAX_VMS		32
/* What the structures below are allocated as. */
#define VM_PAGES	4
#define VCPU_PAGES	2
/* One run area holds the structure; page 1 holds struct gzvm_vcpu_hwstate. */
#define MPIDR_RES1	BIT(31)

struct slot {
	bool declared;
	u64 gpa;
	u64 bytes;
	u32 flags;		/* GZVM_USER_MEM_REGION_* */
};

/* The guest reads and runs what is there; its stores are MMIO. */
static inline bool slot_is_read_only(const struct slot *slot)
{
	return slot->flags & GZVM_USER_MEM_REGION_READ_ONLY;
}

/* The last MEMREGION_PURPOSE; it is for the slot that is declared with the same range. */
struct purpose {
	u64 gpa;
	u64 bytes;
	u32 flags;
};

#define MAX_GUARDED_PAGES	64

enum vcpu_power {
	VCPU_OFF,
	VCPU_ON_PENDING,	/* CPU_ON was called; RUN resets and starts it */
	VCPU_ON,
};

/* vcpu.presence: where the guest is, for whoever wants to interrupt it. */
#define PRESENCE_IN_GUEST	1U
#define PRESENCE_KICKED		2U

/**
 * struct mmio_access - an access that user space finishes
 * @pending: there is one
 * @write: a store; else a load into @reg
 * @size: bytes
 * @reg: 0..30, 31 is the zero register
 * @sign_extend: the load extends its sign
 * @wide: to 64 bits, not 32
 *
 * Kept here because user space can write all of the run area: only the data
 * of a load is taken from there. Aligned so that one register copies it.
 */
struct mmio_access {
	bool pending;
	bool write;
	u8 size;
	u8 reg;
	bool sign_extend;
	bool wide;
} __attribute__((aligned(8)));

/* What the guest gets when the driver has served its hypercall. */
enum forwarded_call {
	CALL_NONE,
	CALL_ANSWERED,		/* x0..x3 from the run area */
	CALL_DONE,		/* x0 = 0 */
};

/**
 * struct vcpu - a virtual CPU; @gprs comes first for vectors.S
 * @gprs: the guest's x0..x30
 * @pc, @pstate: where it goes on
 * @vm: its VM
 * @id: vCPU id, Aff0 of its MPIDR
 * @running: a CPU is inside RUN with it (atomic)
 * @presence: PRESENCE_*, atomic
 * @cpu: physical CPU while PRESENCE_IN_GUEST
 * @has_run: RUN has entered it once
 * @power: under the VM's lock
 * @on_entry, @on_context: of a pending CPU_ON
 * @run: PA of the run area, owned by the host
 * @mmio: the access that waits for user space
 * @call: the hypercall that waits for the driver's answer
 * @guest, @host: EL1 registers of the world that does not run
 * @host_elr, @host_spsr: where the host's HVC returns to
 * @timer_ctl, @timer_cval: CNTV while the guest does not run
 * @physical_timer_ctl, @physical_timer_cval: the guest's CNTP
 * @debug_control: MDSCR_EL1 as the guest wrote it
 * @vgic: its private interrupts and list registers
 * @fp: FP registers while they are not loaded
 */
struct vcpu {
	struct gprs gprs;
	u64 pc;
	u64 pstate;
	struct vm *vm;
	u32 id;
	u32 running;
	u32 presence;
	u32 cpu;
	bool has_run;
	enum vcpu_power power;
	u64 on_entry;
	u64 on_context;
	u64 run;
	struct mmio_access mmio;
	enum forwarded_call call;
	struct world_registers guest;
	struct world_registers host;
	u64 host_elr;
	u64 host_spsr;
	u64 timer_ctl;
	u64 timer_cval;
	u64 physical_timer_ctl;
	u64 physical_timer_cval;
	u64 debug_control;
	struct vgic_vcpu vgic;
	struct fp_state fp;
};

/**
 * struct vm - a virtual machine
 * @lock: everything below
 * @id: 1..MAX_VMS, also the VMID
 * @users: references, under the table's lock
 * @dying: DESTROY_VM has begun; under the table's lock
 * @in_slice: a CPU is giving its pages back right now; under the table's lock
 * @stage2: its translation
 * @cntvoff: CNTVOFF_EL2, physical ticks at creation
 * @demand_paging, @idle_exits: capabilities that the driver enabled
 * @block_mailbox: PA of the page numbers for MAP_GUEST_BLOCK, 0 for none
 * @purpose: of the slot that is declared next
 * @guard: pages that a protected guest has allowed MMIO to; without @guard_on, all
 * @slots: memory regions
 * @slots_end: one more than the number of the last declared one
 * @dtb_gpa, @dtb_bytes: SET_DTB_CONFIG
 * @vcpus: by id
 * @last_vcpu: by physical CPU, the vCPU that ran there last
 * @vgic: distributor
 */
struct vm {
	spinlock lock;
	u32 id;
	u32 users;
	bool dying;
	bool in_slice;
	struct stage2 stage2;
	u64 cntvoff;
	bool demand_paging;
	bool idle_exits;
	u64 block_mailbox;
	struct purpose purpose;
	bool guard_on;
	u32 guard_count;
	u64 guard[MAX_GUARDED_PAGES];
	struct slot slots[GZVM_MAX_MEM_REGION];
	u32 slots_end;
	u64 dtb_gpa;
	u64 dtb_bytes;
	struct vcpu *vcpus[GZVM_MAX_VCPUS];
	struct vcpu *last_vcpu[MAX_CPUS];
	struct vgic vgic;
};

static inline u64 vcpu_mpidr(const struct vcpu *vcpu)
{
	return MPIDR_RES1 | vcpu->id;
}

/* vm.c: life. */
s32 vm_create(u64 type, u64 *id);
/* Gives back @budget pages of tables, or all for 0, and is BUSY until all are. */
s32 vm_destroy(u64 id, u64 budget);
/* NULL when there is no such VM. Release with vm_put(). */
struct vm *vm_get(u64 id);
void vm_put(struct vm *vm);
/* The slot that holds @gpa, or NULL. Caller holds the lock. */
struct slot *vm_find_slot(struct vm *vm, u64 gpa);

/* memory.c: slots and pages. All take the VM's lock. */
s32 memory_set_region(struct vm *vm, u64 buffer, u64 bytes);
/* Takes @budget pages of a slot back, or all for 0; BUSY until the slot is gone. */
s32 memory_remove_slot(struct vm *vm, u64 slot_id, u64 budget);
/* Takes one page of a slot back; fine when it is not mapped. */
s32 memory_unmap(struct vm *vm, u64 slot_id, u64 gfn);
/*
 * The guest gives up the page at @gpa: it is unmapped. False when no slot has it, or it is
 * part of a block and there is no memory to split that.
 */
bool memory_relinquish(struct vm *vm, u64 gpa);
s32 memory_purpose(struct vm *vm, u64 gpa, u64 bytes, u64 flags);
s32 memory_map(struct vm *vm, u64 slot, u64 pfn, u64 gfn, u64 pages);
s32 memory_map_block(struct vm *vm, u64 slot, u64 gfn, u64 pages);
s32 memory_set_mailbox(struct vm *vm, u64 bytes, u64 pa);
/* The VM goes: its mailbox is the host's alone again. */
void memory_forget_mailbox(struct vm *vm);
s32 memory_set_dtb(struct vm *vm, u64 gpa, u64 bytes);

/* protect.c: VMs whose memory the host cannot reach. */
s32 protect_vm(struct vm *vm, u64 command);
/* The guest's calls; each is an SMCCC result. */
s64 protect_share(struct vm *vm, u64 gpa);
s64 protect_unshare(struct vm *vm, u64 gpa);
s64 protect_guard_enroll(struct vm *vm);
s64 protect_guard_map(struct vm *vm, u64 gpa);
s64 protect_guard_unmap(struct vm *vm, u64 gpa);
/* Whether the guest, which guards its MMIO, has allowed @gpa's page. Caller holds the lock. */
bool protect_allows_mmio(const struct vm *vm, u64 gpa);

/* vcpu.c: life and registers. */
s32 vcpu_create(struct vm *vm, u64 id, u64 run);
s32 vcpu_destroy(struct vm *vm, u64 id);
/* The exclusive right to run or change a vCPU; BUSY when another CPU has it. */
s32 vcpu_claim(struct vm *vm, u64 id, struct vcpu **claimed);
void vcpu_release(struct vcpu *vcpu);
s32 vcpu_set_register(struct vm *vm, u64 id, u64 reg, u64 value);
s32 vcpu_get_register(struct vm *vm, u64 id, u64 reg, u64 *value);

/* run.c */
s32 vcpu_run(struct vm *vm, u64 id, u64 *reason);
/* Makes the vCPU look at its interrupts soon; true when its thread must be woken by the host. */
bool vcpu_kick(struct vcpu *vcpu);
/* An EL2 interrupt on this CPU was a kick: take it away. */
void vcpu_take_kick(struct vcpu *vcpu);

/* The run area as the host sees it. */
static inline struct gzvm_vcpu_run *vcpu_run_page(const struct vcpu *vcpu)
{
	return (struct gzvm_vcpu_run *)vcpu->run;
}

static inline struct gzvm_vcpu_hwstate *vcpu_hwstate(const struct vcpu *vcpu)
{
	return (struct gzvm_vcpu_hwstate *)(vcpu->run + PAGE_BYTES);
}

#endif
