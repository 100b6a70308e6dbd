/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the driver know of each other.
 *
 * Lifetime: a VM fd and every vCPU fd hold one reference of struct gzvm_vm. The
 * last one destroys, in this order, the VM's debugfs folder, irqfds, ioeventfds,
 * vCPUs, the VM in the hypervisor and the pins of its memory. A vCPU lives as
 * long as its VM, its id is not given out again. So whoever can reach a VM can
 * reach its vCPUs.
 *
 * Lock order: vcpu->run_lock, vm->lock, memory.lock, mmap_lock.
 *             ioeventfds.lock and irqfds.assign_lock are taken alone;
 *             resamplers.lock, an eventfd's own lock, irqfds.lock.
 */
#ifndef _GZVM_DRIVER_H
#define _GZVM_DRIVER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/gzvm.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include <gzvm_hvc.h>

struct dentry;
struct device;
struct eventfd_ctx;
struct gzvm_doorbell_key;
struct gzvm_ioeventfd_entry;
struct gzvm_store;

/* SPI indices that a GICv3 has: INTID 32..1019. */
#define GZVM_MAX_SPI			987
/*
 * Doorbells per VM. It bounds what one VM can take from the kernel; a hash
 * bucket for each of them costs 128 KiB a VM and keeps every look-up short.
 */
#define GZVM_MAX_IOEVENTFDS		16384
#define GZVM_IOEVENTFD_STORE_BITS	14
#define GZVM_IOEVENTFD_STORE_BUCKETS	BIT(GZVM_IOEVENTFD_STORE_BITS)
/* Only the assign of a doorbell for any data walks one of these, some entries long. */
#define GZVM_IOEVENTFD_WIDTH_BITS	12
#define GZVM_IOEVENTFD_WIDTH_BUCKETS	BIT(GZVM_IOEVENTFD_WIDTH_BITS)
/* One for each reason up to the last known one, and one for all others. */
#define GZVM_EXIT_COUNTERS		(GZVM_EXIT_IPI - GZVM_EXIT_UNKNOWN + 2)

/**
 * struct gzvm_driver - the driver's only instance
 * @device: the platform device, for messages
 * @batch_pages: pages per MAP_GUEST_BLOCK call, divides GZVM_BLOCK_PAGES
 * @destroy_batch_pages: pages per DESTROY_VM call, 0 for all at once
 * @unmaps: the hypervisor can take memory back from a VM that goes on
 * @read_only_slots: the hypervisor has memory that a guest may only read
 * @gpa_bits: guest-physical address width
 * @counter_hz: frequency of the guest's and host's counter
 * @vms: VMs that exist in the hypervisor
 * @vcpus: vCPUs that exist in the hypervisor
 * @doorbells: ioeventfds assigned
 * @irqfds: irqfds assigned, including those whose release is under way
 * @pinned_pages: pages of user memory pinned for guests
 *
 * All but the counters is written at probe only.
 */
struct gzvm_driver {
	struct device *device;
	u32 batch_pages;
	u32 destroy_batch_pages;
	bool unmaps;
	bool read_only_slots;
	u32 gpa_bits;
	u32 counter_hz;
	atomic_long_t vms;
	atomic_long_t vcpus;
	atomic_long_t doorbells;
	atomic_long_t irqfds;
	atomic_long_t pinned_pages;
};

extern struct gzvm_driver gzvm_driver;

/**
 * struct gzvm_memslot - a range of guest memory
 * @pages: length in pages; 0 when the slot is free
 * @first_gfn: first guest page
 * @user_address: host-virtual address of the first page in the VM's mm
 * @flags: GZVM_USER_MEM_REGION_*, for the hypervisor
 */
struct gzvm_memslot {
	u64 pages;
	u64 first_gfn;
	unsigned long user_address;
	u32 flags;
};

/**
 * enum gzvm_paging - when guest memory is given to the hypervisor
 * @GZVM_PAGING_POPULATE: all of it, when the slot is set
 * @GZVM_PAGING_SINGLE: a page at its first use
 * @GZVM_PAGING_BLOCK: up to 2 MiB around the first use, through the mailbox
 */
enum gzvm_paging {
	GZVM_PAGING_POPULATE,
	GZVM_PAGING_SINGLE,
	GZVM_PAGING_BLOCK,
};

/* On a pin: the page was mapped again, so a relinquish does not tell that it is unmapped. */
#define GZVM_PIN_MAPPED_AGAIN	XA_MARK_0

/**
 * struct gzvm_memory - a VM's guest memory
 * @lock: protects everything here, and makes slot changes and page faults
 *        exclude each other
 * @paging: fixed at creation
 * @slots: the slots
 * @pins: gfn -> struct page, one pin each. A guest page keeps the host page that
 *        it was given first, until the hypervisor has taken it away again.
 * @blocks: gfn / GZVM_BLOCK_PAGES -> the first page of a huge page of the host, which is
 *          pinned as a whole; none of its pages is in @pins
 * @pinned_pages: pages of @pins and @blocks; read without the lock, for people
 * @charged_pages: pages charged to the mm's locked memory
 * @mailbox: GZVM_PAGING_BLOCK: page of GZVM_BLOCK_PAGES pfns that the hypervisor
 *           reads during MAP_GUEST_BLOCK
 * @batch: scratch page of GZVM_BLOCK_PAGES pointers, so that a page fault does
 *         not allocate one
 */
struct gzvm_memory {
	struct mutex lock;
	enum gzvm_paging paging;
	struct gzvm_memslot slots[GZVM_MAX_MEM_REGION];
	struct xarray pins;
	struct xarray blocks;
	unsigned long pinned_pages;
	unsigned long charged_pages;
	u64 *mailbox;
	struct page **batch;
};

/**
 * struct gzvm_ioeventfds - a VM's doorbells
 * @lock: serialises assign and deassign
 * @by_store: buckets by what a store looks like; read under RCU, written under
 *            @lock
 * @by_width: the same entries in buckets by address and width; under @lock
 * @count: entries; under @lock
 */
struct gzvm_ioeventfds {
	struct mutex lock;
	struct hlist_head *by_store;
	struct hlist_head *by_width;
	u32 count;
};

/**
 * struct gzvm_irqfds - a VM's irqfds
 * @assign_lock: serialises assign and deassign, so that no irqfd is torn down
 *               before it has been set up completely
 * @lock: protects @active; taken inside an eventfd's lock with interrupts off
 * @active: irqfds that still inject
 */
struct gzvm_irqfds {
	struct mutex assign_lock;
	spinlock_t lock;
	struct list_head active;
};

/**
 * struct gzvm_resampler - an eventfd that follows the ends of an SPI
 * @node: in resamplers.list
 * @spi: SPI index
 * @eventfd: what is signalled; NULL when the irqfd has no resampler
 */
struct gzvm_resampler {
	struct list_head node;
	u32 spi;
	struct eventfd_ctx *eventfd;
};

/**
 * struct gzvm_resamplers - a VM's resamplers
 * @lock: protects @list, and keeps what is on it from being removed; an
 *        eventfd's own lock is taken inside
 * @list: all of them
 */
struct gzvm_resamplers {
	spinlock_t lock;
	struct list_head list;
};

/**
 * struct gzvm_vm - a virtual machine
 * @ref: held by the VM fd and every vCPU fd
 * @id: the hypervisor's id
 * @mm: the creator's address space (mm_count held); only it may use the fds
 * @lock: protects writes of @vcpus
 * @vcpus: by id; set once and then constant, read with smp_load_acquire()
 * @memory: guest memory
 * @ioeventfds: doorbells
 * @irqfds: interrupts by eventfd
 * @resamplers: ends of interrupts by eventfd
 * @registers_readable: user space has enabled GZVM_GET_ONE_REG; set once
 * @debugfs: folder of the VM, or an error pointer
 */
struct gzvm_vm {
	struct kref ref;
	u16 id;
	struct mm_struct *mm;
	struct mutex lock;
	struct gzvm_vcpu *vcpus[GZVM_MAX_VCPUS];
	struct gzvm_memory memory;
	struct gzvm_ioeventfds ioeventfds;
	struct gzvm_irqfds irqfds;
	struct gzvm_resamplers resamplers;
	bool registers_readable;
	struct dentry *debugfs;
};

/**
 * struct gzvm_vcpu - a virtual CPU
 * @vm: its VM; the vCPU fd holds a reference
 * @id: its number in the VM
 * @run_lock: held by the one thread that runs the vCPU or writes its registers
 * @shared: page 0 of the run area, shared with the hypervisor
 * @hwstate: page 1 of the run area, shared with the hypervisor
 * @exit: private copy of the exit record; under @run_lock
 * @completes: GZVM_EXIT_* that user space was given last and answers with its
 *             next RUN, or 0; under @run_lock
 * @interrupted: a signal was pending when the last exit was returned; the next
 *               RUN returns -EINTR for it; under @run_lock
 * @exits: how often the guest was left, by reason; written under @run_lock, read
 *         without, exact
 * @ringing: doorbell that this vCPU is signalling; written by its thread, read by
 *           deassign
 * @woken: something happened that an idle vCPU has to look at
 * @idle: where the thread sleeps while the guest is idle
 */
struct gzvm_vcpu {
	struct gzvm_vm *vm;
	u16 id;
	struct mutex run_lock;
	struct gzvm_vcpu_run *shared;
	struct gzvm_vcpu_hwstate *hwstate;
	struct gzvm_vcpu_run exit;
	u32 completes;
	bool interrupted;
	u64 exits[GZVM_EXIT_COUNTERS];
	struct gzvm_ioeventfd_entry *ringing;
	bool woken;
	struct rcuwait idle;
};

/* gzvm_vm.c */
int gzvm_vm_create_fd(unsigned long type);
void gzvm_vm_get(struct gzvm_vm *vm);
void gzvm_vm_put(struct gzvm_vm *vm);
void gzvm_vm_wake_vcpus(struct gzvm_vm *vm);
int gzvm_vm_inject(struct gzvm_vm *vm, u16 vcpu_id, u32 spi, u32 level);
long gzvm_check_extension(unsigned long argument);

/* gzvm_memory.c */
int gzvm_memory_init(struct gzvm_vm *vm);
void gzvm_memory_release(struct gzvm_vm *vm);
int gzvm_memory_pin(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn, u64 count);
bool gzvm_memory_pin_block(struct gzvm_vm *vm, const struct gzvm_memslot *slot, u64 gfn);
bool gzvm_memory_break_block(struct gzvm_memory *memory, u64 gfn);
u64 gzvm_memory_pfn(struct gzvm_memory *memory, u64 gfn);
int gzvm_memory_fault(struct gzvm_vm *vm, u64 gpa);
void gzvm_memory_unpin_range(struct gzvm_vm *vm, u64 first, u64 last);
void gzvm_memory_relinquish(struct gzvm_vm *vm, u64 gpa);
int gzvm_memory_discard(struct gzvm_vm *vm, u64 gpa, u64 bytes);

/* gzvm_memslot.c */
int gzvm_memslot_set(struct gzvm_vm *vm, const struct gzvm_userspace_memory_region *region);
int gzvm_memslot_populate_all(struct gzvm_vm *vm);

static inline u64 gzvm_memslot_end(const struct gzvm_memslot *slot)
{
	return slot->first_gfn + slot->pages;
}

/* gzvm_vcpu.c */
int gzvm_vcpu_create_fd(struct gzvm_vm *vm, unsigned long id);
bool gzvm_vcpu_destroy(struct gzvm_vcpu *vcpu);
void gzvm_vcpu_free(struct gzvm_vcpu *vcpu);
void gzvm_vcpu_wake(struct gzvm_vcpu *vcpu);

/* gzvm_exit.c */

/**
 * enum gzvm_next - what follows an exit
 * @GZVM_NEXT_ENTER: the guest goes on
 * @GZVM_NEXT_RETURN: user space gets the exit
 */
enum gzvm_next {
	GZVM_NEXT_ENTER,
	GZVM_NEXT_RETURN,
};

int gzvm_exit_handle(struct gzvm_vcpu *vcpu, u32 reason);

/* gzvm_ioeventfd.c */
int gzvm_ioeventfd_init(struct gzvm_vm *vm);
void gzvm_ioeventfd_release(struct gzvm_vm *vm);
int gzvm_ioeventfd_ioctl(struct gzvm_vm *vm, const struct gzvm_ioeventfd *args);
bool gzvm_ioeventfd_signal(struct gzvm_vcpu *vcpu, const struct gzvm_store *store);
void gzvm_ioeventfd_visit(struct gzvm_vm *vm, u32 bucket,
			  void (*show)(void *argument, const struct gzvm_doorbell_key *key,
				       u64 hits),
			  void *argument);

/* gzvm_irqfd.c */
int gzvm_irqfd_driver_init(void);
void gzvm_irqfd_driver_exit(void);
void gzvm_irqfd_init(struct gzvm_vm *vm);
void gzvm_irqfd_release(struct gzvm_vm *vm);
int gzvm_irqfd_ioctl(struct gzvm_vm *vm, const struct gzvm_irqfd *args);

/* gzvm_resample.c */
void gzvm_resample_init(struct gzvm_vm *vm);
void gzvm_resample_add(struct gzvm_vm *vm, struct gzvm_resampler *resampler);
void gzvm_resample_remove(struct gzvm_vm *vm, struct gzvm_resampler *resampler);
void gzvm_resample_notice(struct gzvm_vcpu *vcpu);

/* Whether there is a resampler. A racing answer is as good as one from just before. */
static inline bool gzvm_resample_any(const struct gzvm_vm *vm)
{
	return !list_empty(&vm->resamplers.list);
}

/* gzvm_debugfs.c */
void gzvm_debugfs_driver_init(void);
void gzvm_debugfs_driver_exit(void);
void gzvm_debugfs_add_vm(struct gzvm_vm *vm);
void gzvm_debugfs_remove_vm(struct gzvm_vm *vm);

#endif /* _GZVM_DRIVER_H */
