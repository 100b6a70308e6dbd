// SPDX-License-Identifier: GPL-2.0-only
/* The guest's HVC and SMC: PSCI 1.1 (Arm DEN 0022), SMCCC (DEN 0028), and KVM's PTP service. */
#include "exits.h"
#include "psci.h"
#include "sysreg.h"

#define AFFINITY_ABOVE_0	0xff00ffff00UL

static struct vcpu *find_vcpu(struct vcpu *caller, u64 mpidr)
{
	u64 id = mpidr & 0xff;

	if ((mpidr & AFFINITY_ABOVE_0) || id >= GZVM_MAX_VCPUS)
		return NULL;
	return caller->vm->vcpus[id];
}

static u64 answer(struct vcpu *vcpu, s64 result)
{
	vcpu->gprs.x[0] = result;
	return EXIT_RESUME;
}

static s64 turn_on(struct vcpu *caller, u64 mpidr, u64 entry, u64 context)
{
	struct vcpu *target = find_vcpu(caller, mpidr);

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (!IS_ALIGNED(entry, 4) || !vm_find_slot(caller->vm, entry))
		return PSCI_INVALID_ADDRESS;
	if (target->power != VCPU_OFF)
		return target->power == VCPU_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	target->on_entry = entry;
	target->on_context = context;
	target->power = VCPU_ON_PENDING;
	return PSCI_SUCCESS;
}

static u64 cpu_on(struct vcpu *vcpu)
{
	s64 result;

	lock(&vcpu->vm->lock);
	result = turn_on(vcpu, vcpu->gprs.x[1], vcpu->gprs.x[2], vcpu->gprs.x[3]);
	unlock(&vcpu->vm->lock);
	vcpu->gprs.x[0] = result;
	/* The target's thread sleeps in the host: have it woken. */
	return result == PSCI_SUCCESS ? GZVM_EXIT_IPI : EXIT_RESUME;
}

static u64 cpu_off(struct vcpu *vcpu)
{
	lock(&vcpu->vm->lock);
	vcpu->power = VCPU_OFF;
	unlock(&vcpu->vm->lock);
	return exit_idle(vcpu, read_sysreg(cntfrq_el0));
}

static u64 cpu_suspend(struct vcpu *vcpu)
{
	/* Every power state is a standby: what WFI does. */
	vcpu->gprs.x[0] = PSCI_SUCCESS;
	return exit_wait_for_interrupt(vcpu);
}

static u64 affinity_info(struct vcpu *vcpu)
{
	static const s64 answers[] = {
		[VCPU_OFF] = PSCI_AFFINITY_OFF,
		[VCPU_ON_PENDING] = PSCI_AFFINITY_ON_PENDING,
		[VCPU_ON] = PSCI_AFFINITY_ON,
	};
	struct vcpu *target;
	s64 result = PSCI_INVALID_PARAMETERS;

	lock(&vcpu->vm->lock);
	target = find_vcpu(vcpu, vcpu->gprs.x[1]);
	if (target && vcpu->gprs.x[2] == 0)
		result = answers[target->power];
	unlock(&vcpu->vm->lock);
	return answer(vcpu, result);
}

static u64 system_event(struct vcpu *vcpu, u32 type, u32 ndata, u64 data)
{
	struct gzvm_vcpu_run *run = vcpu_run_page(vcpu);

	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = type;
	run->system_event.ndata = ndata;
	run->system_event.data[0] = data;
	/* Seen only by a guest whose VMM runs it again. */
	vcpu->gprs.x[0] = PSCI_INTERNAL_FAILURE;
	return GZVM_EXIT_SYSTEM_EVENT;
}

static u64 system_off(struct vcpu *vcpu)
{
	return system_event(vcpu, GZVM_SYSTEM_EVENT_SHUTDOWN, 0, 0);
}

static u64 system_reset(struct vcpu *vcpu)
{
	return system_event(vcpu, GZVM_SYSTEM_EVENT_RESET, 0, 0);
}

static u64 system_reset2(struct vcpu *vcpu)
{
	u64 type = (u32)vcpu->gprs.x[1];

	if (type != PSCI_RESET2_WARM && type < PSCI_RESET2_VENDOR)
		return answer(vcpu, PSCI_INVALID_PARAMETERS);
	return system_event(vcpu, GZVM_SYSTEM_EVENT_RESET, 1, type);
}

/* The driver answers in the run page; x0..x3 are taken from there at the next RUN. */
static u64 forward(struct vcpu *vcpu)
{
	struct gzvm_vcpu_run *run = vcpu_run_page(vcpu);

	/* Of a protected guest the host sees the function and its argument. */
	memset(run->hypercall.args, 0, sizeof(run->hypercall.args));
	memcpy(run->hypercall.args, vcpu->gprs.x,
	       vcpu->vm->stage2.protected ? 2 * sizeof(u64) : sizeof(run->hypercall.args));
	vcpu->call = CALL_ANSWERED;
	return GZVM_EXIT_HYPERCALL;
}

/* The page is out of the guest's reach before the driver, which unpins it, hears of it. */
static u64 mem_relinquish(struct vcpu *vcpu)
{
	if (!memory_relinquish(vcpu->vm, vcpu->gprs.x[1]))
		return answer(vcpu, SMCCC_INVALID_PARAMETER);
	forward(vcpu);
	vcpu->call = CALL_DONE;
	return GZVM_EXIT_HYPERCALL;
}

void exit_complete_call(struct vcpu *vcpu)
{
	const struct gzvm_vcpu_run *run = vcpu_run_page(vcpu);

	if (vcpu->call == CALL_ANSWERED)
		for (u32 i = 0; i < 4; i++)
			vcpu->gprs.x[i] = READ_ONCE(run->hypercall.args[i]);
	else if (vcpu->call == CALL_DONE)
		vcpu->gprs.x[0] = 0;
	vcpu->call = CALL_NONE;
}

/* A stock Linux guest looks for KVM, firmware of protected guests for GenieZone. */
static u64 vendor_uid(struct vcpu *vcpu)
{
	static const u32 uids[2][4] = {
		{ KVM_UID_0, KVM_UID_1, KVM_UID_2, KVM_UID_3 },
		{ GENIEZONE_UID_0, GENIEZONE_UID_1, GENIEZONE_UID_2, GENIEZONE_UID_3 },
	};
	const u32 *uid = uids[vcpu->vm->stage2.protected];

	for (u32 i = 1; i < 4; i++)
		vcpu->gprs.x[i] = uid[i];
	return answer(vcpu, uid[0]);
}

static u64 vendor_features(struct vcpu *vcpu)
{
	u64 features = VENDOR_FEATURE_FEATURES | VENDOR_FEATURE_PTP;

	vcpu->gprs.x[1] = 0;
	vcpu->gprs.x[2] = 0;
	vcpu->gprs.x[3] = 0;
	if (vcpu->vm->stage2.protected)
		features |= VENDOR_FEATURES_OF_PROTECTED;
	return answer(vcpu, features);
}

/* MEMINFO and MMIO_GUARD_INFO: the size of a page. */
static u64 granule(struct vcpu *vcpu)
{
	return answer(vcpu, vcpu->vm->stage2.protected ? (s64)PAGE_BYTES : SMCCC_NOT_SUPPORTED);
}

static u64 mem_share(struct vcpu *vcpu)
{
	return answer(vcpu, protect_share(vcpu->vm, vcpu->gprs.x[1]));
}

static u64 mem_unshare(struct vcpu *vcpu)
{
	return answer(vcpu, protect_unshare(vcpu->vm, vcpu->gprs.x[1]));
}

static u64 guard_enroll(struct vcpu *vcpu)
{
	return answer(vcpu, protect_guard_enroll(vcpu->vm));
}

static u64 guard_map(struct vcpu *vcpu)
{
	return answer(vcpu, protect_guard_map(vcpu->vm, vcpu->gprs.x[1]));
}

static u64 guard_unmap(struct vcpu *vcpu)
{
	return answer(vcpu, protect_guard_unmap(vcpu->vm, vcpu->gprs.x[1]));
}

static u64 psci_version(struct vcpu *vcpu)
{
	return answer(vcpu, PSCI_VERSION_1_1);
}

static u64 migrate_info(struct vcpu *vcpu)
{
	return answer(vcpu, PSCI_MIGRATE_NOT_NEEDED);
}

static u64 smccc_version(struct vcpu *vcpu)
{
	return answer(vcpu, SMCCC_VERSION_1_1);
}

/* Of the architecture's workarounds none is offered: the guest takes the CPU as it is. */
static u64 arch_features(struct vcpu *vcpu)
{
	u32 id = vcpu->gprs.x[1];
	bool known = id == SMCCC_VERSION || id == SMCCC_ARCH_FEATURES;

	return answer(vcpu, known ? 0 : SMCCC_NOT_SUPPORTED);
}

static u64 features(struct vcpu *vcpu);

static const struct call {
	u32 id;
	u64 (*handle)(struct vcpu *vcpu);
} calls[] = {
	{ SMCCC_VERSION, smccc_version },
	{ SMCCC_ARCH_FEATURES, arch_features },
	{ PSCI_VERSION, psci_version },
	{ PSCI_CPU_SUSPEND32, cpu_suspend },
	{ PSCI_CPU_SUSPEND64, cpu_suspend },
	{ PSCI_CPU_OFF, cpu_off },
	{ PSCI_CPU_ON32, cpu_on },
	{ PSCI_CPU_ON64, cpu_on },
	{ PSCI_AFFINITY_INFO32, affinity_info },
	{ PSCI_AFFINITY_INFO64, affinity_info },
	{ PSCI_MIGRATE_INFO_TYPE, migrate_info },
	{ PSCI_SYSTEM_OFF, system_off },
	{ PSCI_SYSTEM_RESET, system_reset },
	{ PSCI_SYSTEM_RESET2_32, system_reset2 },
	{ PSCI_SYSTEM_RESET2_64, system_reset2 },
	{ PSCI_FEATURES, features },
	{ VENDOR_UID, vendor_uid },
	{ VENDOR_FEATURES, vendor_features },
	{ GZVM_GUEST_HVC_PTP, forward },
	{ HYP_MEMINFO, granule },
	{ MEM_SHARE, mem_share },
	{ MEM_UNSHARE, mem_unshare },
	{ MMIO_GUARD_INFO, granule },
	{ MMIO_GUARD_ENROLL, guard_enroll },
	{ MMIO_GUARD_MAP, guard_map },
	{ MMIO_GUARD_UNMAP, guard_unmap },
	{ GZVM_GUEST_HVC_MEM_RELINQUISH, mem_relinquish },
};

static const struct call *find_call(u32 id)
{
	for (u32 i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].id == id)
			return &calls[i];
	return NULL;
}

/* It answers for PSCI, and for SMCCC_VERSION, by which a guest learns of SMCCC 1.1. */
static u64 features(struct vcpu *vcpu)
{
	u32 id = vcpu->gprs.x[1];
	bool asked = (id & PSCI_FUNCTION_MASK) == PSCI_FUNCTIONS || id == SMCCC_VERSION;

	return answer(vcpu, asked && find_call(id) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
}

/* A function of the 32-bit convention has 32-bit arguments, whatever is above them. */
static void narrow_arguments(struct vcpu *vcpu)
{
	for (u32 i = 1; i < 4; i++)
		vcpu->gprs.x[i] = (u32)vcpu->gprs.x[i];
}

u64 exit_call(struct vcpu *vcpu)
{
	u32 id = vcpu->gprs.x[0];
	const struct call *call = find_call(id);

	if (call && (id & PSCI_FUNCTION_MASK) == PSCI_FUNCTIONS && !(id & SMCCC_64))
		narrow_arguments(vcpu);
	return call ? call->handle(vcpu) : answer(vcpu, SMCCC_NOT_SUPPORTED);
}
