/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One function per hypercall. None of them sleeps; only gzvm_hvc_run() takes
 * long (it returns at the latest with the host's next interrupt). All of them
 * may be called from any context that may take an interrupt later, IRQs off
 * included, except gzvm_hvc_run().
 *
 * The errno of a status is -ENOMEM, -EINVAL, -EOPNOTSUPP, -EAGAIN or -EFAULT.
 */
#ifndef _GZVM_HVC_CALLS_H
#define _GZVM_HVC_CALLS_H

#include <linux/types.h>
#include <gzvm_hvc.h>

struct gzvm_enable_cap;

struct gzvm_version {
	u32 major;
	u32 minor;
	u32 sub;
};

/**
 * struct gzvm_statistics - what a VM costs
 * @owned_bytes: memory of the hypervisor itself, stage 2 included
 * @shared_bytes: host memory that is mapped into the guest
 */
struct gzvm_statistics {
	u64 owned_bytes;
	u64 shared_bytes;
};

int gzvm_hvc_probe(struct gzvm_version *hypervisor);
int gzvm_hvc_query_cap(u64 cap, u64 *answer);
int gzvm_hvc_enable_cap(u16 vm_id, const struct gzvm_enable_cap *cap, u64 *answer);

int gzvm_hvc_create_vm(unsigned long type, u16 *vm_id);
int gzvm_hvc_destroy_vm(u16 vm_id, u32 pages_per_slice);
int gzvm_hvc_create_vcpu(u16 vm_id, u16 vcpu_id, phys_addr_t run_area);
int gzvm_hvc_destroy_vcpu(u16 vm_id, u16 vcpu_id);
int gzvm_hvc_create_device(u16 vm_id, phys_addr_t device);
int gzvm_hvc_set_dtb_config(u16 vm_id, u64 gpa, u64 bytes);

int gzvm_hvc_memregion_purpose(u16 vm_id, u64 gpa, u64 bytes, u32 flags);
int gzvm_hvc_set_memregion(u16 vm_id, phys_addr_t buffer);
int gzvm_hvc_map_guest(u16 vm_id, u32 slot, u64 pfn, u64 gfn, u64 pages);
int gzvm_hvc_map_guest_block(u16 vm_id, u32 slot, u64 gfn, u64 pages);
int gzvm_hvc_unmap_guest(u16 vm_id, u32 slot, u64 gfn);
int gzvm_hvc_remove_slot(u16 vm_id, u32 slot, u32 pages_per_slice);
int gzvm_hvc_get_statistics(u16 vm_id, struct gzvm_statistics *statistics);

int gzvm_hvc_run(u16 vm_id, u16 vcpu_id, u32 *exit_reason);
void gzvm_hvc_inform_exit(u16 vm_id);
int gzvm_hvc_get_one_reg(u16 vm_id, u16 vcpu_id, u64 id, u64 *value);
int gzvm_hvc_set_one_reg(u16 vm_id, u16 vcpu_id, u64 id, u64 value);
int gzvm_hvc_irq_line(u16 vm_id, u16 vcpu_id, u32 spi, u32 level);

#endif /* _GZVM_HVC_CALLS_H */
