/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of the subsystem "gzvm". Each takes values and the driver's own
 * copies, never a pointer into memory that the guest, user space or the
 * hypervisor can write. An event that is off is a nop behind a static key.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gzvm

#if !defined(_GZVM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _GZVM_TRACE_H

#include <linux/tracepoint.h>

#include "gzvm_ioeventfd_rules.h"
#include "gzvm_names.h"

/* Tools that decode the ring buffer themselves know no enum of ours. */
#undef GZVM_NAME
#undef GZVM_LAST_NAME
#define GZVM_NAME(constant, name)	TRACE_DEFINE_ENUM(constant);
#define GZVM_LAST_NAME(constant, name)	TRACE_DEFINE_ENUM(constant);
GZVM_HVC_NAMES

#undef GZVM_NAME
#undef GZVM_LAST_NAME
#define GZVM_NAME(constant, name)	{ constant, name },
#define GZVM_LAST_NAME(constant, name)	{ constant, name }

/**
 * gzvm_hypercall_enter - before a hypercall
 * @number: enum gzvm_hvc_number
 * @x1: first argument; for many calls the VM id, or a VM's and vCPU's tuple
 * @x2: second argument
 * @x3: third argument
 */
TRACE_EVENT(gzvm_hypercall_enter,
	TP_PROTO(u32 number, u64 x1, u64 x2, u64 x3),
	TP_ARGS(number, x1, x2, x3),

	TP_STRUCT__entry(
		__field(u64, x1)
		__field(u64, x2)
		__field(u64, x3)
		__field(u32, number)
	),

	TP_fast_assign(
		__entry->x1 = x1;
		__entry->x2 = x2;
		__entry->x3 = x3;
		__entry->number = number;
	),

	TP_printk("%s x1=0x%llx x2=0x%llx x3=0x%llx",
		  __print_symbolic(__entry->number, GZVM_HVC_NAMES),
		  __entry->x1, __entry->x2, __entry->x3)
);

/**
 * gzvm_hypercall_leave - after a hypercall
 * @number: enum gzvm_hvc_number
 * @status: GZVM_STATUS_*
 * @x1: first result
 */
TRACE_EVENT(gzvm_hypercall_leave,
	TP_PROTO(u32 number, s32 status, u64 x1),
	TP_ARGS(number, status, x1),

	TP_STRUCT__entry(
		__field(u64, x1)
		__field(u32, number)
		__field(s32, status)
	),

	TP_fast_assign(
		__entry->x1 = x1;
		__entry->number = number;
		__entry->status = status;
	),

	TP_printk("%s status=%d x1=0x%llx", __print_symbolic(__entry->number, GZVM_HVC_NAMES),
		  __entry->status, __entry->x1)
);

/**
 * gzvm_vcpu_exit - a guest was left, whoever deals with it
 * @vm: VM id
 * @vcpu: vCPU id
 * @reason: GZVM_EXIT_*
 */
TRACE_EVENT(gzvm_vcpu_exit,
	TP_PROTO(u16 vm, u16 vcpu, u32 reason),
	TP_ARGS(vm, vcpu, reason),

	TP_STRUCT__entry(
		__field(u32, reason)
		__field(u16, vm)
		__field(u16, vcpu)
	),

	TP_fast_assign(
		__entry->reason = reason;
		__entry->vm = vm;
		__entry->vcpu = vcpu;
	),

	TP_printk("vm=%u vcpu=%u reason=%s", __entry->vm, __entry->vcpu,
		  __print_symbolic(__entry->reason, GZVM_EXIT_NAMES))
);

DECLARE_EVENT_CLASS(gzvm_store,
	TP_PROTO(u16 vm, u16 vcpu, const struct gzvm_store *store),
	TP_ARGS(vm, vcpu, store),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u64, data)
		__field(u32, len)
		__field(u16, vm)
		__field(u16, vcpu)
	),

	TP_fast_assign(
		__entry->addr = store->addr;
		__entry->data = store->data;
		__entry->len = store->len;
		__entry->vm = vm;
		__entry->vcpu = vcpu;
	),

	TP_printk("vm=%u vcpu=%u addr=0x%llx len=%u data=0x%llx", __entry->vm, __entry->vcpu,
		  __entry->addr, __entry->len, __entry->data)
);

/**
 * gzvm_ioeventfd_hit - a store has rung a doorbell
 * @vm: VM id
 * @vcpu: vCPU id
 * @store: the driver's copy of the store
 */
DEFINE_EVENT(gzvm_store, gzvm_ioeventfd_hit,
	TP_PROTO(u16 vm, u16 vcpu, const struct gzvm_store *store),
	TP_ARGS(vm, vcpu, store)
);

/**
 * gzvm_ioeventfd_miss - a store has rung none and goes to user space
 * @vm: VM id
 * @vcpu: vCPU id
 * @store: the driver's copy of the store
 */
DEFINE_EVENT(gzvm_store, gzvm_ioeventfd_miss,
	TP_PROTO(u16 vm, u16 vcpu, const struct gzvm_store *store),
	TP_ARGS(vm, vcpu, store)
);

DECLARE_EVENT_CLASS(gzvm_doorbell,
	TP_PROTO(u16 vm, const struct gzvm_doorbell_key *key),
	TP_ARGS(vm, key),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u64, datamatch)
		__field(u32, len)
		__field(u16, vm)
		__field(bool, wildcard)
	),

	TP_fast_assign(
		__entry->addr = key->addr;
		__entry->datamatch = key->datamatch;
		__entry->len = key->len;
		__entry->vm = vm;
		__entry->wildcard = key->wildcard;
	),

	TP_printk("vm=%u addr=0x%llx len=%u %s=0x%llx", __entry->vm, __entry->addr,
		  __entry->len, __entry->wildcard ? "any" : "data", __entry->datamatch)
);

/**
 * gzvm_ioeventfd_assign - a doorbell is there
 * @vm: VM id
 * @key: the driver's copy of what it matches
 */
DEFINE_EVENT(gzvm_doorbell, gzvm_ioeventfd_assign,
	TP_PROTO(u16 vm, const struct gzvm_doorbell_key *key),
	TP_ARGS(vm, key)
);

/**
 * gzvm_ioeventfd_deassign - a doorbell is gone and silent
 * @vm: VM id
 * @key: the driver's copy of what it matched
 *
 * Doorbells that end with their VM have no such event.
 */
DEFINE_EVENT(gzvm_doorbell, gzvm_ioeventfd_deassign,
	TP_PROTO(u16 vm, const struct gzvm_doorbell_key *key),
	TP_ARGS(vm, key)
);

/**
 * gzvm_irqfd_inject - an eventfd has raised an SPI
 * @vm: VM id
 * @spi: SPI index
 * @error: 0 or the errno of the injection
 */
TRACE_EVENT(gzvm_irqfd_inject,
	TP_PROTO(u16 vm, u32 spi, int error),
	TP_ARGS(vm, spi, error),

	TP_STRUCT__entry(
		__field(u32, spi)
		__field(int, error)
		__field(u16, vm)
	),

	TP_fast_assign(
		__entry->spi = spi;
		__entry->error = error;
		__entry->vm = vm;
	),

	TP_printk("vm=%u spi=%u error=%d", __entry->vm, __entry->spi, __entry->error)
);

#endif /* _GZVM_TRACE_H */

/* Outside of the guard: define_trace.h reads this file again, from here. */
#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE gzvm_trace
#include <trace/define_trace.h>
