// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver does about an exit before user space hears of it.
 */
#include <linux/clocksource_ids.h>
#include <linux/hrtimer.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "gzvm.h"
#include "gzvm_compat.h"
#include "gzvm_ioeventfd_rules.h"
#include "gzvm_trace.h"

/* SMCCC's answer to a call that cannot be served. */
#define GZVM_GUEST_NOT_SUPPORTED	(~0ULL)

/* Guest counters of the PTP call. */
#define GZVM_PTP_COUNTER_VIRTUAL	0
#define GZVM_PTP_COUNTER_PHYSICAL	1

/* ------------------------------------------------------------------ */
/* MMIO                                                               */

static int gzvm_exit_mmio(struct gzvm_vcpu *vcpu)
{
	const struct gzvm_vcpu_run *exit = &vcpu->exit;
	struct gzvm_store store = {
		.addr = exit->mmio.phys_addr,
		.data = le64_to_cpup((const __le64 *)exit->mmio.data),
	};

	if (exit->mmio.is_write != 1 || !gzvm_access_width_valid(exit->mmio.size))
		return GZVM_NEXT_RETURN;
	store.len = exit->mmio.size;
	store.data &= GENMASK_ULL(8 * store.len - 1, 0);
	return gzvm_ioeventfd_signal(vcpu, &store) ? GZVM_NEXT_ENTER : GZVM_NEXT_RETURN;
}

/* ------------------------------------------------------------------ */
/* Guest hypercalls                                                   */

/*
 * Wall-clock time and counter of one moment, so that the guest's clock can be
 * set without knowing how long the call took.
 */
static int gzvm_exit_ptp(struct gzvm_vcpu *vcpu)
{
	u64 counter = vcpu->exit.hypercall.args[1];
	__u64 *results = vcpu->shared->hypercall.args;
	struct system_time_snapshot now;
	u64 nanoseconds, cycles = 0;
	ktime_t real;

	real = gzvm_snapshot_real_time(&now);
	if (now.cs_id != CSID_ARM_ARCH_COUNTER) {
		results[0] = GZVM_GUEST_NOT_SUPPORTED;
		return GZVM_NEXT_ENTER;
	}
	if (counter == GZVM_PTP_COUNTER_VIRTUAL)
		cycles = now.cycles - READ_ONCE(vcpu->hwstate->vtimer_offset);
	else if (counter == GZVM_PTP_COUNTER_PHYSICAL)
		cycles = now.cycles;
	nanoseconds = ktime_to_ns(real);
	results[0] = upper_32_bits(nanoseconds);
	results[1] = lower_32_bits(nanoseconds);
	results[2] = upper_32_bits(cycles);
	results[3] = lower_32_bits(cycles);
	return GZVM_NEXT_ENTER;
}

static int gzvm_exit_hypercall(struct gzvm_vcpu *vcpu)
{
	const __u64 *args = vcpu->exit.hypercall.args;

	/* A function id is 32 bits wide (SMCCC 2.5). */
	switch (lower_32_bits(args[0])) {
	case GZVM_GUEST_HVC_PTP:
		return gzvm_exit_ptp(vcpu);
	case GZVM_GUEST_HVC_MEM_RELINQUISH:
		gzvm_memory_relinquish(vcpu->vm, args[1]);
		return GZVM_NEXT_ENTER;
	default:
		return GZVM_NEXT_RETURN;
	}
}

/* ------------------------------------------------------------------ */
/* The rest                                                           */

static int gzvm_exit_exception(struct gzvm_vcpu *vcpu)
{
	const struct gzvm_vcpu_run *exit = &vcpu->exit;
	int ret;

	if (exit->exception.exception != GZVM_EXCEPTION_PAGE_FAULT ||
	    memchr_inv(exit->exception.reserved, 0, sizeof(exit->exception.reserved)))
		return GZVM_NEXT_RETURN;
	ret = gzvm_memory_fault(vcpu->vm, exit->exception.fault_gpa);
	if (ret == -ENOENT)
		return GZVM_NEXT_RETURN;
	return ret ?: GZVM_NEXT_ENTER;
}

static int gzvm_exit_enter_again(struct gzvm_vcpu *vcpu)
{
	return GZVM_NEXT_ENTER;
}

static int gzvm_exit_ipi(struct gzvm_vcpu *vcpu)
{
	gzvm_vm_wake_vcpus(vcpu->vm);
	return GZVM_NEXT_ENTER;
}

static ktime_t gzvm_ticks_to_ktime(u64 ticks)
{
	u64 hz = gzvm_driver.counter_hz;

	/* ktime_set() saturates; the product is below 2^64 for any real frequency. */
	return ktime_set(min_t(u64, ticks / hz, KTIME_SEC_MAX), ticks % hz * NSEC_PER_SEC / hz);
}

/*
 * Sleeps until the guest's timer, an interrupt, or a signal. Ends early at will:
 * the guest is entered again and finds out itself.
 */
static int gzvm_exit_idle(struct gzvm_vcpu *vcpu)
{
	u64 ticks = READ_ONCE(vcpu->hwstate->vtimer_delay);
	ktime_t delay;

	if (READ_ONCE(vcpu->hwstate->vtimer_migrate) != 1 || !ticks)
		return GZVM_NEXT_ENTER;
	delay = gzvm_ticks_to_ktime(ticks);
	prepare_to_rcuwait(&vcpu->idle);
	/* Orders this before the test, against the barrier in rcuwait_wake_up(). */
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(vcpu->woken) && !signal_pending(current))
		schedule_hrtimeout(&delay, HRTIMER_MODE_REL);
	finish_rcuwait(&vcpu->idle);
	return GZVM_NEXT_ENTER;
}

/**
 * struct gzvm_exit_kind - what an exit reason means to the driver
 * @handle: NULL when the exit is user space's affair
 * @record_bytes: bytes of the union that the hypervisor fills in
 */
struct gzvm_exit_kind {
	int (*handle)(struct gzvm_vcpu *vcpu);
	u32 record_bytes;
};

#define RECORD_BYTES(member)	sizeof_field(struct gzvm_vcpu_run, member)
#define INDEX(reason)		((reason) - GZVM_EXIT_UNKNOWN)

static const struct gzvm_exit_kind gzvm_exit_kinds[] = {
	[INDEX(GZVM_EXIT_MMIO)] = { gzvm_exit_mmio, RECORD_BYTES(mmio) },
	[INDEX(GZVM_EXIT_HYPERCALL)] = { gzvm_exit_hypercall, RECORD_BYTES(hypercall) },
	[INDEX(GZVM_EXIT_IRQ)] = { gzvm_exit_enter_again, 0 },
	[INDEX(GZVM_EXIT_EXCEPTION)] = { gzvm_exit_exception, RECORD_BYTES(exception) },
	[INDEX(GZVM_EXIT_DEBUG)] = { NULL, RECORD_BYTES(padding2) },
	[INDEX(GZVM_EXIT_FAIL_ENTRY)] = { NULL, RECORD_BYTES(fail_entry) },
	[INDEX(GZVM_EXIT_INTERNAL_ERROR)] = { NULL, RECORD_BYTES(internal) },
	[INDEX(GZVM_EXIT_SYSTEM_EVENT)] = { NULL, RECORD_BYTES(system_event) },
	[INDEX(GZVM_EXIT_GZ)] = { gzvm_exit_enter_again, 0 },
	[INDEX(GZVM_EXIT_IDLE)] = { gzvm_exit_idle, 0 },
	[INDEX(GZVM_EXIT_IPI)] = { gzvm_exit_ipi, 0 },
};

static const struct gzvm_exit_kind *gzvm_exit_kind(u32 reason)
{
	static const struct gzvm_exit_kind without_record;

	if (INDEX(reason) < ARRAY_SIZE(gzvm_exit_kinds))
		return &gzvm_exit_kinds[INDEX(reason)];
	return &without_record;
}

static void gzvm_exit_count(struct gzvm_vcpu *vcpu, u32 reason)
{
	u64 *count = &vcpu->exits[min_t(u32, INDEX(reason), GZVM_EXIT_COUNTERS - 1)];

	/* One writer at a time: no count is lost without an atomic operation. */
	lockdep_assert_held(&vcpu->run_lock);
	WRITE_ONCE(*count, *count + 1);
}

/**
 * gzvm_exit_handle() - deal with an exit, or prepare it for user space
 * @vcpu: the vCPU; the caller holds its run_lock
 * @reason: what the run hypercall returned
 *
 * The record is copied once; everything after, including what user space gets,
 * is from the copy. User space gets no bytes that the exit does not define.
 *
 * Context: the vCPU's thread, may sleep.
 * Return: enum gzvm_next, with @vcpu->exit complete for GZVM_NEXT_RETURN; or an
 * errno of gzvm_memory_fault(), after which the guest can be entered again.
 */
int gzvm_exit_handle(struct gzvm_vcpu *vcpu, u32 reason)
{
	const struct gzvm_exit_kind *kind = gzvm_exit_kind(reason);
	char *record = vcpu->exit.padding2;
	int ret;

	lockdep_assert_held(&vcpu->run_lock);
	gzvm_exit_count(vcpu, reason);
	trace_gzvm_vcpu_exit(vcpu->vm->id, vcpu->id, reason);
	memcpy(record, vcpu->shared->padding2, kind->record_bytes);
	/* Keeps the compiler from reading the shared page again. */
	barrier_data(record);

	ret = kind->handle ? kind->handle(vcpu) : GZVM_NEXT_RETURN;
	if (ret == GZVM_NEXT_RETURN) {
		vcpu->exit.exit_reason = reason;
		memset(record + kind->record_bytes, 0,
		       sizeof(vcpu->exit.padding2) - kind->record_bytes);
	}
	return ret;
}
