// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypercalls: registers on one side, typed arguments and errno on the other.
 */
#include <linux/arm-smccc.h>
#include <linux/errno.h>
#include <linux/gzvm.h>
#include <linux/kernel.h>

#include "gzvm_hvc_calls.h"
#include "gzvm_trace.h"

static int gzvm_errno(unsigned long status)
{
	/* The status is the low half of x0 in both encodings of the call. */
	switch ((s32)status) {
	case GZVM_STATUS_OK:
		return 0;
	case GZVM_STATUS_NO_MEMORY:
		return -ENOMEM;
	case GZVM_STATUS_NOT_SUPPORTED:
	case GZVM_STATUS_NOT_IMPLEMENTED:
		return -EOPNOTSUPP;
	case GZVM_STATUS_BUSY:
		return -EAGAIN;
	case GZVM_STATUS_FAULT:
		return -EFAULT;
	default:
		return -EINVAL;
	}
}

/*
 * The out-of-line SMCCC 1.0 form on purpose: to the compiler it is a function
 * call, so a hypervisor that follows the later conventions and returns with
 * x4..x17 changed corrupts nothing.
 */
static __always_inline int gzvm_hvc7(enum gzvm_hvc_number number, u64 x1, u64 x2, u64 x3, u64 x4,
				     u64 x5, u64 x6, u64 x7, struct arm_smccc_res *res)
{
	trace_gzvm_hypercall_enter(number, x1, x2, x3);
	arm_smccc_hvc(GZVM_HVC_ID(number), x1, x2, x3, x4, x5, x6, x7, res);
	trace_gzvm_hypercall_leave(number, res->a0, res->a1);
	return gzvm_errno(res->a0);
}

static int gzvm_hvc(enum gzvm_hvc_number number, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5,
		    struct arm_smccc_res *res)
{
	return gzvm_hvc7(number, x1, x2, x3, x4, x5, 0, 0, res);
}

/**
 * gzvm_hvc_probe() - introduce the driver to the hypervisor
 * @hypervisor: out: the hypervisor's version
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_probe(struct gzvm_version *hypervisor)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc(GZVM_HVC_PROBE, GZVM_DRIVER_MAJOR, GZVM_DRIVER_MINOR, GZVM_DRIVER_SUB,
		       0, 0, &res);
	if (ret)
		return ret;
	hypervisor->major = lower_32_bits(res.a1);
	hypervisor->minor = lower_32_bits(res.a2);
	hypervisor->sub = lower_32_bits(res.a3);
	return 0;
}

/**
 * gzvm_hvc_query_cap() - ask for a property of the hypervisor as a whole
 * @cap: GZVM_CAP_QUERY_*
 * @answer: out, may be NULL: its value
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_query_cap(u64 cap, u64 *answer)
{
	const struct gzvm_enable_cap query = { .cap = cap };

	return gzvm_hvc_enable_cap(GZVM_VM_ID_NONE, &query, answer);
}

/**
 * gzvm_hvc_enable_cap() - enable a capability of a VM
 * @vm_id: the VM
 * @cap: the capability and its arguments
 * @answer: out, may be NULL: x1 as the hypervisor left it
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_enable_cap(u16 vm_id, const struct gzvm_enable_cap *cap, u64 *answer)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc7(GZVM_HVC_ENABLE_CAP, vm_id, cap->cap, cap->args[0], cap->args[1],
			cap->args[2], cap->args[3], cap->args[4], &res);
	if (!ret && answer)
		*answer = res.a1;
	return ret;
}

/**
 * gzvm_hvc_create_vm() - create an empty VM
 * @type: 0, the only type known
 * @vm_id: out: its id, owned by the caller until gzvm_hvc_destroy_vm()
 *
 * Return: 0, the errno of the status, or -EPROTO when the hypervisor answers with
 * an id that is none.
 */
int gzvm_hvc_create_vm(unsigned long type, u16 *vm_id)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc(GZVM_HVC_CREATE_VM, type, 0, 0, 0, 0, &res);
	if (ret)
		return ret;
	if (res.a1 == GZVM_VM_ID_NONE || res.a1 >= GZVM_VM_ID_INVALID)
		return -EPROTO;
	*vm_id = res.a1;
	return 0;
}

/**
 * gzvm_hvc_destroy_vm() - destroy a VM, or a slice of it
 * @vm_id: the VM, without vCPUs
 * @pages_per_slice: pages the hypervisor gives back in one call; 0 for all
 *
 * Return: 0 or the errno of the status; -EAGAIN when pages remain: call again.
 */
int gzvm_hvc_destroy_vm(u16 vm_id, u32 pages_per_slice)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_DESTROY_VM, vm_id, pages_per_slice, 0, 0, 0, &res);
}

/**
 * gzvm_hvc_create_vcpu() - create a vCPU
 * @vm_id: its VM
 * @vcpu_id: its number in the VM
 * @run_area: PA of GZVM_RUN_AREA_BYTES, lent until gzvm_hvc_destroy_vcpu()
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_create_vcpu(u16 vm_id, u16 vcpu_id, phys_addr_t run_area)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(vm_id, vcpu_id), run_area, 0, 0, 0,
			&res);
}

/**
 * gzvm_hvc_destroy_vcpu() - destroy a vCPU and take its run area back
 * @vm_id: its VM
 * @vcpu_id: its number in the VM
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_destroy_vcpu(u16 vm_id, u16 vcpu_id)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(vm_id, vcpu_id), 0, 0, 0, 0, &res);
}

/**
 * gzvm_hvc_create_device() - create a device inside the hypervisor
 * @vm_id: the VM
 * @device: PA of a struct gzvm_create_device, read during the call only
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_create_device(u16 vm_id, phys_addr_t device)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_CREATE_DEVICE, vm_id, device, 0, 0, 0, &res);
}

/**
 * gzvm_hvc_set_dtb_config() - tell where the guest's device tree lies
 * @vm_id: the VM
 * @gpa: gpa of the device tree
 * @bytes: room for it
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_set_dtb_config(u16 vm_id, u64 gpa, u64 bytes)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_SET_DTB_CONFIG, vm_id, gpa, bytes, 0, 0, &res);
}

/**
 * gzvm_hvc_memregion_purpose() - announce what a region will be used for
 * @vm_id: the VM
 * @gpa: gpa of the first byte
 * @bytes: length
 * @flags: GZVM_USER_MEM_REGION_*
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_memregion_purpose(u16 vm_id, u64 gpa, u64 bytes, u32 flags)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_MEMREGION_PURPOSE, vm_id, gpa, bytes, flags, 0, &res);
}

/**
 * gzvm_hvc_set_memregion() - declare a slot, or populate a part of it
 * @vm_id: the VM
 * @buffer: PA of a struct gzvm_memregion, read during the call only
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_set_memregion(u16 vm_id, phys_addr_t buffer)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_SET_MEMREGION, vm_id, GZVM_MEMREGION_BUFFER_BYTES, buffer, 0, 0,
			&res);
}

/**
 * gzvm_hvc_map_guest() - map contiguous host pages
 * @vm_id: the VM
 * @slot: slot that contains the pages
 * @pfn: first host page
 * @gfn: guest page that it becomes
 * @pages: number of pages
 *
 * Mapping what is mapped already in the same way is no error.
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_map_guest(u16 vm_id, u32 slot, u64 pfn, u64 gfn, u64 pages)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_MAP_GUEST, vm_id, slot, pfn, gfn, pages, &res);
}

/**
 * gzvm_hvc_map_guest_block() - map the host pages listed in the VM's mailbox
 * @vm_id: the VM
 * @slot: slot that contains the pages
 * @gfn: guest page that the first entry becomes
 * @pages: number of entries
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_map_guest_block(u16 vm_id, u32 slot, u64 gfn, u64 pages)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_MAP_GUEST_BLOCK, vm_id, slot, gfn, pages, 0, &res);
}

/**
 * gzvm_hvc_unmap_guest() - take a page from the guest
 * @vm_id: the VM
 * @slot: slot that contains the page
 * @gfn: the page, mapped or not
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_unmap_guest(u16 vm_id, u32 slot, u64 gfn)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_JINN_UNMAP_GUEST, vm_id, slot, gfn, 0, 0, &res);
}

/**
 * gzvm_hvc_remove_slot() - take a slot from the guest, or a slice of it
 * @vm_id: the VM
 * @slot: a declared slot
 * @pages_per_slice: pages that one call takes; 0 for all
 *
 * Return: 0 or the errno of the status; -EAGAIN when pages remain: call again.
 */
int gzvm_hvc_remove_slot(u16 vm_id, u32 slot, u32 pages_per_slice)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_JINN_REMOVE_SLOT, vm_id, slot, pages_per_slice, 0, 0, &res);
}

/**
 * gzvm_hvc_get_statistics() - ask what a VM costs
 * @vm_id: the VM
 * @statistics: out: the answer
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_get_statistics(u16 vm_id, struct gzvm_statistics *statistics)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc(GZVM_HVC_GET_STATISTICS, vm_id, 0, 0, 0, 0, &res);
	if (ret)
		return ret;
	statistics->owned_bytes = res.a1;
	statistics->shared_bytes = res.a2;
	return 0;
}

/**
 * gzvm_hvc_run() - enter the guest until it has to be left
 * @vm_id: the VM
 * @vcpu_id: the vCPU; the caller holds its run_lock
 * @exit_reason: out: GZVM_EXIT_*
 *
 * Context: process context, interrupts on; a host interrupt ends it.
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_run(u16 vm_id, u16 vcpu_id, u32 *exit_reason)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc7(GZVM_HVC_RUN, gzvm_hvc_tuple(vm_id, vcpu_id), 0, 0, 0, 0, 0, 0, &res);
	*exit_reason = lower_32_bits(res.a1);
	return ret;
}

/**
 * gzvm_hvc_inform_exit() - tell that a signal takes a vCPU out of the run loop
 * @vm_id: the VM
 *
 * A hint without a result that anybody could act on.
 */
void gzvm_hvc_inform_exit(u16 vm_id)
{
	struct arm_smccc_res res;

	gzvm_hvc(GZVM_HVC_INFORM_EXIT, vm_id, 0, 0, 0, 0, &res);
}

/**
 * gzvm_hvc_get_one_reg() - read a register of a vCPU that is not running
 * @vm_id: the VM
 * @vcpu_id: the vCPU; the caller holds its run_lock
 * @id: register id
 * @value: out: its value, zero-extended
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_get_one_reg(u16 vm_id, u16 vcpu_id, u64 id, u64 *value)
{
	struct arm_smccc_res res;
	int ret;

	ret = gzvm_hvc(GZVM_HVC_GET_ONE_REG, gzvm_hvc_tuple(vm_id, vcpu_id), id, 0, 0, 0, &res);
	if (!ret)
		*value = res.a1;
	return ret;
}

/**
 * gzvm_hvc_set_one_reg() - write a register of a vCPU that is not running
 * @vm_id: the VM
 * @vcpu_id: the vCPU; the caller holds its run_lock
 * @id: register id
 * @value: zero-extended value
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_set_one_reg(u16 vm_id, u16 vcpu_id, u64 id, u64 value)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_SET_ONE_REG, gzvm_hvc_tuple(vm_id, vcpu_id), id, value, 0, 0,
			&res);
}

/**
 * gzvm_hvc_irq_line() - raise or lower an SPI
 * @vm_id: the VM
 * @vcpu_id: named by user space, without effect for an SPI
 * @spi: SPI index, INTID - 32
 * @level: 1 or 0
 *
 * Return: 0 or the errno of the status.
 */
int gzvm_hvc_irq_line(u16 vm_id, u16 vcpu_id, u32 spi, u32 level)
{
	struct arm_smccc_res res;

	return gzvm_hvc(GZVM_HVC_IRQ_LINE, gzvm_hvc_tuple(vm_id, vcpu_id), spi, level, 0, 0, &res);
}
