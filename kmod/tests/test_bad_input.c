// SPDX-License-Identifier: GPL-2.0-only
/* Arguments that cannot be read or written, and sizes that cannot be. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzvm_test.h"

#define KERNEL_ADDRESS	0xffff000000000000UL

static const struct {
	const char *name;
	unsigned long request;
	size_t bytes;
	bool on_vcpu;
} structures[] = {
	{ "CHECK_EXTENSION", GZVM_CHECK_EXTENSION, sizeof(uint64_t), false },
	{ "SET_USER_MEMORY_REGION", GZVM_SET_USER_MEMORY_REGION,
	  sizeof(struct gzvm_userspace_memory_region), false },
	{ "IRQ_LINE", GZVM_IRQ_LINE, sizeof(struct gzvm_irq_level), false },
	{ "IRQFD", GZVM_IRQFD, sizeof(struct gzvm_irqfd), false },
	{ "IOEVENTFD", GZVM_IOEVENTFD, sizeof(struct gzvm_ioeventfd), false },
	{ "ENABLE_CAP", GZVM_ENABLE_CAP, sizeof(struct gzvm_enable_cap), false },
	{ "CREATE_DEVICE", GZVM_CREATE_DEVICE, sizeof(struct gzvm_create_device), false },
	{ "SET_DTB_CONFIG", GZVM_SET_DTB_CONFIG, sizeof(struct gzvm_dtb_config), false },
	{ "RUN", GZVM_RUN, sizeof(struct gzvm_vcpu_run), true },
	{ "SET_ONE_REG", GZVM_SET_ONE_REG, sizeof(struct gzvm_one_reg), true },
};

/* Each one of the bytes is needed: all but the last can be read here. */
static void *cut_short(size_t bytes)
{
	return memset(map_edge(bytes - 1), 0, bytes - 1);
}

static void unmap_edge(void *edge)
{
	munmap((void *)((uintptr_t)edge & ~(PAGE_BYTES - 1)), PAGE_BYTES);
}

void test_bad_pointers(void)
{
	int vm = create_vm();
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);
	int device = open_device();
	uint64_t *extension;

	if (vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	for (size_t i = 0; i < COUNT(structures); i++) {
		int fd = structures[i].on_vcpu ? vcpu : vm;
		void *edge = cut_short(structures[i].bytes);

		diag("%s", structures[i].name);
		is_errno(ioctl(fd, structures[i].request, edge), EFAULT,
			 "an argument without its last byte is refused");
		is_errno(ioctl(fd, structures[i].request, KERNEL_ADDRESS), EFAULT,
			 "and one in the kernel");
		is_errno(ioctl(fd, structures[i].request, 0UL), EFAULT, "and none");
		unmap_edge(edge);
	}
	is_errno(ioctl(device, GZVM_CHECK_EXTENSION, 0UL), EINVAL,
		 "the device knows no extension without an address");
	extension = map_edge(sizeof(*extension));
	*extension = GZVM_CAP_VM_GPA_SIZE;
	is_errno(ioctl(device, GZVM_CHECK_EXTENSION, extension), 0,
		 "an extension up to the last byte of a page is answered");
	*extension = GZVM_CAP_VM_GPA_SIZE;
	mprotect((void *)((uintptr_t)extension & ~(PAGE_BYTES - 1)), PAGE_BYTES, PROT_READ);
	is_errno(ioctl(device, GZVM_CHECK_EXTENSION, extension), EFAULT,
		 "an answer that cannot be written is an error");
	unmap_edge(extension);
	close(device);
	close(vcpu);
	close(vm);
}

static long set_one(int vcpu, uint64_t id, const void *value)
{
	const struct gzvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu, GZVM_SET_ONE_REG, &reg);
}

/* 2^size bytes, a number that no register has. */
static uint64_t unknown_register(unsigned int size)
{
	return GZVM_REG_ARM64 | (uint64_t)size << GZVM_REG_SIZE_SHIFT | 0xffff;
}

/* Where the value ends the mapping ends: one byte more would be a fault. */
static void test_register_sizes(int vcpu)
{
	for (unsigned int size = 0; size < 16; size++) {
		size_t bytes = 1u << size;
		void *edge = map_edge(bytes <= sizeof(uint64_t) ? bytes : 1);
		void *cut = cut_short(bytes <= sizeof(uint64_t) ? bytes + 1 : 2);

		diag("register size field %u", size);
		is_errno(set_one(vcpu, unknown_register(size), edge), EINVAL,
			 "no more is read than the register has, nothing of one over 8 bytes");
		if (bytes <= sizeof(uint64_t))
			is_errno(set_one(vcpu, unknown_register(size), (char *)cut + 1), EFAULT,
				 "and no less");
		unmap_edge(edge);
		unmap_edge(cut);
	}
}

static void test_device_attributes(void)
{
	static const struct {
		const char *name;
		uint64_t flags;
		uint64_t bytes;
		bool readable;
		int error;
	} rows[] = {
		{ "attributes of 1 byte are accepted", 0, 1, true, 0 },
		{ "attributes of a page are accepted", 0, PAGE_BYTES, true, 0 },
		{ "attributes of a page and a byte are refused", 0, PAGE_BYTES + 1, true, EINVAL },
		{ "attributes of 2^32 bytes are refused", 0, 1ULL << 32, true, EINVAL },
		{ "attributes of 2^64 - 1 bytes are refused", 0, ~0ULL, true, EINVAL },
		{ "attributes without their last byte are refused", 0, PAGE_BYTES, false, EFAULT },
		{ "attributes of no bytes are not read", 0, 0, false, 0 },
		{ "a flag is refused", 1, 0, true, EINVAL },
		{ "the highest flag is refused", 1ULL << 63, 0, true, EINVAL },
	};
	char *attributes = map_edge(PAGE_BYTES);

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct gzvm_create_device device = {
			.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
			.flags = rows[i].flags,
			.dev_addr = 0x08000000,
			.dev_reg_size = 0x10000,
			.attr_addr = (uintptr_t)attributes + !rows[i].readable,
			.attr_size = rows[i].bytes,
		};
		/* A VM has one distributor. */
		int vm = create_vm();

		is_errno(ioctl(vm, GZVM_CREATE_DEVICE, &device), rows[i].error, rows[i].name);
		close(vm);
	}
	unmap_edge(attributes);
}

void test_bad_sizes(void)
{
	int vm = create_vm();
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);

	if (vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	test_register_sizes(vcpu);
	close(vcpu);
	close(vm);
	test_device_attributes();
}
