// SPDX-License-Identifier: GPL-2.0-only
/* The benchmark's VM on /dev/gzvm. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/gzvm.h>

#include "backend.h"

static int gzvm_create_gic(struct bench_vm *vm)
{
	struct gzvm_create_device distributor = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
		.dev_addr = BENCH_GICD_BASE,
		.dev_reg_size = BENCH_GICD_BYTES,
	};
	struct gzvm_create_device redistributor = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST,
		.dev_addr = BENCH_GICR_BASE,
		.dev_reg_size = BENCH_GICR_BYTES,
	};

	if (ioctl(vm->vm_fd, GZVM_CREATE_DEVICE, &distributor) ||
	    ioctl(vm->vm_fd, GZVM_CREATE_DEVICE, &redistributor))
		return bench_error("GZVM_CREATE_DEVICE");
	return 0;
}

static int gzvm_write_register(struct bench_vm *vm, uint64_t offset, uint64_t value)
{
	struct gzvm_one_reg request = {
		.id = GZVM_REG_CORE64(offset),
		.addr = (uintptr_t)&value,
	};

	if (ioctl(vm->vcpu_fd, GZVM_SET_ONE_REG, &request))
		return bench_error("GZVM_SET_ONE_REG 0x%llx", (unsigned long long)request.id);
	return 0;
}

static int gzvm_set_register(struct bench_vm *vm, enum bench_register reg, uint64_t value)
{
	return gzvm_write_register(vm, reg == BENCH_PC ? GZVM_CORE_PC : GZVM_CORE_X(reg), value);
}

static int gzvm_create(struct bench_vm *vm)
{
	struct gzvm_userspace_memory_region region = {
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = BENCH_RAM_BASE,
		.memory_size = vm->ram_bytes,
		.userspace_addr = (uintptr_t)vm->ram,
	};

	vm->device_fd = open("/dev/gzvm", O_RDWR | O_CLOEXEC);
	if (vm->device_fd < 0)
		return bench_error("cannot open /dev/gzvm");
	vm->vm_fd = ioctl(vm->device_fd, GZVM_CREATE_VM, 0UL);
	if (vm->vm_fd < 0)
		return bench_error("GZVM_CREATE_VM");
	if (ioctl(vm->vm_fd, GZVM_SET_USER_MEMORY_REGION, &region))
		return bench_error("GZVM_SET_USER_MEMORY_REGION");
	if (gzvm_create_gic(vm))
		return -1;
	vm->vcpu_fd = ioctl(vm->vm_fd, GZVM_CREATE_VCPU, 0UL);
	if (vm->vcpu_fd < 0)
		return bench_error("GZVM_CREATE_VCPU");
	vm->run_bytes = sizeof(struct gzvm_vcpu_run);
	vm->run = calloc(1, vm->run_bytes);
	if (!vm->run)
		return bench_error("cannot allocate the run buffer");
	return gzvm_write_register(vm, GZVM_CORE_PSTATE, BENCH_PSTATE);
}

static void gzvm_destroy(struct bench_vm *vm)
{
	free(vm->run);
	vm->run = NULL;
	bench_close(&vm->vcpu_fd);
	bench_close(&vm->vm_fd);
	bench_close(&vm->device_fd);
}

static int gzvm_set_doorbell(struct bench_vm *vm, const struct bench_doorbell *doorbell,
			     bool assign)
{
	struct gzvm_ioeventfd request = {
		.addr = doorbell->address,
		.len = doorbell->length,
		.datamatch = doorbell->data,
		.fd = doorbell->eventfd,
		.flags = (doorbell->match ? GZVM_IOEVENTFD_FLAG_DATAMATCH : 0) |
			 (assign ? 0 : GZVM_IOEVENTFD_FLAG_DEASSIGN),
	};

	if (ioctl(vm->vm_fd, GZVM_IOEVENTFD, &request))
		return bench_error("GZVM_IOEVENTFD 0x%llx/%u data %llu",
				   (unsigned long long)request.addr, request.len,
				   (unsigned long long)request.datamatch);
	return 0;
}

static int gzvm_bind_interrupt(struct bench_vm *vm, uint32_t spi, int eventfd)
{
	struct gzvm_irqfd request = { .fd = eventfd, .gsi = spi };

	return ioctl(vm->vm_fd, GZVM_IRQFD, &request) ? bench_error("GZVM_IRQFD %u", spi) : 0;
}

static int gzvm_run(struct bench_vm *vm, struct bench_access *access)
{
	struct gzvm_vcpu_run *run = vm->run;

	if (ioctl(vm->vcpu_fd, GZVM_RUN, run))
		return bench_error("GZVM_RUN");
	errno = 0;
	if (run->exit_reason != GZVM_EXIT_MMIO)
		return bench_error("GZVM_RUN: exit reason 0x%x is no access", run->exit_reason);
	access->address = run->mmio.phys_addr;
	access->is_write = run->mmio.is_write;
	access->answer = run->mmio.data;
	memcpy(&access->data, run->mmio.data, sizeof(access->data));
	return 0;
}

const struct bench_backend gzvm_backend = {
	.name = "gzvm",
	.create = gzvm_create,
	.destroy = gzvm_destroy,
	.set_register = gzvm_set_register,
	.set_doorbell = gzvm_set_doorbell,
	.bind_interrupt = gzvm_bind_interrupt,
	.run = gzvm_run,
};
