// SPDX-License-Identifier: GPL-2.0-only
/* The benchmark's VM on /dev/kvm: Linux, Documentation/virt/kvm/api.rst. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/kvm.h>

#include "backend.h"

#define CORE_REGISTER(offset) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | ((offset) / sizeof(__u32)))

static int kvm_set_gic(struct bench_vm *vm, uint32_t group, uint64_t attribute, uint64_t *value)
{
	struct kvm_device_attr attr = {
		.group = group,
		.attr = attribute,
		.addr = (uintptr_t)value,
	};

	if (ioctl(vm->gic_fd, KVM_SET_DEVICE_ATTR, &attr))
		return bench_error("KVM_SET_DEVICE_ATTR group %u attribute %llu", group,
				   (unsigned long long)attribute);
	return 0;
}

/* After the vCPU: the GIC is initialised for those that exist. */
static int kvm_create_gic(struct bench_vm *vm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };
	uint64_t distributor = BENCH_GICD_BASE;
	uint64_t redistributor = BENCH_GICR_BASE;

	if (ioctl(vm->vm_fd, KVM_CREATE_DEVICE, &device))
		return bench_error("KVM_CREATE_DEVICE");
	vm->gic_fd = device.fd;
	if (kvm_set_gic(vm, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
			&distributor) ||
	    kvm_set_gic(vm, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
			&redistributor))
		return -1;
	return kvm_set_gic(vm, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

static int kvm_write_register(struct bench_vm *vm, size_t offset, uint64_t value)
{
	struct kvm_one_reg request = {
		.id = CORE_REGISTER(offset),
		.addr = (uintptr_t)&value,
	};

	if (ioctl(vm->vcpu_fd, KVM_SET_ONE_REG, &request))
		return bench_error("KVM_SET_ONE_REG 0x%llx", (unsigned long long)request.id);
	return 0;
}

static int kvm_set_register(struct bench_vm *vm, enum bench_register reg, uint64_t value)
{
	size_t offset = reg == BENCH_PC ? offsetof(struct kvm_regs, regs.pc) :
					  offsetof(struct kvm_regs, regs.regs) +
						  reg * sizeof(uint64_t);

	return kvm_write_register(vm, offset, value);
}

static int kvm_create_vcpu(struct bench_vm *vm)
{
	struct kvm_vcpu_init init;
	int bytes;

	vm->vcpu_fd = ioctl(vm->vm_fd, KVM_CREATE_VCPU, 0UL);
	if (vm->vcpu_fd < 0)
		return bench_error("KVM_CREATE_VCPU");
	if (ioctl(vm->vm_fd, KVM_ARM_PREFERRED_TARGET, &init))
		return bench_error("KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vm->vcpu_fd, KVM_ARM_VCPU_INIT, &init))
		return bench_error("KVM_ARM_VCPU_INIT");
	bytes = ioctl(vm->device_fd, KVM_GET_VCPU_MMAP_SIZE, 0UL);
	if (bytes < 0)
		return bench_error("KVM_GET_VCPU_MMAP_SIZE");
	vm->run = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu_fd, 0);
	if (vm->run == MAP_FAILED) {
		vm->run = NULL;
		return bench_error("cannot map the run buffer");
	}
	vm->run_bytes = bytes;
	return kvm_write_register(vm, offsetof(struct kvm_regs, regs.pstate), BENCH_PSTATE);
}

static int kvm_create(struct bench_vm *vm)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = BENCH_RAM_BASE,
		.memory_size = vm->ram_bytes,
		.userspace_addr = (uintptr_t)vm->ram,
	};

	vm->device_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->device_fd < 0)
		return bench_error("cannot open /dev/kvm");
	vm->vm_fd = ioctl(vm->device_fd, KVM_CREATE_VM, 0UL);
	if (vm->vm_fd < 0)
		return bench_error("KVM_CREATE_VM");
	if (ioctl(vm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region))
		return bench_error("KVM_SET_USER_MEMORY_REGION");
	return kvm_create_vcpu(vm) || kvm_create_gic(vm) ? -1 : 0;
}

static void kvm_destroy(struct bench_vm *vm)
{
	if (vm->run)
		munmap(vm->run, vm->run_bytes);
	vm->run = NULL;
	bench_close(&vm->gic_fd);
	bench_close(&vm->vcpu_fd);
	bench_close(&vm->vm_fd);
	bench_close(&vm->device_fd);
}

static int kvm_set_doorbell(struct bench_vm *vm, const struct bench_doorbell *doorbell,
			    bool assign)
{
	struct kvm_ioeventfd request = {
		.addr = doorbell->address,
		.len = doorbell->length,
		.datamatch = doorbell->data,
		.fd = doorbell->eventfd,
		.flags = (doorbell->match ? KVM_IOEVENTFD_FLAG_DATAMATCH : 0) |
			 (assign ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN),
	};

	if (ioctl(vm->vm_fd, KVM_IOEVENTFD, &request))
		return bench_error("KVM_IOEVENTFD 0x%llx/%u data %llu",
				   (unsigned long long)request.addr, request.len,
				   (unsigned long long)request.datamatch);
	return 0;
}

static int kvm_bind_interrupt(struct bench_vm *vm, uint32_t spi, int eventfd)
{
	/* Without a routing table of its own, GSI n of an arm64 VM is SPI number n. */
	struct kvm_irqfd request = { .fd = eventfd, .gsi = spi };

	return ioctl(vm->vm_fd, KVM_IRQFD, &request) ? bench_error("KVM_IRQFD %u", spi) : 0;
}

static int kvm_run(struct bench_vm *vm, struct bench_access *access)
{
	struct kvm_run *run = vm->run;

	if (ioctl(vm->vcpu_fd, KVM_RUN, 0UL))
		return bench_error("KVM_RUN");
	errno = 0;
	if (run->exit_reason != KVM_EXIT_MMIO)
		return bench_error("KVM_RUN: exit reason %u is no access", run->exit_reason);
	access->address = run->mmio.phys_addr;
	access->is_write = run->mmio.is_write;
	access->answer = run->mmio.data;
	memcpy(&access->data, run->mmio.data, sizeof(access->data));
	return 0;
}

const struct bench_backend kvm_backend = {
	.name = "kvm",
	.create = kvm_create,
	.destroy = kvm_destroy,
	.set_register = kvm_set_register,
	.set_doorbell = kvm_set_doorbell,
	.bind_interrupt = kvm_bind_interrupt,
	.run = kvm_run,
};
