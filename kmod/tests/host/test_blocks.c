// SPDX-License-Identifier: GPL-2.0-only
/* 2 MiB of guest memory in one entry of stage 2: made, split, protected, taken back. */
#include "host.h"

#define PA		SPARE_BASE
#define REGION		(PA + 0x400000UL)
#define BLOCK_PA	(PA + 0x800000UL)
#define OTHER_PA	(PA + 0xc00000UL)
#define BLOCK_GPA	(MACHINE_GPA + 0x40000000UL)
#define BLOCK_PAGES	512UL
#define SIGN_GPA	0x0b000000UL
#define SLOT		1
#define CODE_PAGES	2
#define MEM_SHARE	0xc6000003U
#define DESTROY_BUDGET	16UL

/* A64 */
#define LDR_X1_X0	0xf9400001U
#define STR_X1_X9	0xf9000121U
#define BRANCH_BACK_2	0x17fffffeU
#define HVC_0		0xd4000002U
#define STR_X0_X9	0xf9000120U

/* Where the guest makes a call instead of reading, in bytes. */
#define CALL_OFFSET	12UL

static volatile u64 *word(u64 pa)
{
	return (volatile u64 *)pa;
}

static s32 map(u64 vm, u64 pa, u64 page, u64 pages)
{
	return hvc(GZVM_HVC_MAP_GUEST, vm, SLOT, pa / PAGE_BYTES, BLOCK_GPA / PAGE_BYTES + page,
		   pages);
}

static s32 unmap(u64 vm, u64 page)
{
	return hvc(GZVM_HVC_JINN_UNMAP_GUEST, vm, SLOT, BLOCK_GPA / PAGE_BYTES + page, 0, 0);
}

/* What the VM costs gzhyp, its tables included. */
static u64 bytes_of(u64 vm)
{
	hvc(GZVM_HVC_GET_STATISTICS, vm, 0, 0, 0, 0);
	return hvc_result;
}

/* A VM that reads what x0 points to and stores it at x9, for ever; with an empty slot. */
static bool create(struct machine *machine)
{
	static const u32 code[] = {
		LDR_X1_X0, STR_X1_X9, BRANCH_BACK_2, HVC_0, STR_X0_X9,
	};
	struct gzvm_memregion *region = (struct gzvm_memregion *)REGION;

	if (!machine_create(machine, PA, CODE_PAGES))
		return false;
	for (u32 i = 0; i < COUNT(code); i++)
		((volatile u32 *)machine->memory)[i] = code[i];
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
	for (u64 page = 0; page < BLOCK_PAGES; page++)
		*word(BLOCK_PA + page * PAGE_BYTES) = page;
	region->slot = SLOT;
	region->constituent_cnt = 0;
	region->gpa = BLOCK_GPA;
	region->total_pages = BLOCK_PAGES;
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(machine, GZVM_CORE_X(9), SIGN_GPA);
	return !hvc(GZVM_HVC_SET_MEMREGION, machine->vm, GZVM_MEMREGION_BUFFER_BYTES, REGION, 0, 0);
}

/* Whether the guest finds @value in the page; it can be asked again and again. */
static bool guest_reads(const struct machine *machine, u64 page, u64 value)
{
	machine_set(machine, GZVM_CORE_X(0), BLOCK_GPA + page * PAGE_BYTES);
	return machine_run(machine, 100) == GZVM_EXIT_MMIO &&
	       machine_exit(machine)->mmio.phys_addr == SIGN_GPA &&
	       *word((u64)machine_exit(machine)->mmio.data) == value;
}

static bool guest_faults(const struct machine *machine, u64 page)
{
	machine_set(machine, GZVM_CORE_X(0), BLOCK_GPA + page * PAGE_BYTES);
	return machine_run(machine, 100) == GZVM_EXIT_EXCEPTION &&
	       machine_exit(machine)->exception.fault_gpa == BLOCK_GPA + page * PAGE_BYTES;
}

static bool guest_reads_all(const struct machine *machine)
{
	for (u64 page = 0; page < BLOCK_PAGES; page++)
		if (!guest_reads(machine, page, page))
			return false;
	return true;
}

static void test_made_and_split(void)
{
	struct machine machine;
	u64 before;

	create(&machine);
	before = bytes_of(machine.vm);
	is_status(map(machine.vm, BLOCK_PA, 0, BLOCK_PAGES), GZVM_STATUS_OK, "2 MiB are mapped");
	ok(bytes_of(machine.vm) == before + PAGE_BYTES, "no table of pages is needed for them");
	ok(guest_reads_all(&machine), "the guest reads every page of them");
	is_status(map(machine.vm, BLOCK_PA, 0, BLOCK_PAGES), GZVM_STATUS_OK,
		  "the same again is fine");
	is_status(map(machine.vm, BLOCK_PA + 3 * PAGE_BYTES, 3, 1), GZVM_STATUS_OK,
		  "a page of them, too");
	is_status(map(machine.vm, OTHER_PA, 3, 1), GZVM_STATUS_INVALID_ARGS,
		  "another page there is refused");

	is_status(unmap(machine.vm, 5), GZVM_STATUS_OK, "one page is taken back");
	ok(bytes_of(machine.vm) == before + 2 * PAGE_BYTES, "which needs a table of pages");
	ok(guest_faults(&machine, 5), "the guest has lost it");
	ok(guest_reads(&machine, 4, 4) && guest_reads(&machine, 6, 6), "and not its neighbours");
	*word(OTHER_PA) = ~0UL;
	is_status(map(machine.vm, OTHER_PA, 5, 1), GZVM_STATUS_OK, "another page takes its place");
	ok(guest_reads(&machine, 5, ~0UL), "the guest finds it there");
	machine_destroy(&machine);
}

static void test_not_made(void)
{
	struct machine machine;
	u64 before;

	create(&machine);
	before = bytes_of(machine.vm);
	is_status(map(machine.vm, BLOCK_PA + PAGE_BYTES, 0, BLOCK_PAGES), GZVM_STATUS_OK,
		  "2 MiB that do not begin at a block are mapped");
	ok(bytes_of(machine.vm) == before + 2 * PAGE_BYTES, "as pages");
	ok(guest_reads(&machine, 0, 1) && guest_reads(&machine, 510, 511),
	   "the guest reads what is there");
	machine_destroy(&machine);

	create(&machine);
	map(machine.vm, BLOCK_PA + 7 * PAGE_BYTES, 7, 1);
	is_status(map(machine.vm, BLOCK_PA, 0, BLOCK_PAGES), GZVM_STATUS_OK,
		  "2 MiB of which a page is there already are mapped");
	ok(bytes_of(machine.vm) == before + 2 * PAGE_BYTES && guest_reads_all(&machine),
	   "as pages, too");
	machine_destroy(&machine);
}

static void test_removed(void)
{
	struct machine machine;
	u64 before;
	s32 status;

	create(&machine);
	before = bytes_of(machine.vm);
	map(machine.vm, BLOCK_PA, 0, BLOCK_PAGES);
	guest_reads(&machine, 1, 1);
	do {
		status = hvc(GZVM_HVC_JINN_REMOVE_SLOT, machine.vm, SLOT, 64, 0, 0);
	} while (status == GZVM_STATUS_BUSY);
	is_status(status, GZVM_STATUS_OK, "a slot with a block is removed");
	ok(bytes_of(machine.vm) == before, "its table is given back");
	machine_set(&machine, GZVM_CORE_X(0), BLOCK_GPA + PAGE_BYTES);
	ok(machine_run(&machine, 100) == GZVM_EXIT_MMIO &&
	   machine_exit(&machine)->mmio.phys_addr == BLOCK_GPA + PAGE_BYTES,
	   "the guest finds nothing there any more");
	machine_destroy(&machine);
}

static u64 pages_of_host(void)
{
	u64 pages = 0;

	for (u64 page = 0; page < BLOCK_PAGES; page++) {
		host_last_exception = 0;
		(void)*word(BLOCK_PA + page * PAGE_BYTES);
		pages += !host_last_exception;
	}
	return pages;
}

static bool is_wiped(void)
{
	for (u64 page = 0; page < BLOCK_PAGES; page++)
		if (*word(BLOCK_PA + page * PAGE_BYTES))
			return false;
	return true;
}

/* How many slices the end of the VM takes. */
static u64 destroy_in_slices(const struct machine *machine)
{
	u64 slices = 1;

	hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(machine->vm, 0), 0, 0, 0, 0);
	while (hvc(GZVM_HVC_DESTROY_VM, machine->vm, DESTROY_BUDGET, 0, 0, 0) == GZVM_STATUS_BUSY)
		slices++;
	return slices;
}

static void test_protected(void)
{
	struct machine machine;

	create(&machine);
	map(machine.vm, BLOCK_PA, 0, BLOCK_PAGES);
	is_status(hvc(GZVM_HVC_ENABLE_CAP, machine.vm, GZVM_CAP_PROTECTED_VM,
		      GZVM_CAP_PVM_SET_PROTECTED_VM, 0, 0), GZVM_STATUS_OK,
		  "a VM with a block is protected");
	ok(pages_of_host() == 0, "the host has lost all of the block");
	machine_set(&machine, GZVM_CORE_PC, MACHINE_GPA + CALL_OFFSET);
	machine_set(&machine, GZVM_CORE_X(0), MEM_SHARE);
	machine_set(&machine, GZVM_CORE_X(1), BLOCK_GPA + 9 * PAGE_BYTES);
	ok(machine_run(&machine, 100) == GZVM_EXIT_MMIO &&
	   !*word((u64)machine_exit(&machine)->mmio.data), "the guest shares a page of it");
	ok(pages_of_host() == 1 && *word(BLOCK_PA + 9 * PAGE_BYTES) == 9,
	   "the host has that page again, and no other");
	ok(destroy_in_slices(&machine) >= BLOCK_PAGES / DESTROY_BUDGET,
	   "the VM ends in slices of pages");
	*word(BLOCK_PA + 9 * PAGE_BYTES) = 0;
	ok(pages_of_host() == BLOCK_PAGES && is_wiped(), "the host has the block again, wiped");
}

void test_blocks(void)
{
	test_made_and_split();
	test_not_made();
	test_removed();
	test_protected();
}
