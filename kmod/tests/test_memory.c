// SPDX-License-Identifier: GPL-2.0-only
/* Memory slots and the device-tree region. */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzvm_test.h"

static long set_region(int vm, struct gzvm_userspace_memory_region region)
{
	return ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region);
}

static void test_bad_numbers(int vm, const struct gzvm_userspace_memory_region *good)
{
	static const struct {
		const char *name;
		uint32_t slot;
		uint64_t gpa;
		uint64_t bytes;
	} rows[] = {
		{ "slot 10 is refused", GZVM_MAX_MEM_REGION, RAM_GPA, RAM_BYTES },
		{ "slot 2^32 - 1 is refused", 0xffffffff, RAM_GPA, RAM_BYTES },
		{ "an unaligned address is refused", 0, RAM_GPA + 1, RAM_BYTES },
		{ "an address aligned to half a page is refused", 0, RAM_GPA + 2048, RAM_BYTES },
		{ "an unaligned size is refused", 0, RAM_GPA, RAM_BYTES + 1 },
		{ "a region that wraps is refused", 0, -PAGE_BYTES, RAM_BYTES },
		{ "2^31 pages are refused", 0, 0, PAGE_BYTES << 31 },
		{ "less than the mapping is refused", 0, RAM_GPA, RAM_BYTES - PAGE_BYTES },
		{ "more than the mapping is refused", 0, RAM_GPA, RAM_BYTES + PAGE_BYTES },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gzvm_userspace_memory_region region = *good;

		region.slot = rows[i].slot;
		region.guest_phys_addr = rows[i].gpa;
		region.memory_size = rows[i].bytes;
		is_errno(set_region(vm, region), EINVAL, rows[i].name);
	}
}

static void test_bad_backing(int vm, const struct gzvm_userspace_memory_region *good)
{
	struct gzvm_userspace_memory_region region = *good;
	void *read_only = map_shared(RAM_BYTES);

	region.userspace_addr = 0;
	is_errno(set_region(vm, region), EFAULT, "memory at user address 0 is refused");
	mprotect(read_only, RAM_BYTES, PROT_READ);
	region.userspace_addr = (uintptr_t)read_only;
	is_errno(set_region(vm, region), EFAULT, "memory that cannot be written is refused");
	munmap(read_only, RAM_BYTES);
	is_errno(set_region(vm, region), EFAULT, "memory that has been unmapped is refused");
	is_errno(ioctl(vm, GZVM_SET_USER_MEMORY_REGION, 8UL), EFAULT,
		 "a region from nowhere is refused");
}

static void test_slot_numbers(int vm, const struct gzvm_userspace_memory_region *good)
{
	struct gzvm_userspace_memory_region region = *good;
	void *other = map_shared(RAM_BYTES);

	is_errno(set_region(vm, region), 0, "slot 0 takes memory");
	is_errno(set_region(vm, region), EEXIST, "a slot in use is refused");
	region.userspace_addr = (uintptr_t)other;
	region.slot = 1;
	is_errno(set_region(vm, region), EEXIST, "the same addresses in another slot are refused");
	region.guest_phys_addr = RAM_GPA + RAM_BYTES - PAGE_BYTES;
	is_errno(set_region(vm, region), EEXIST, "an overlap at the end is refused");
	region.guest_phys_addr = RAM_GPA - RAM_BYTES + PAGE_BYTES;
	is_errno(set_region(vm, region), EEXIST, "an overlap at the start is refused");
	region.slot = GZVM_MAX_MEM_REGION - 1;
	region.guest_phys_addr = RAM_GPA + RAM_BYTES;
	is_errno(set_region(vm, region), 0, "slot 9 takes the memory right behind slot 0");
	munmap(other, RAM_BYTES);
}

/* The width that the driver tells is the one that the hypervisor has. */
static void test_width(const struct gzvm_userspace_memory_region *good)
{
	struct gzvm_userspace_memory_region region = *good;
	uint64_t bits = GZVM_CAP_VM_GPA_SIZE;
	int vm = create_vm();

	is_errno(ioctl(vm, GZVM_CHECK_EXTENSION, &bits), 0, "the width of a gpa is known");
	region.guest_phys_addr = 1ULL << bits;
	is_errno(set_region(vm, region), EINVAL, "memory beyond it is refused");
	region.guest_phys_addr -= RAM_BYTES - PAGE_BYTES;
	is_errno(set_region(vm, region), EINVAL, "memory that ends beyond it is refused");
	region.guest_phys_addr -= PAGE_BYTES;
	is_errno(set_region(vm, region), 0, "memory up to its last byte is accepted");
	close(vm);
}

static long set_dtb(int vm, uint64_t gpa, uint64_t bytes)
{
	struct gzvm_dtb_config config = { .dtb_addr = gpa, .dtb_size = bytes };

	return ioctl(vm, GZVM_SET_DTB_CONFIG, &config);
}

static void test_dtb_config(int vm)
{
	is_errno(ioctl(vm, GZVM_SET_DTB_CONFIG, 8UL), EFAULT,
		 "a DTB config from nowhere is refused");
	is_errno(set_dtb(vm, RAM_GPA, 0x10000), 0, "a device tree in memory is accepted");
	is_errno(set_dtb(vm, RAM_GPA - RAM_BYTES, 0x10000), EINVAL,
		 "a device tree outside memory is refused");
	is_errno(set_dtb(vm, RAM_GPA, ~0ULL), EINVAL, "a device tree that wraps is refused");
}

void test_memory(void)
{
	void *memory = map_shared(RAM_BYTES);
	const struct gzvm_userspace_memory_region good = {
		.slot = 0,
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_BYTES,
		.userspace_addr = (uintptr_t)memory,
	};
	int vm = create_vm();

	test_width(&good);
	test_bad_numbers(vm, &good);
	test_bad_backing(vm, &good);
	test_slot_numbers(vm, &good);
	test_dtb_config(vm);
	close(vm);
	munmap(memory, RAM_BYTES);
}
