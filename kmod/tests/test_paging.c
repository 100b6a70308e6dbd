// SPDX-License-Identifier: GPL-2.0-only
/* The three ways in which a VM gets its memory, chosen by the module's parameter. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzvm_test.h"

#define PARAMETER	"/sys/module/gzvm/parameters/paging"
#define SLOT_PAGES	(RAM_BYTES / PAGE_BYTES)
/* The page of the program, and the one that it stores to. */
#define TOUCHED_PAGES	2
#define VALUE		0x5a5aULL

bool set_paging(char way)
{
	int fd = open(PARAMETER, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, &way, 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

/* @before, @after: pinned pages before and after the guest has run */
static void test_way(char way, long before, long after, const char *name)
{
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 3) };
	struct program p;

	if (!ok(set_paging(way), "%s can be chosen", name))
		return;
	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), RAM_GPA + RAM_BYTES - PAGE_BYTES);
	set_register(p.vcpu, GZVM_CORE_X(1), VALUE);
	set_register(p.vcpu, GZVM_CORE_X(3), DOORBELL_GPA);
	is_number(counter("pinned_pages"), before, "pages are pinned when they should be");
	is_errno(run(&p), 0, "RUN returns");
	ok(p.run.exit_reason == GZVM_EXIT_MMIO && p.run.mmio.phys_addr == DOORBELL_GPA &&
	   p.ram[(RAM_BYTES - PAGE_BYTES) / sizeof(p.ram[0])] == VALUE,
	   "the guest has its memory");
	is_number(counter("pinned_pages"), after, "no more than it needs is pinned");
	program_stop(&p);
}

/* A region that cannot be pinned: its file ends before it does. */
static void test_hole(void)
{
	struct gzvm_userspace_memory_region region = {
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_BYTES,
	};
	int file = memfd_create("hole", MFD_CLOEXEC);
	int vm = create_vm();
	void *memory;

	if (ftruncate(file, RAM_BYTES / 2))
		bail_out("ftruncate");
	memory = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	region.userspace_addr = (uintptr_t)memory;
	is_errno(ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region), EFAULT,
		 "memory with a hole cannot be given as a whole");
	is_number(counter("pinned_pages"), 0, "and none of it stays pinned");
	if (ftruncate(file, RAM_BYTES))
		bail_out("ftruncate");
	is_errno(ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region), 0,
		 "the slot can be used when the hole is filled");
	close(vm);
	munmap(memory, RAM_BYTES);
	close(file);
}

void test_paging(void)
{
	test_way('0', SLOT_PAGES, SLOT_PAGES, "all memory at once");
	test_hole();
	test_way('1', 0, TOUCHED_PAGES, "page by page");
	test_way('2', 0, SLOT_PAGES, "block by block");
}
