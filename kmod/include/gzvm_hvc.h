/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercall interface between the host kernel (EL1) and the hypervisor
 * (EL2): function ids, status codes and the memory they share. Used by the
 * driver and by gzhyp, so it needs nothing but fixed-width integers.
 *
 * Convention: HVC #0, function id in x0, arguments in x1..x7 (64 bits wide in
 * both encodings), status in the low 32 bits of x0 on return, results in
 * x1..x3. "PA" is a host-physical address, "gpa" a guest-physical one. "tuple"
 * is a VM id in bits 31..16 and a vCPU id in bits 15..0.
 */
#ifndef _GZVM_HVC_H
#define _GZVM_HVC_H

#include <linux/types.h>

/* SMCCC fast call, owner 59: SMC32 numbers up to about v9, SMC64 after. */
#define GZVM_HVC_SMC32		0xBB001000U
#define GZVM_HVC_SMC64		0xFB001000U
#define GZVM_HVC_ID(n)		(GZVM_HVC_SMC64 + (n))

enum gzvm_hvc_number {
	GZVM_HVC_CREATE_VM = 0,		/* x1 type; out x1 VM id */
	GZVM_HVC_DESTROY_VM = 1,	/* x1 VM id, x2 pages per slice */
	GZVM_HVC_CREATE_VCPU = 2,	/* x1 tuple, x2 PA of the run area */
	GZVM_HVC_DESTROY_VCPU = 3,	/* x1 tuple */
	GZVM_HVC_SET_MEMREGION = 4,	/* x1 VM id, x2 bytes, x3 PA of buffer */
	GZVM_HVC_RUN = 5,		/* x1 tuple; out x1 exit reason */
	GZVM_HVC_GET_ONE_REG = 8,	/* x1 tuple, x2 id; out x1 value */
	GZVM_HVC_SET_ONE_REG = 9,	/* x1 tuple, x2 id, x3 value */
	GZVM_HVC_IRQ_LINE = 10,		/* x1 tuple, x2 SPI index, x3 level */
	GZVM_HVC_CREATE_DEVICE = 11,	/* x1 VM id, x2 PA of gzvm_create_device */
	GZVM_HVC_PROBE = 12,		/* x1..x3 driver version; out: version */
	GZVM_HVC_ENABLE_CAP = 13,	/* x1 VM id, x2 cap, x3..x7 args; out x1 */
	GZVM_HVC_INFORM_EXIT = 14,	/* x1 VM id */
	GZVM_HVC_MEMREGION_PURPOSE = 15, /* x1 VM id, x2 gpa, x3 bytes, x4 flags */
	GZVM_HVC_SET_DTB_CONFIG = 16,	/* x1 VM id, x2 gpa, x3 bytes */
	GZVM_HVC_MAP_GUEST = 17,	/* x1 VM id, x2 slot, x3 pfn, x4 gfn, x5 pages */
	GZVM_HVC_MAP_GUEST_BLOCK = 18,	/* x1 VM id, x2 slot, x3 gfn, x4 pages */
	GZVM_HVC_GET_STATISTICS = 19,	/* x1 VM id; out x1, x2 bytes */
	GZVM_HVC_COUNT,

	/*
	 * Own extension, unknown to GenieZone: what was mapped is taken back. With
	 * OK no CPU can reach the pages through the VM any more, and they are the
	 * driver's. GZVM_CAP_QUERY_UNMAP tells whether the two calls are there.
	 *
	 * REMOVE_SLOT is BUSY while pages remain: call again. With OK the slot can
	 * be declared again. The page of UNMAP_GUEST may be unmapped already.
	 */
	GZVM_HVC_JINN_REMOVE_SLOT = 64,	/* x1 VM id, x2 slot, x3 pages per slice */
	GZVM_HVC_JINN_UNMAP_GUEST = 65,	/* x1 VM id, x2 slot, x3 gfn */
};

static inline __u64 gzvm_hvc_tuple(__u16 vm_id, __u16 vcpu_id)
{
	return ((__u64)vm_id << 16) | vcpu_id;
}

/* Status, the low 32 bits of x0 as a signed number. */
#define GZVM_STATUS_OK			0
#define GZVM_STATUS_NO_MEMORY		-5
#define GZVM_STATUS_INVALID_ARGS	-8
#define GZVM_STATUS_NOT_SUPPORTED	-24
#define GZVM_STATUS_NOT_IMPLEMENTED	-27
#define GZVM_STATUS_BUSY		-33
#define GZVM_STATUS_FAULT		-40

#define GZVM_VM_ID_NONE			0
#define GZVM_VM_ID_INVALID		0xffff

/* The driver version that PROBE announces. */
#define GZVM_DRIVER_MAJOR		16
#define GZVM_DRIVER_MINOR		0
#define GZVM_DRIVER_SUB			0

/*
 * The run area: two physically contiguous pages per vCPU that the driver owns
 * and lends to the hypervisor from CREATE_VCPU to DESTROY_VCPU. Page 0 begins
 * with struct gzvm_vcpu_run, page 1 with struct gzvm_vcpu_hwstate.
 */
#define GZVM_HVC_PAGE_BYTES		4096
#define GZVM_RUN_AREA_BYTES		(2 * GZVM_HVC_PAGE_BYTES)

#define GZVM_HWSTATE_LRS		16

/*
 * Own extension, unknown to GenieZone: ENABLE_CAP with this capability on a VM,
 * x3 = SPI index, x4 = 1 or 0, turns notices of the guest's ends of that
 * interrupt on or off. gzhyp then sets the SPI's bit in gzvm_vcpu_hwstate.ended
 * of the vCPU that ended it and leaves RUN, with GZ when nothing else happened.
 * A hypervisor that does not know it answers NOT_SUPPORTED.
 */
#define GZVM_CAP_END_NOTICE		0x9280
#define GZVM_END_NOTICE_SPIS		256

/* Own extension: a query with VM id 0, OK where the two calls are known. */
#define GZVM_CAP_QUERY_UNMAP		0x9281

/*
 * Own extension: a query with VM id 0, OK where MEMREGION_PURPOSE takes
 * GZVM_USER_MEM_REGION_READ_ONLY. The driver sends that flag nowhere else.
 */
#define GZVM_CAP_QUERY_READ_ONLY	0x9282

/*
 * Own extension: GZVM_CAP_VM_GPA_SIZE is a query with VM id 0, too; out x1 = width of
 * a gpa in bits. GenieZone does not tell.
 */

/**
 * struct gzvm_vcpu_hwstate - what the hypervisor tells the driver beside the exit
 * @nr_lrs: list registers in @lr; gzhyp publishes none (0)
 * @pad: zero
 * @lr: copies of the list registers
 * @vtimer_offset: CNTVOFF_EL2 of the guest in counter ticks, from CREATE_VCPU on
 * @vtimer_delay: GZVM_EXIT_IDLE: ticks until the first of the guest's timers fires
 * @vtimer_migrate: 1 when @vtimer_delay is valid: sleep that long at most
 * @pad2: zero
 * @ended: GZVM_CAP_END_NOTICE: bit n of word n / 32 is set when SPI n was ended;
 *         the driver clears what it has seen, while the vCPU does not run
 */
struct gzvm_vcpu_hwstate {
	__u32 nr_lrs;
	__u32 pad;
	__u64 lr[GZVM_HWSTATE_LRS];
	__u64 vtimer_offset;
	__u64 vtimer_delay;
	__u32 vtimer_migrate;
	__u32 pad2;
	__u32 ended[GZVM_END_NOTICE_SPIS / 32];
};

/**
 * struct gzvm_constituent - a run of host-physical pages
 * @address: PA of the first page
 * @pg_cnt: pages of 4 KiB
 * @reserved: zero
 */
struct gzvm_constituent {
	__u64 address;
	__u32 pg_cnt;
	__u32 reserved;
};

#define GZVM_MEMREGION_BUFFER_BYTES	(2 * GZVM_HVC_PAGE_BYTES)
#define GZVM_MEMREGION_HEADER_BYTES	24
#define GZVM_MEMREGION_MAX_CONSTITUENTS	\
	((GZVM_MEMREGION_BUFFER_BYTES - GZVM_MEMREGION_HEADER_BYTES) / 16)

/**
 * struct gzvm_memregion - the buffer of SET_MEMREGION, two pages
 * @slot: slot number
 * @constituent_cnt: valid entries of @constituents, at most 510
 * @total_pages: pages of 4 KiB that this call covers
 * @gpa: gpa of the first page
 * @constituents: host pages in guest order; their sum is @total_pages
 *
 * The first call for a slot declares it (whole slot, no constituents); later
 * calls inside the declared range populate it.
 */
struct gzvm_memregion {
	__u32 slot;
	__u32 constituent_cnt;
	__u64 total_pages;
	__u64 gpa;
	struct gzvm_constituent constituents[GZVM_MEMREGION_MAX_CONSTITUENTS];
};

/* Mailbox of MAP_GUEST_BLOCK: pfn[i] backs gfn + i. */
#define GZVM_BLOCK_BYTES		(2 * 1024 * 1024)
#define GZVM_BLOCK_PAGES		(GZVM_BLOCK_BYTES / GZVM_HVC_PAGE_BYTES)

/* Guest hypercalls that reach the driver as GZVM_EXIT_HYPERCALL. */
#define GZVM_GUEST_HVC_PTP		0x86000001U
#define GZVM_GUEST_HVC_MEM_RELINQUISH	0xC6000009U

#endif /* _GZVM_HVC_H */
