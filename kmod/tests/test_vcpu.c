// SPDX-License-Identifier: GPL-2.0-only
/* vCPU numbers, registers, and the arguments of GZVM_RUN. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gzvm_test.h"

static void test_numbers(void)
{
	int vcpus[GZVM_MAX_VCPUS];
	int vm = create_vm();
	bool all = true;

	is_errno(ioctl(vm, GZVM_CREATE_VCPU, (unsigned long)GZVM_MAX_VCPUS), EINVAL,
		 "vCPU 8 is refused");
	is_errno(ioctl(vm, GZVM_CREATE_VCPU, ~0UL), EINVAL, "vCPU -1 is refused");
	is_errno(ioctl(vm, GZVM_CREATE_VCPU, 1UL << 32), EINVAL, "vCPU 2^32 is refused");
	for (unsigned long id = 0; id < GZVM_MAX_VCPUS; id++) {
		vcpus[id] = ioctl(vm, GZVM_CREATE_VCPU, id);
		all &= vcpus[id] >= 0;
	}
	ok(all, "vCPUs 0 to 7 are created");
	is_number(counter("vcpus"), GZVM_MAX_VCPUS, "the driver counts 8 vCPUs");
	is_number(fcntl(vcpus[0], F_GETFD), FD_CLOEXEC, "a vCPU fd is closed by exec");
	is_errno(ioctl(vm, GZVM_CREATE_VCPU, 3UL), EEXIST, "a second vCPU 3 is refused");
	close(vcpus[3]);
	is_errno(ioctl(vm, GZVM_CREATE_VCPU, 3UL), EEXIST,
		 "its number stays taken when it is closed");
	for (unsigned long id = 0; id < GZVM_MAX_VCPUS; id++)
		if (id != 3)
			close(vcpus[id]);
	close(vm);
}

static long set_one(int vcpu, uint64_t id, const void *value)
{
	struct gzvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu, GZVM_SET_ONE_REG, &reg);
}

static void test_registers(int vcpu)
{
	static const struct {
		const char *name;
		uint64_t id;
	} refused[] = {
		{ "a register of 16 bytes is refused",
		  GZVM_REG_ARM64 | GZVM_REG_SIZE_U128 | GZVM_REG_CLASS_CORE | 0x54 },
		{ "a register of 32 KiB is refused",
		  GZVM_REG_ARM64 | GZVM_REG_SIZE_MASK | GZVM_REG_CLASS_CORE },
		{ "a register of no class is refused", GZVM_REG_ARM64 | GZVM_REG_SIZE_U64 },
		{ "a core register beyond the last is refused", GZVM_REG_CORE64(0x10000) },
	};
	/* Large enough for whatever a driver without the check would read. */
	static const uint64_t value[4096 + 1];
	const void *nowhere = (const void *)8;

	for (size_t i = 0; i < COUNT(refused); i++)
		is_errno(set_one(vcpu, refused[i].id, value), EINVAL, refused[i].name);
	is_errno(set_one(vcpu, GZVM_REG_CORE64(GZVM_CORE_PC), nowhere), EFAULT,
		 "a value from nowhere is refused");
	is_errno(ioctl(vcpu, GZVM_SET_ONE_REG, 8UL), EFAULT, "a register from nowhere is refused");
	is_errno(set_register(vcpu, GZVM_CORE_X(0), ~0ULL), 0, "x0 is set");
	is_errno(set_register(vcpu, GZVM_CORE_X(30), 1), 0, "x30 is set");
	is_errno(set_register(vcpu, GZVM_CORE_PC, RAM_GPA), 0, "the PC is set");
	is_errno(set_register(vcpu, GZVM_CORE_PSTATE, PSTATE_EL1H), 0, "PSTATE is set");
}

static long get_one(int vcpu, uint64_t id, void *value)
{
	struct gzvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu, GZVM_GET_ONE_REG, &reg);
}

static long enable_extension(int vm, uint64_t extension, uint64_t more)
{
	struct gzvm_enable_cap cap = { .cap = GZVM_CAP_JINN, .args = { extension, more } };

	return ioctl(vm, GZVM_ENABLE_CAP, &cap);
}

static void test_reading(int vm, int vcpu)
{
	const uint64_t x5 = GZVM_REG_CORE64(GZVM_CORE_X(5)), value = 0x8877665544332211ULL;
	uint64_t got[2] = { 0, 0xeeeeeeeeeeeeeeeeULL };

	set_register(vcpu, GZVM_CORE_X(5), value);
	is_errno(get_one(vcpu, x5, got), EOPNOTSUPP, "no register can be read");
	is_errno(enable_extension(vm, GZVM_JINN_NO_LOST_EXIT, 0), EINVAL,
		 "what is always on cannot be enabled");
	is_errno(enable_extension(vm, GZVM_JINN_GET_ONE_REG, 1), EINVAL,
		 "an unknown argument is refused");
	is_errno(get_one(vcpu, x5, got), EOPNOTSUPP, "a refusal enables nothing");
	is_errno(enable_extension(vm, GZVM_JINN_GET_ONE_REG, 0), 0, "until it is asked for");
	is_errno(get_one(vcpu, x5, got), 0, "then x5 is read");
	ok(got[0] == value, "it is what was set");
	is_errno(get_one(vcpu, (x5 & ~GZVM_REG_SIZE_MASK) | GZVM_REG_SIZE_MASK, got), EINVAL,
		 "a register of 32 KiB is refused");
	is_errno(get_one(vcpu, GZVM_REG_CORE64(0x10000), got), EINVAL,
		 "a core register beyond the last is refused");
	ok(got[1] == 0xeeeeeeeeeeeeeeeeULL, "nothing is written behind the value");
	is_errno(get_one(vcpu, x5, (void *)8), EFAULT, "a value cannot go nowhere");
	is_errno(ioctl(vcpu, GZVM_GET_ONE_REG, 8UL), EFAULT, "a register from nowhere is refused");
}

static void test_run_arguments(int vcpu)
{
	struct gzvm_vcpu_run run, before;

	is_errno(ioctl(vcpu, GZVM_RUN, 0UL), EFAULT, "RUN without a buffer is refused");
	for (size_t i = 0; i < sizeof(run.padding1); i++) {
		memset(&run, 0, sizeof(run));
		run.padding1[i] = 1;
		is_errno(ioctl(vcpu, GZVM_RUN, &run), EINVAL, "RUN with padding set is refused");
	}
	memset(&run, 0x5a, sizeof(run));
	memset(run.padding1, 0, sizeof(run.padding1));
	run.immediate_exit = 1;
	before = run;
	is_errno(ioctl(vcpu, GZVM_RUN, &run), EINTR, "RUN with immediate_exit does not enter");
	ok(!memcmp(&run, &before, sizeof(run)), "and leaves the buffer alone");
	is_errno(ioctl(vcpu, GZVM_CREATE_VCPU, 1UL), ENOTTY, "a vCPU creates no vCPU");
	is_errno(ioctl(vcpu, GZVM_CHECK_EXTENSION, &run), ENOTTY, "a vCPU knows no capability");
}

void test_vcpu(void)
{
	int vm = create_vm();
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);

	if (vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	test_registers(vcpu);
	test_reading(vm, vcpu);
	test_run_arguments(vcpu);
	close(vcpu);
	close(vm);
	test_numbers();
}
