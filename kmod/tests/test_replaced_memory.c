// SPDX-License-Identifier: GPL-2.0-only
/* User memory that changes behind a guest that has it already. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzvm_test.h"

#define DATA_GPA	(RAM_GPA + RAM_BYTES)
#define DATA_BYTES	(2 * PAGE_BYTES)
#define FIRST		0x1111
#define SECOND		0x2222

static uint64_t *map_file(int file)
{
	uint64_t *memory = mmap(NULL, DATA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	if (memory == MAP_FAILED)
		bail_out("mmap");
	return memory;
}

static void replace_first_page(int file)
{
	if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE_BYTES))
		bail_out("fallocate");
}

/* One run loads from slot 1, shows the value by a store to nowhere, and stores x1 to slot 1. */
static uint64_t load_then_store(struct program *p, uint64_t next)
{
	uint64_t value = 0;

	set_register(p->vcpu, GZVM_CORE_X(1), next);
	is_errno(run(p), 0, "the guest loads and stores");
	memcpy(&value, p->run.mmio.data, sizeof(value));
	return value;
}

static void start(struct program *p, uint64_t *memory)
{
	static const uint32_t code[] = { LDR_X(2, 0), STR_X(1, 0), STR_X(2, 3), BACK(3) };
	const struct gzvm_userspace_memory_region region = {
		.slot = 1,
		.guest_phys_addr = DATA_GPA,
		.memory_size = DATA_BYTES,
		.userspace_addr = (uintptr_t)memory,
	};

	program_start(p, code, COUNT(code));
	is_errno(ioctl(p->vm, GZVM_SET_USER_MEMORY_REGION, &region), 0, "slot 1 takes two pages");
	set_register(p->vcpu, GZVM_CORE_X(0), DATA_GPA);
	set_register(p->vcpu, GZVM_CORE_X(3), DOORBELL_GPA);
}

/*
 * A page keeps its place from when it is pinned. Here that is a fault which then
 * fails for the page behind it; the page is replaced before the guest faults again.
 * Were the new one mapped with the pin of the old one, it would not be pinned.
 */
static void test_between_faults(int file, uint64_t *memory)
{
	struct program p;

	start(&p, memory);
	*memory = FIRST;
	is_errno(run(&p), EFAULT, "memory without its second page cannot be given to the guest");
	if (ftruncate(file, DATA_BYTES))
		bail_out("ftruncate");
	replace_first_page(file);
	is_number(load_then_store(&p, SECOND), FIRST, "the first page is still the old one");
	is_number(*memory, 0, "and not the one that has replaced it");
	program_stop(&p);
}

static void test_behind_guest(int file, uint64_t *memory)
{
	struct program p;
	long pinned;

	start(&p, memory);
	*memory = FIRST;
	is_number(load_then_store(&p, SECOND), FIRST, "a value that user space has written");
	is_number(*memory, SECOND, "which sees what the guest writes");
	pinned = counter("pinned_pages");
	replace_first_page(file);
	is_number(load_then_store(&p, FIRST), SECOND, "a page that is replaced stays the guest's");
	is_number(*memory, 0, "which does not write to the new one");
	is_number(counter("pinned_pages"), pinned, "no page has been pinned or lost");
	program_stop(&p);
}

void test_replaced_memory(void)
{
	int file = memfd_create("data", MFD_CLOEXEC);
	uint64_t *memory;

	/* The mapping is longer than the file. */
	if (file < 0 || ftruncate(file, PAGE_BYTES))
		bail_out("memfd");
	memory = map_file(file);
	test_between_faults(file, memory);
	test_behind_guest(file, memory);
	munmap(memory, DATA_BYTES);
	close(file);
}
