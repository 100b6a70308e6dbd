// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the guest may only read: with its own translation on, for the stores that
 * the CPU does not describe, as a block; and what a host may not ask for.
 */
#include "host.h"

#define PA		SPARE_BASE
#define PAGES		4UL
#define REGION		(PA + 0x100000UL)
#define ROM_PA		(PA + 0x200000UL)
#define ROM_GPA		0x0a000000UL
#define ROM_PAGES	2UL
#define TABLE_GPA	(ROM_GPA + PAGE_BYTES)
#define BLOCK_PA	(PA + 0x400000UL)
#define BLOCK_GPA	0x80000000UL
#define BLOCK_PAGES	512UL
#define SIGN_GPA	0x0c000000UL
/* The guest's tables have the first GiB here, the second where it is. */
#define HIGH		0x80000000UL
#define SLOT		1
#define OFFSET		0x68UL
#define MARK		0x1122334455667788UL
#define VALUE		0xaabbccddeeff0011UL
#define VECTORS		0x800UL

/* A64 */
#define MSR_TTBR0_X11	0xd518200bU
#define MSR_TCR_X12	0xd518204cU
#define MSR_MAIR_X13	0xd518a20dU
#define MSR_SCTLR_X14	0xd518100eU
#define MSR_VBAR_X15	0xd518c00fU
#define ISB		0xd5033fdfU
#define MRS_ESR_X2	0xd5385202U
#define LDR_X2_X0	0xf9400002U
#define STR_X1_X0	0xf9000001U
#define STR_X2_X9	0xf9000122U
#define STP_X1_X2_X0	0xa9000801U
#define STR_X1_X0_INC	0xf8008401U	/* post-index */
#define LDXR_X2_X0	0xc85f7c02U
#define STXR_W3_X1_X0	0xc8037c01U
#define BRANCH_SELF	0x14000000U
#define BRANCH_BACK_2	0x17fffffeU
#define BRANCH_BACK_3	0x17fffffdU

/* Stage 1: 4 GiB from level 1 on, Normal and Device memory (Arm ARM D8.3). */
#define TCR		(32UL | 1UL << 8 | 1UL << 10 | 3UL << 12)
#define MAIR		0x04ffUL
#define SCTLR		0x30d00801UL
#define BLOCK_NORMAL	(1UL | 1UL << 10 | 3UL << 8)
#define BLOCK_DEVICE	(1UL | 1UL << 10 | 1UL << 2)

static volatile u64 *word(u64 pa)
{
	return (volatile u64 *)pa;
}

static void write_code(const struct machine *machine, const u32 *code, u64 count)
{
	for (u64 i = 0; i < count; i++)
		((volatile u32 *)machine->memory)[i] = code[i];
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(machine, GZVM_CORE_PSTATE, 0x3c5);
	machine_set(machine, GZVM_CORE_X(1), VALUE);
	machine_set(machine, GZVM_CORE_X(9), SIGN_GPA);
}

static s32 purpose(u64 vm, u64 flags)
{
	return hvc(GZVM_HVC_MEMREGION_PURPOSE, vm, ROM_GPA, ROM_PAGES * PAGE_BYTES, flags, 0);
}

static s32 declare(u64 vm, u64 gpa, u64 pages)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)REGION;

	region->slot = SLOT;
	region->constituent_cnt = 0;
	region->gpa = gpa;
	region->total_pages = pages;
	return hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, REGION, 0, 0);
}

static s32 map(u64 vm, u64 pa, u64 gpa, u64 pages)
{
	return hvc(GZVM_HVC_MAP_GUEST, vm, SLOT, pa / PAGE_BYTES, gpa / PAGE_BYTES, pages);
}

static s32 protect(u64 vm)
{
	return hvc(GZVM_HVC_ENABLE_CAP, vm, GZVM_CAP_PROTECTED_VM, GZVM_CAP_PVM_SET_PROTECTED_VM,
		   0, 0);
}

/* A VM with two pages of read-only memory, of which the host has mapped @mapped. */
static bool create(struct machine *machine, u64 mapped)
{
	if (!machine_create(machine, PA, PAGES))
		return false;
	*word(ROM_PA + OFFSET) = MARK;
	return !purpose(machine->vm, GZVM_USER_MEM_REGION_READ_ONLY) &&
	       !declare(machine->vm, ROM_GPA, ROM_PAGES) &&
	       (!mapped || !map(machine->vm, ROM_PA, ROM_GPA, mapped));
}

static bool stores(const struct machine *machine, u64 gpa, u64 value)
{
	const struct gzvm_vcpu_run *run = machine_exit(machine);

	return machine_run(machine, 100) == GZVM_EXIT_MMIO && run->mmio.is_write &&
	       run->mmio.phys_addr == gpa && run->mmio.size == 8 &&
	       *word((u64)run->mmio.data) == value;
}

static void test_asked_for(void)
{
	struct machine machine;

	is_status(hvc(GZVM_HVC_ENABLE_CAP, 0, GZVM_CAP_QUERY_READ_ONLY, 0, 0, 0), GZVM_STATUS_OK,
		  "gzhyp says that it has read-only memory");
	machine_create(&machine, PA, PAGES);
	is_status(purpose(machine.vm, GZVM_USER_MEM_REGION_READ_ONLY |
			  GZVM_USER_MEM_REGION_STATIC_SWIOTLB), GZVM_STATUS_INVALID_ARGS,
		  "a bounce buffer cannot be read-only");
	is_status(purpose(machine.vm, GZVM_USER_MEM_REGION_READ_ONLY |
			  GZVM_USER_MEM_REGION_PROTECT_FW), GZVM_STATUS_INVALID_ARGS,
		  "nor firmware");
	is_status(purpose(machine.vm, GZVM_USER_MEM_REGION_READ_ONLY | 1U << 30),
		  GZVM_STATUS_INVALID_ARGS, "a flag that nobody knows does not come with it");
	is_status(purpose(machine.vm, GZVM_USER_MEM_REGION_READ_ONLY | 1UL << 63),
		  GZVM_STATUS_INVALID_ARGS, "nor one above 32 bits");
	machine_destroy(&machine);

	ok(create(&machine, 0), "a VM gets a read-only slot");
	is_status(map(machine.vm, HYP_BASE, ROM_GPA, 1), GZVM_STATUS_INVALID_ARGS,
		  "gzhyp's own memory is not for it");
	is_status(map(machine.vm, machine.run, ROM_GPA, 1), GZVM_STATUS_OK,
		  "what the host owns and shares is");
	is_status(protect(machine.vm), GZVM_STATUS_INVALID_ARGS, "the VM cannot be protected");
	is_status(hvc(GZVM_HVC_JINN_REMOVE_SLOT, machine.vm, SLOT, 0, 0, 0), GZVM_STATUS_OK,
		  "the slot is removed");
	is_status(protect(machine.vm), GZVM_STATUS_OK, "now it can");
	is_status(purpose(machine.vm, GZVM_USER_MEM_REGION_READ_ONLY), GZVM_STATUS_OK,
		  "the next slot is to be read-only");
	is_status(declare(machine.vm, ROM_GPA, ROM_PAGES), GZVM_STATUS_INVALID_ARGS,
		  "which a protected VM's is not");
	is_status(purpose(machine.vm, 0), GZVM_STATUS_OK, "another purpose");
	is_status(declare(machine.vm, ROM_GPA, ROM_PAGES), GZVM_STATUS_OK, "makes it a slot");
	machine_destroy(&machine);
}

/* The guest's tables are read-only memory, too, and put it at another address. */
static void test_translated(void)
{
	static const u32 code[] = {
		MSR_TTBR0_X11, MSR_TCR_X12, MSR_MAIR_X13, ISB, MSR_SCTLR_X14, ISB,
		STR_X1_X0, LDR_X2_X0, STR_X2_X9, BRANCH_BACK_2,
	};
	volatile u64 *table = word(ROM_PA + PAGE_BYTES);
	struct machine machine;

	create(&machine, ROM_PAGES);
	for (u32 i = 0; i < PAGE_BYTES / sizeof(*table); i++)
		table[i] = 0;
	table[MACHINE_GPA >> 30] = MACHINE_GPA | BLOCK_NORMAL;
	table[HIGH >> 30] = BLOCK_DEVICE;
	write_code(&machine, code, COUNT(code));
	machine_set(&machine, GZVM_CORE_X(0), HIGH + ROM_GPA + OFFSET);
	machine_set(&machine, GZVM_CORE_X(9), HIGH + SIGN_GPA);
	machine_set(&machine, GZVM_CORE_X(11), TABLE_GPA);
	machine_set(&machine, GZVM_CORE_X(12), TCR);
	machine_set(&machine, GZVM_CORE_X(13), MAIR);
	machine_set(&machine, GZVM_CORE_X(14), SCTLR);
	ok(stores(&machine, ROM_GPA + OFFSET, VALUE),
	   "a store by a virtual address leaves with the guest-physical one");
	ok(stores(&machine, SIGN_GPA, MARK), "a load by it finds what the host has stored");
	*word(ROM_PA + OFFSET) = ~MARK;
	machine_set(&machine, GZVM_CORE_X(0), HIGH + ROM_GPA + OFFSET);
	ok(stores(&machine, SIGN_GPA, ~MARK), "and what it stores later");
	machine_destroy(&machine);
}

/* The guest's vector tells ESR_EL1. */
static bool is_aborted(const struct machine *machine, u32 first, u32 second)
{
	const u32 code[] = { MSR_VBAR_X15, first, second, STR_X2_X9, BRANCH_SELF };
	volatile u32 *vector = (volatile u32 *)(machine->memory + VECTORS + 0x200);
	u64 esr;

	vector[0] = MRS_ESR_X2;
	vector[1] = STR_X2_X9;
	vector[2] = BRANCH_SELF;
	write_code(machine, code, COUNT(code));
	machine_set(machine, GZVM_CORE_X(0), ROM_GPA + OFFSET);
	machine_set(machine, GZVM_CORE_X(15), MACHINE_GPA + VECTORS);
	if (machine_run(machine, 100) != GZVM_EXIT_MMIO ||
	    machine_exit(machine)->mmio.phys_addr != SIGN_GPA)
		return false;
	esr = *word((u64)machine_exit(machine)->mmio.data);
	machine_run(machine, 1);
	return esr >> 26 == 0x25 && (esr & 0x3f) == 0x10 && *word(ROM_PA + OFFSET) == MARK;
}

static void test_undescribed(void)
{
	struct machine machine;

	for (u64 mapped = 0; mapped <= 1; mapped++) {
		create(&machine, mapped);
		ok(is_aborted(&machine, STP_X1_X2_X0, STP_X1_X2_X0),
		   mapped ? "STP to read-only memory is an abort in the guest" :
			    "and to such memory that is not there yet");
		ok(is_aborted(&machine, STR_X1_X0_INC, STR_X1_X0_INC),
		   "STR with post-index, too");
		if (mapped)
			ok(is_aborted(&machine, LDXR_X2_X0, STXR_W3_X1_X0),
			   "so is an exclusive store");
		machine_destroy(&machine);
	}
}

static void test_pages_that_come(void)
{
	static const u32 code[] = { STR_X1_X0, LDR_X2_X0, STR_X2_X9, BRANCH_SELF };
	struct machine machine;

	create(&machine, 0);
	write_code(&machine, code, COUNT(code));
	machine_set(&machine, GZVM_CORE_X(0), ROM_GPA + OFFSET);
	ok(stores(&machine, ROM_GPA + OFFSET, VALUE),
	   "a store is MMIO before the page is there");
	ok(machine_run(&machine, 100) == GZVM_EXIT_EXCEPTION &&
	   machine_exit(&machine)->exception.fault_gpa == ROM_GPA + OFFSET,
	   "a load faults");
	is_status(map(machine.vm, ROM_PA, ROM_GPA, 1), GZVM_STATUS_OK, "the page comes");
	ok(stores(&machine, SIGN_GPA, MARK), "and the load finds it");
	machine_destroy(&machine);
}

static void test_block(void)
{
	static const u32 code[] = { STR_X1_X0, LDR_X2_X0, STR_X2_X9, BRANCH_BACK_3 };
	const u64 page = 7 * PAGE_BYTES;
	struct machine machine;

	machine_create(&machine, PA, PAGES);
	*word(BLOCK_PA + page) = MARK;
	hvc(GZVM_HVC_MEMREGION_PURPOSE, machine.vm, BLOCK_GPA, BLOCK_PAGES * PAGE_BYTES,
	    GZVM_USER_MEM_REGION_READ_ONLY, 0);
	declare(machine.vm, BLOCK_GPA, BLOCK_PAGES);
	is_status(map(machine.vm, BLOCK_PA, BLOCK_GPA, BLOCK_PAGES), GZVM_STATUS_OK,
		  "2 MiB of read-only memory are mapped");
	write_code(&machine, code, COUNT(code));
	machine_set(&machine, GZVM_CORE_X(0), BLOCK_GPA + page);
	ok(stores(&machine, BLOCK_GPA + page, VALUE) && stores(&machine, SIGN_GPA, MARK),
	   "a store to them is MMIO");
	is_status(hvc(GZVM_HVC_JINN_UNMAP_GUEST, machine.vm, SLOT, BLOCK_GPA / PAGE_BYTES, 0, 0),
		  GZVM_STATUS_OK, "a page of them is taken back");
	ok(stores(&machine, BLOCK_GPA + page, VALUE) && stores(&machine, SIGN_GPA, MARK) &&
	   *word(BLOCK_PA + page) == MARK, "the others are read-only still");
	machine_destroy(&machine);
}

void test_read_only(void)
{
	test_asked_for();
	test_translated();
	test_undescribed();
	test_pages_that_come();
	test_block();
}
