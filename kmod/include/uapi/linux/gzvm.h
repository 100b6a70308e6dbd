/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ioctl interface of /dev/gzvm.
 *
 * All integers are little-endian, all structures have natural alignment and no
 * implicit padding. Addresses are named by their space: "gpa" is guest-physical
 * (an IPA), "user address" is host-virtual in the calling process.
 *
 * Numbers and layouts are those of MediaTek's published GenieZone driver
 * (mailing-list postings v5 to v13 and the Android common kernel), so that a
 * VMM built against either header drives either driver.
 */
#ifndef _UAPI_LINUX_GZVM_H
#define _UAPI_LINUX_GZVM_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

#define GZVM_IOC_MAGIC			0x92

/* Limits. A vCPU id is 0..GZVM_MAX_VCPUS-1, a slot 0..GZVM_MAX_MEM_REGION-1. */
#define GZVM_MAX_VCPUS			8
#define GZVM_MAX_MEM_REGION		10

/* ------------------------------------------------------------------ */
/* Capabilities: GZVM_CHECK_EXTENSION, GZVM_ENABLE_CAP                */

/** Guest-physical address width in bits; CHECK_EXTENSION writes the number. */
#define GZVM_CAP_VM_GPA_SIZE		0xa5
/** Protected VM. 64 bits wide: zero-extend it, never sign-extend. */
#define GZVM_CAP_PROTECTED_VM		0xffbadab1
/* Internal to the driver; GZVM_ENABLE_CAP refuses them from user space. */
#define GZVM_CAP_BLOCK_BASED_DEMAND_PAGING	0x9201
#define GZVM_CAP_ENABLE_DEMAND_PAGING	0x9202
#define GZVM_CAP_ENABLE_IDLE		0x9203
#define GZVM_CAP_QUERY_HYP_BATCH_PAGES	0x9204
#define GZVM_CAP_QUERY_DESTROY_BATCH_PAGES	0x9205
/*
 * Own extension of this driver, unknown to MediaTek's: CHECK_EXTENSION writes
 * a mask of GZVM_JINN_* when the driver is Jinn's. Foreign drivers answer
 * -EOPNOTSUPP or -EINVAL.
 */
#define GZVM_CAP_JINN			0x4a494e4e
/** Several datamatch doorbells may share one address (KVM's collision rule). */
#define GZVM_JINN_DATAMATCH_SHARED	(1ULL << 0)
/** A user exit that meets a pending signal is returned (0), never dropped. */
#define GZVM_JINN_NO_LOST_EXIT		(1ULL << 1)
/** A slot can be deleted with memory_size 0, and moved. */
#define GZVM_JINN_SLOT_DELETE		(1ULL << 2)
/**
 * GZVM_GET_ONE_REG works in a VM after GZVM_ENABLE_CAP(GZVM_CAP_JINN) with this in
 * args[0] and zeros behind it. Until then it is -EOPNOTSUPP, as in the published
 * drivers.
 */
#define GZVM_JINN_GET_ONE_REG		(1ULL << 3)
/**
 * GZVM_ENABLE_CAP(GZVM_CAP_JINN) with this in args[0], a gpa in args[1], a size in
 * bytes in args[2] and zeros behind it takes pages from the guest and unpins them. The
 * guest's next access gets what is then mapped at the slot's user address: who discards
 * there (MADV_REMOVE) between the two gives memory back to the host. Whole pages of one
 * slot, else -EINVAL; -EOPNOTSUPP without demand paging; a protected VM keeps its pages.
 */
#define GZVM_JINN_DISCARD		(1ULL << 4)
/** A slot can be memory that the guest may only read: GZVM_USER_MEM_REGION_READ_ONLY. */
#define GZVM_JINN_READ_ONLY		(1ULL << 5)

/* args[0] of GZVM_ENABLE_CAP(GZVM_CAP_PROTECTED_VM) */
#define GZVM_CAP_PVM_SET_PVMFW_GPA	0
#define GZVM_CAP_PVM_GET_PVMFW_SIZE	1
#define GZVM_CAP_PVM_SET_PROTECTED_VM	2

/**
 * struct gzvm_enable_cap - argument of GZVM_ENABLE_CAP
 * @cap: the capability, GZVM_CAP_*
 * @args: in: its parameters; out: args[1] of GZVM_CAP_PVM_GET_PVMFW_SIZE is
 *        the size of the firmware in bytes
 */
struct gzvm_enable_cap {
	__u64 cap;
	__u64 args[5];
};

/* ------------------------------------------------------------------ */
/* Memory                                                             */

/* Purpose of a region, interpreted by the hypervisor only; 0 is "none". */
#define GZVM_USER_MEM_REGION_GUEST_MEM		(1U << 0)
#define GZVM_USER_MEM_REGION_PROTECT_FW		(1U << 1)
#define GZVM_USER_MEM_REGION_STATIC_SWIOTLB	(1U << 2)
/**
 * Own extension, GZVM_JINN_READ_ONLY; without it -EINVAL. The guest's loads find the
 * memory as user space has left it. Its stores change nothing: they ring doorbells or leave
 * GZVM_RUN as GZVM_EXIT_MMIO, as if nothing were there. Stands alone or beside
 * GZVM_USER_MEM_REGION_GUEST_MEM. A protected VM has no such slot (-EINVAL), and a VM with
 * one cannot be protected.
 *
 * A guest that maps the slot as device memory reads past the caches, unless the CPU makes
 * stage 2 decide (FEAT_S2FWB): user space cleans what it has stored to the point of coherency.
 */
#define GZVM_USER_MEM_REGION_READ_ONLY		(1U << 31)

/**
 * struct gzvm_memory_region - argument of GZVM_SET_MEMORY_REGION
 * @slot: slot number
 * @flags: reserved
 * @guest_phys_addr: gpa of the first byte
 * @memory_size: bytes
 *
 * Declared by every published header and implemented by no driver (-ENOTTY).
 */
struct gzvm_memory_region {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
};

/**
 * struct gzvm_userspace_memory_region - argument of GZVM_SET_USER_MEMORY_REGION
 * @slot: slot number, 0..GZVM_MAX_MEM_REGION-1
 * @flags: GZVM_USER_MEM_REGION_*
 * @guest_phys_addr: gpa of the first byte, page aligned
 * @memory_size: bytes, page aligned
 * @userspace_addr: user address of the backing memory: the first byte of a
 *                  writable mapping of exactly @memory_size bytes
 *
 * A slot in use, or a range that overlaps another slot's, is -EEXIST. The whole
 * slot counts against RLIMIT_MEMLOCK (-ENOMEM). @memory_size 0 deletes the slot; a
 * free one stays free. The same @memory_size and @userspace_addr with another
 * @guest_phys_addr move it. Both need GZVM_JINN_SLOT_DELETE; without it they give
 * -EINVAL and -EEXIST.
 */
struct gzvm_userspace_memory_region {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
};

/**
 * struct gzvm_dtb_config - argument of GZVM_SET_DTB_CONFIG
 * @dtb_addr: gpa of the device tree
 * @dtb_size: bytes reserved for it
 */
struct gzvm_dtb_config {
	__u64 dtb_addr;
	__u64 dtb_size;
};

/* ------------------------------------------------------------------ */
/* Devices of the hypervisor                                          */

enum gzvm_device_type {
	GZVM_DEV_TYPE_ARM_VGIC_V3_DIST = 0,
	GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST = 1,
	GZVM_DEV_TYPE_MAX,
};

/**
 * struct gzvm_create_device - argument of GZVM_CREATE_DEVICE
 * @dev_type: enum gzvm_device_type
 * @id: unused by the two GIC devices
 * @flags: reserved, 0
 * @dev_addr: gpa of the device's first register
 * @dev_reg_size: bytes; for a redistributor the size of one vCPU's frame or
 *                more, frames lie one after another in vCPU order
 * @attr_addr: user address of attribute data, or 0
 * @attr_size: bytes at @attr_addr, at most one page
 */
struct gzvm_create_device {
	__u32 dev_type;
	__u32 id;
	__u64 flags;
	__u64 dev_addr;
	__u64 dev_reg_size;
	__u64 attr_addr;
	__u64 attr_size;
};

/* ------------------------------------------------------------------ */
/* Interrupts and doorbells                                           */

/* struct gzvm_irq_level.irq: number, vCPU and type packed in one word. */
#define GZVM_IRQ_VCPU2_SHIFT		28
#define GZVM_IRQ_VCPU2_MASK		0xf
#define GZVM_IRQ_TYPE_SHIFT		24
#define GZVM_IRQ_TYPE_MASK		0xf
#define GZVM_IRQ_VCPU_SHIFT		16
#define GZVM_IRQ_VCPU_MASK		0xff
#define GZVM_IRQ_NUM_SHIFT		0
#define GZVM_IRQ_NUM_MASK		0xffff
#define GZVM_IRQ_TYPE_CPU		0
#define GZVM_IRQ_TYPE_SPI		1
#define GZVM_IRQ_TYPE_PPI		2
#define GZVM_IRQ_CPU_IRQ		0
#define GZVM_IRQ_CPU_FIQ		1

/**
 * struct gzvm_irq_level - argument of GZVM_IRQ_LINE
 * @irq: packed interrupt word; the number is an SPI index (INTID - 32)
 * @status: out, reserved
 * @level: 1 raises, 0 lowers
 */
struct gzvm_irq_level {
	union {
		__u32 irq;
		__s32 status;
	};
	__u32 level;
};

#define GZVM_IRQFD_FLAG_DEASSIGN	(1U << 0)
#define GZVM_IRQFD_FLAG_RESAMPLE	(1U << 1)

/**
 * struct gzvm_irqfd - argument of GZVM_IRQFD
 * @fd: the eventfd whose signal raises the interrupt
 * @gsi: SPI index (INTID - 32), 0..987; -EINVAL for one that the hypervisor
 *       lacks, where it tells (gzhyp has 0..255)
 * @flags: GZVM_IRQFD_FLAG_*
 * @resamplefd: eventfd to signal when the guest ends the interrupt; never
 *              signalled where the hypervisor does not tell of ends (GenieZone)
 * @pad: zero
 */
struct gzvm_irqfd {
	__u32 fd;
	__u32 gsi;
	__u32 flags;
	__u32 resamplefd;
	__u8 pad[16];
};

#define GZVM_IOEVENTFD_FLAG_DATAMATCH	(1U << 0)
#define GZVM_IOEVENTFD_FLAG_PIO		(1U << 1)
#define GZVM_IOEVENTFD_FLAG_DEASSIGN	(1U << 2)
#define GZVM_IOEVENTFD_VALID_FLAG_MASK	0x7U

/**
 * struct gzvm_ioeventfd - argument of GZVM_IOEVENTFD
 * @datamatch: value that fires the doorbell, with GZVM_IOEVENTFD_FLAG_DATAMATCH
 * @addr: gpa of the doorbell
 * @len: width of the guest's store in bytes: 1, 2, 4, 8, or 0 for any
 * @fd: the eventfd to signal
 * @flags: GZVM_IOEVENTFD_FLAG_*
 * @pad: zero
 *
 * A guest store to exactly @addr, of exactly @len bytes (or any width when
 * @len is 0), whose zero-extended value equals @datamatch (or any value without
 * the flag), adds 1 to the eventfd and resumes the guest inside the kernel.
 * Loads, and stores that match nothing, leave GZVM_RUN as GZVM_EXIT_MMIO.
 *
 * Two doorbells collide (-EEXIST) when they have the same @addr and either has
 * @len 0, or their lengths are equal and either is a wildcard or the data are
 * equal. GZVM_IOEVENTFD_FLAG_DEASSIGN removes the one with the same @addr,
 * @len, @fd, and data or wildcard (-ENOENT when there is none); when it has
 * returned, the eventfd is not signalled through that doorbell any more. A VM has
 * at most 16384 doorbells (-ENOSPC).
 */
struct gzvm_ioeventfd {
	__u64 datamatch;
	__u64 addr;
	__u32 len;
	__s32 fd;
	__u32 flags;
	__u8 pad[36];
};

/* ------------------------------------------------------------------ */
/* vCPU                                                               */

/* Register id: architecture | size | class | index, as in KVM. */
#define GZVM_REG_ARCH_MASK		0xff00000000000000ULL
#define GZVM_REG_GENERIC		0x0000000000000000ULL
#define GZVM_REG_ARM			0x4000000000000000ULL
#define GZVM_REG_ARM64			0x6000000000000000ULL
#define GZVM_REG_SIZE_SHIFT		52
#define GZVM_REG_SIZE_MASK		0x00f0000000000000ULL
#define GZVM_REG_SIZE_U8		0x0000000000000000ULL
#define GZVM_REG_SIZE_U16		0x0010000000000000ULL
#define GZVM_REG_SIZE_U32		0x0020000000000000ULL
#define GZVM_REG_SIZE_U64		0x0030000000000000ULL
#define GZVM_REG_SIZE_U128		0x0040000000000000ULL
#define GZVM_REG_CLASS_SHIFT		16
#define GZVM_REG_CLASS_MASK		0x000000000fff0000ULL
#define GZVM_REG_CLASS_CORE		(0x10ULL << GZVM_REG_CLASS_SHIFT)
#define GZVM_REG_CLASS_DEMUX		(0x11ULL << GZVM_REG_CLASS_SHIFT)
#define GZVM_REG_CLASS_SYSREG		(0x13ULL << GZVM_REG_CLASS_SHIFT)
#define GZVM_REG_INDEX_MASK		0x000000000000ffffULL
/** Register @offset bytes into struct gzvm_regs, 64 bits wide. */
#define GZVM_REG_CORE64(offset) \
	(GZVM_REG_ARM64 | GZVM_REG_SIZE_U64 | GZVM_REG_CLASS_CORE | ((offset) / 4))

/* Byte offsets of the core registers, see GZVM_REG_CORE64(). */
#define GZVM_CORE_X(n)			((n) * 8)
#define GZVM_CORE_SP			248
#define GZVM_CORE_PC			256
#define GZVM_CORE_PSTATE		264
#define GZVM_CORE_SP_EL1		272
#define GZVM_CORE_ELR_EL1		280
#define GZVM_CORE_SPSR_EL1		288

/**
 * struct gzvm_one_reg - argument of GZVM_SET_ONE_REG, GZVM_GET_ONE_REG
 * @id: register id; its size field must say 1, 2, 4 or 8 bytes
 * @addr: user address of the value
 */
struct gzvm_one_reg {
	__u64 id;
	__u64 addr;
};

/* gzvm_vcpu_run.exit_reason */
#define GZVM_EXIT_UNKNOWN		0x92920000
#define GZVM_EXIT_MMIO			0x92920001
#define GZVM_EXIT_HYPERCALL		0x92920002
#define GZVM_EXIT_IRQ			0x92920003
#define GZVM_EXIT_EXCEPTION		0x92920004
#define GZVM_EXIT_DEBUG			0x92920005
#define GZVM_EXIT_FAIL_ENTRY		0x92920006
#define GZVM_EXIT_INTERNAL_ERROR	0x92920007
#define GZVM_EXIT_SYSTEM_EVENT		0x92920008
#define GZVM_EXIT_SHUTDOWN		0x92920009
#define GZVM_EXIT_GZ			0x9292000a
#define GZVM_EXIT_IDLE			0x9292000b
#define GZVM_EXIT_IPI			0x9292000d

#define GZVM_EXCEPTION_UNKNOWN		0
#define GZVM_EXCEPTION_PAGE_FAULT	1

#define GZVM_SYSTEM_EVENT_SHUTDOWN	1
#define GZVM_SYSTEM_EVENT_RESET		2
#define GZVM_SYSTEM_EVENT_CRASH		3
#define GZVM_SYSTEM_EVENT_WAKEUP	4
#define GZVM_SYSTEM_EVENT_SUSPEND	5
#define GZVM_SYSTEM_EVENT_SEV_TERM	6
#define GZVM_SYSTEM_EVENT_S2IDLE	7

/**
 * struct gzvm_vcpu_run - the buffer of GZVM_RUN, owned by user space
 * @exit_reason: out: GZVM_EXIT_*
 * @immediate_exit: in: 1 makes GZVM_RUN return -EINTR without entering
 * @padding1: zero on entry
 * @mmio: GZVM_EXIT_MMIO. @phys_addr is the gpa of the access, @size its width
 *        in bytes (1, 2, 4, 8), @reg_nr the transfer register, @is_write 1 for
 *        a store. @data holds the stored value in its low bytes; after a load
 *        user space places the value there before the next GZVM_RUN.
 * @fail_entry: GZVM_EXIT_FAIL_ENTRY. @cpu is the host core.
 * @exception: GZVM_EXIT_EXCEPTION. @exception is GZVM_EXCEPTION_*, @error_code
 *             the low 32 bits of ESR_EL2, @fault_gpa the faulting address,
 *             @reserved zero.
 * @hypercall: GZVM_EXIT_HYPERCALL. x0..x7 of the guest; x0..x3 are loaded back.
 * @internal: GZVM_EXIT_INTERNAL_ERROR. @ndata words of @data are valid.
 * @system_event: GZVM_EXIT_SYSTEM_EVENT. @type is GZVM_SYSTEM_EVENT_*, @ndata
 *                words of @data are valid.
 *
 * 264 bytes: a header of 8, then a union of 256. It is never mapped, but copied in
 * at entry. When GZVM_RUN returns 0, @exit_reason and the union are copied out,
 * bytes that the exit does not define as 0; @immediate_exit is left as it is
 * (foreign drivers overwrite it). After an error nothing has been copied out.
 *
 * An exit that meets a pending signal is returned (0), and the next GZVM_RUN
 * returns -EINTR for the signal.
 */
struct gzvm_vcpu_run {
	__u32 exit_reason;
	__u8 immediate_exit;
	__u8 padding1[3];
	union {
		struct {
			__u64 phys_addr;
			__u8 data[8];
			__u64 size;
			__u32 reg_nr;
			__u8 is_write;
			__u8 padding[3];
		} mmio;
		struct {
			__u64 hardware_entry_failure_reason;
			__u32 cpu;
			__u32 padding;
		} fail_entry;
		struct {
			__u32 exception;
			__u32 error_code;
			__u64 fault_gpa;
			__u64 reserved[30];
		} exception;
		struct {
			__u64 args[8];
		} hypercall;
		struct {
			__u32 suberror;
			__u32 ndata;
			__u64 data[16];
		} internal;
		struct {
			__u32 type;
			__u32 ndata;
			__u64 data[16];
		} system_event;
		char padding2[256];
	};
};

/* ------------------------------------------------------------------ */
/* ioctls                                                             */

/* On /dev/gzvm. CREATE_VM takes the VM type (0) as an integer. */
#define GZVM_CREATE_VM		_IO(GZVM_IOC_MAGIC, 0x01)
/* On /dev/gzvm and a VM fd. Takes a pointer to __u64: capability in, answer out. */
#define GZVM_CHECK_EXTENSION	_IO(GZVM_IOC_MAGIC, 0x03)

/* On a VM fd. CREATE_VCPU takes the vCPU id as an integer. */
#define GZVM_SET_MEMORY_REGION	_IOW(GZVM_IOC_MAGIC, 0x40, struct gzvm_memory_region)
#define GZVM_CREATE_VCPU	_IO(GZVM_IOC_MAGIC, 0x41)
#define GZVM_SET_USER_MEMORY_REGION \
	_IOW(GZVM_IOC_MAGIC, 0x46, struct gzvm_userspace_memory_region)
#define GZVM_IRQ_LINE		_IOW(GZVM_IOC_MAGIC, 0x61, struct gzvm_irq_level)
#define GZVM_IRQFD		_IOW(GZVM_IOC_MAGIC, 0x76, struct gzvm_irqfd)
#define GZVM_IOEVENTFD		_IOW(GZVM_IOC_MAGIC, 0x79, struct gzvm_ioeventfd)
#define GZVM_ENABLE_CAP		_IOW(GZVM_IOC_MAGIC, 0xa3, struct gzvm_enable_cap)
#define GZVM_CREATE_DEVICE	_IOWR(GZVM_IOC_MAGIC, 0xe0, struct gzvm_create_device)
#define GZVM_SET_DTB_CONFIG	_IOW(GZVM_IOC_MAGIC, 0xff, struct gzvm_dtb_config)

/* On a vCPU fd. RUN takes a pointer to struct gzvm_vcpu_run. */
#define GZVM_RUN		_IO(GZVM_IOC_MAGIC, 0x80)
#define GZVM_GET_ONE_REG	_IOW(GZVM_IOC_MAGIC, 0xab, struct gzvm_one_reg)
#define GZVM_SET_ONE_REG	_IOW(GZVM_IOC_MAGIC, 0xac, struct gzvm_one_reg)

#endif /* _UAPI_LINUX_GZVM_H */
