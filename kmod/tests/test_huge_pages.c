// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory that is a huge page of the host is one block of the hypervisor's tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "watched.h"

#define MEM_RELINQUISH	0xc6000009U
#define GIVEN_UP_PAGE	5

/* RAM_BYTES at a multiple of RAM_BYTES, in a mapping of their own. */
static uint32_t *map_aligned(int advice)
{
	char *reserved = mmap(NULL, 3 * RAM_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t start = ((uintptr_t)reserved + 2 * RAM_BYTES - 1) & ~(RAM_BYTES - 1);
	void *ram = mmap((void *)start, RAM_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (reserved == MAP_FAILED || ram == MAP_FAILED || madvise(ram, RAM_BYTES, advice))
		bail_out("cannot map memory");
	return ram;
}

static unsigned long hypervisor_bytes(void)
{
	struct watched watched;
	unsigned long bytes;
	char *text;

	if (!watched_find_folder(&watched))
		bail_out("a VM has no folder in debugfs");
	text = read_text(watched.folder, "hypervisor_bytes");
	bytes = strtoul(text, NULL, 10);
	free(text);
	return bytes;
}

/* What the guest's first 2 MiB cost the hypervisor; the VM goes on. */
static unsigned long start(struct program *p, int advice)
{
	/* Stores to a doorbell, gives up a page, stores to it and to the doorbell. */
	static const uint32_t code[] = { STR_W(1, 2), HVC, STR_W(3, 1), STR_W(1, 2) };
	unsigned long before;

	program_start_in(p, map_aligned(advice), code, COUNT(code));
	set_register(p->vcpu, GZVM_CORE_X(0), MEM_RELINQUISH);
	set_register(p->vcpu, GZVM_CORE_X(1), RAM_GPA + GIVEN_UP_PAGE * PAGE_BYTES);
	set_register(p->vcpu, GZVM_CORE_X(2), DOORBELL_GPA);
	set_register(p->vcpu, GZVM_CORE_X(3), 0x5ec2e7);
	before = hypervisor_bytes();
	is_errno(run(p), 0, "the guest runs");
	return hypervisor_bytes() - before;
}

/* A balloon's page in the middle of a huge page: that page goes, and no other. */
static void test_discard(void)
{
	struct gzvm_enable_cap discard = {
		.cap = GZVM_CAP_JINN,
		.args = { GZVM_JINN_DISCARD, RAM_GPA + GIVEN_UP_PAGE * PAGE_BYTES, PAGE_BYTES },
	};
	struct program p;

	start(&p, MADV_HUGEPAGE);
	is_errno(ioctl(p.vm, GZVM_ENABLE_CAP, &discard), 0, "a page of a huge page is discarded");
	is_number(counter("pinned_pages"), RAM_BYTES / PAGE_BYTES - 1, "it alone is unpinned");
	is_errno(run(&p), 0, "the guest stores there");
	is_number(p.ram[GIVEN_UP_PAGE * PAGE_BYTES / sizeof(*p.ram)], 0x5ec2e7,
		  "and the store is in the process's memory");
	is_number(counter("pinned_pages"), RAM_BYTES / PAGE_BYTES, "the page is pinned again");
	discard.args[1] = RAM_GPA;
	discard.args[2] = RAM_BYTES;
	is_errno(ioctl(p.vm, GZVM_ENABLE_CAP, &discard), 0, "all of it is discarded");
	is_number(counter("pinned_pages"), 0, "nothing is pinned then");
	program_stop(&p);
}

void test_huge_pages(void)
{
	const uint32_t *given_up;
	struct program p;

	is_number(start(&p, MADV_NOHUGEPAGE), 2 * PAGE_BYTES,
		  "2 MiB of pages need two tables of the hypervisor");
	program_stop(&p);
	is_number(start(&p, MADV_HUGEPAGE), PAGE_BYTES, "a huge page needs one");
	is_number(counter("pinned_pages"), RAM_BYTES / PAGE_BYTES, "all of it is pinned");
	given_up = &p.ram[GIVEN_UP_PAGE * PAGE_BYTES / sizeof(*p.ram)];
	is_errno(run(&p), 0, "the guest gives up a page of it and stores there again");
	ok(p.run.exit_reason == GZVM_EXIT_MMIO && p.run.mmio.phys_addr == DOORBELL_GPA &&
	   *given_up == 0x5ec2e7, "it has the page back");
	is_number(counter("pinned_pages"), RAM_BYTES / PAGE_BYTES, "pinned once");
	program_stop(&p);
	test_discard();
	ok(counters_become_zero(), "nothing is left");
}
