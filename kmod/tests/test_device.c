// SPDX-License-Identifier: GPL-2.0-only
/* /dev/gzvm itself, capabilities, and the VM ioctls that only configure. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gzvm_test.h"

static long check_extension(int fd, uint64_t *capability)
{
	return ioctl(fd, GZVM_CHECK_EXTENSION, capability);
}

static void test_capabilities_of(int fd, const char *what)
{
	static const uint64_t unknown[] = {
		0,
		GZVM_CAP_BLOCK_BASED_DEMAND_PAGING,
		GZVM_CAP_ENABLE_DEMAND_PAGING,
		GZVM_CAP_ENABLE_IDLE,
		GZVM_CAP_QUERY_HYP_BATCH_PAGES,
		0xffffffffffbadab1, /* PROTECTED_VM, sign-extended */
	};
	uint64_t value;

	diag("CHECK_EXTENSION on %s", what);
	value = GZVM_CAP_VM_GPA_SIZE;
	is_errno(check_extension(fd, &value), 0, "the guest-physical address width is known");
	ok(value >= 36 && value <= 52, "it is a number of bits");
	value = GZVM_CAP_PROTECTED_VM;
	is_errno(check_extension(fd, &value), 0, "protected VMs are known");
	is_number(value, 1, "they are answered with 1");
	value = GZVM_CAP_JINN;
	is_errno(check_extension(fd, &value), 0, "the driver says that it is Jinn's");
	is_number(value & GZVM_JINN_DATAMATCH_SHARED, GZVM_JINN_DATAMATCH_SHARED,
		  "several datamatch doorbells may share an address");
	is_number(value & GZVM_JINN_NO_LOST_EXIT, GZVM_JINN_NO_LOST_EXIT, "no exit is lost");
	is_number(value & GZVM_JINN_SLOT_DELETE, GZVM_JINN_SLOT_DELETE,
		  "slots can be deleted and moved");
	is_number(value & GZVM_JINN_GET_ONE_REG, GZVM_JINN_GET_ONE_REG, "registers can be read");
	is_number(value & GZVM_JINN_READ_ONLY, GZVM_JINN_READ_ONLY,
		  "slots can be memory that is only read");
	is_number(value & ~(GZVM_JINN_DATAMATCH_SHARED | GZVM_JINN_NO_LOST_EXIT |
			    GZVM_JINN_SLOT_DELETE | GZVM_JINN_GET_ONE_REG | GZVM_JINN_DISCARD |
			    GZVM_JINN_READ_ONLY), 0,
		  "no unknown bit is set");
	for (size_t i = 0; i < COUNT(unknown); i++) {
		value = unknown[i];
		is_errno(check_extension(fd, &value), EOPNOTSUPP,
			 "an unknown capability is refused");
		ok(value == unknown[i], "and left alone");
	}
	/* What one well-known client passes instead of a pointer. */
	is_errno(ioctl(fd, GZVM_CHECK_EXTENSION, (unsigned long)GZVM_CAP_VM_GPA_SIZE), EFAULT,
		 "a number where a pointer belongs is refused");
}

static void test_unknown_requests(int device, int vm)
{
	struct gzvm_memory_region region = { .slot = 0 };

	is_errno(ioctl(device, _IO(GZVM_IOC_MAGIC, 0x00), 0UL), ENOTTY,
		 "the device knows no API version");
	is_errno(ioctl(device, GZVM_CREATE_VCPU, 0UL), ENOTTY, "the device creates no vCPU");
	is_errno(ioctl(device, GZVM_RUN, 0UL), ENOTTY, "the device does not run");
	is_errno(ioctl(vm, GZVM_CREATE_VM, 0UL), ENOTTY, "a VM creates no VM");
	is_errno(ioctl(vm, GZVM_RUN, 0UL), ENOTTY, "a VM does not run");
	is_errno(ioctl(vm, GZVM_SET_MEMORY_REGION, &region), ENOTTY,
		 "SET_MEMORY_REGION is declared and not implemented");
	is_errno(ioctl(vm, _IO(GZVM_IOC_MAGIC, 0x60), 0UL), ENOTTY, "a VM creates no irqchip");
}

static void test_create_vm(int device)
{
	int vm;

	is_errno(ioctl(device, GZVM_CREATE_VM, 1UL), EINVAL, "VM type 1 is refused");
	is_errno(ioctl(device, GZVM_CREATE_VM, ~0UL), EINVAL, "VM type -1 is refused");
	vm = ioctl(device, GZVM_CREATE_VM, 0UL);
	if (!is_errno(vm, 0, "VM type 0 is created"))
		return;
	is_number(fcntl(vm, F_GETFD), FD_CLOEXEC, "its fd is closed by exec");
	is_number(counter("vms"), 1, "the driver counts one VM");
	close(vm);
}

static long create_device(int vm, struct gzvm_create_device device)
{
	return ioctl(vm, GZVM_CREATE_DEVICE, &device);
}

static void test_create_device(int vm)
{
	const struct gzvm_create_device distributor = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
		.dev_addr = 0x08000000,
		.dev_reg_size = 0x10000,
	};
	struct gzvm_create_device device;

	is_errno(ioctl(vm, GZVM_CREATE_DEVICE, 0UL), EFAULT, "a device from nowhere is refused");
	device = distributor;
	device.dev_type = GZVM_DEV_TYPE_MAX;
	is_errno(create_device(vm, device), EINVAL, "an unknown device type is refused");
	device = distributor;
	device.attr_addr = (uintptr_t)&device;
	device.attr_size = PAGE_BYTES + 1;
	is_errno(create_device(vm, device), EINVAL, "attributes of more than a page are refused");
	device.attr_addr = 8;
	device.attr_size = 8;
	is_errno(create_device(vm, device), EFAULT, "attributes from nowhere are refused");
	is_errno(create_device(vm, distributor), 0, "a GIC distributor is created");
	device = distributor;
	device.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST;
	device.dev_addr = 0x080a0000;
	device.dev_reg_size = 0x20000;
	is_errno(create_device(vm, device), 0, "a GIC redistributor is created");
}

static void test_enable_cap(int vm)
{
	static const uint64_t internal[] = {
		GZVM_CAP_BLOCK_BASED_DEMAND_PAGING,
		GZVM_CAP_ENABLE_DEMAND_PAGING,
		GZVM_CAP_ENABLE_IDLE,
		GZVM_CAP_QUERY_HYP_BATCH_PAGES,
		GZVM_CAP_QUERY_DESTROY_BATCH_PAGES,
		GZVM_CAP_VM_GPA_SIZE,
	};
	struct gzvm_enable_cap cap = { .cap = GZVM_CAP_PROTECTED_VM, .args = { 3 } };

	is_errno(ioctl(vm, GZVM_ENABLE_CAP, 0UL), EFAULT, "a capability from nowhere is refused");
	is_errno(ioctl(vm, GZVM_ENABLE_CAP, &cap), EINVAL, "an unknown sub-command is refused");
	for (size_t i = 0; i < COUNT(internal); i++) {
		cap = (struct gzvm_enable_cap){ .cap = internal[i], .args = { 0x200000, 0x1000 } };
		is_errno(ioctl(vm, GZVM_ENABLE_CAP, &cap), EINVAL,
			 "a capability that is the driver's own is refused");
	}
}

/* An ioctl in a child that has inherited the fd: not the VM's memory. */
static int errno_in_child(int vm)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		bail_out("fork");
	if (!child)
		_exit(ioctl(vm, GZVM_CREATE_VCPU, 0UL) < 0 ? errno : 0);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void test_device(void)
{
	int device = open_device();
	int vm;

	test_create_vm(device);
	vm = create_vm();
	test_capabilities_of(device, "the device");
	test_capabilities_of(vm, "a VM");
	test_unknown_requests(device, vm);
	test_create_device(vm);
	test_enable_cap(vm);
	is_number(errno_in_child(vm), EIO, "a VM can be used by its creator only");
	close(vm);
	close(device);
}
