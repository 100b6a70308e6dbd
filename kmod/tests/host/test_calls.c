// SPDX-License-Identifier: GPL-2.0-only
/* What gzhyp refuses: each line is an attack that one call could be. */
#include "host.h"

#define PA		SPARE_BASE
#define OTHER_PA	(SPARE_BASE + 0x100000UL)
#define MMIO_GPA	0x0b000000UL

/* A64: STR X1, [X0]; HVC #0; B . */
#define STR_X1_X0	0xf9000001U
#define HVC_0		0xd4000002U
#define BRANCH_SELF	0x14000000U

static void test_conventions(void)
{
	struct call call = { .x = { GZVM_HVC_SMC32 + GZVM_HVC_PROBE, 16, 0, 0, 4, 5, 6, 7 } };

	ok(hypercall(&call) && call.x[0] == 0 && call.x[1] == 16,
	   "PROBE is answered in the SMC32 form");
	ok(call.x[4] == 4 && call.x[5] == 5 && call.x[6] == 6 && call.x[7] == 7,
	   "x4 to x7 come back as they were");
	call = (struct call){ .x = { GZVM_HVC_ID(GZVM_HVC_PROBE) | 0xffffffff00000000UL } };
	ok(hypercall(&call) && call.x[0] == 0, "the upper half of x0 is not looked at");
	is_status(hvc(6, 1, 0, 0, 0, 0), GZVM_STATUS_NOT_IMPLEMENTED,
		  "a number that GenieZone has given up is not implemented");
	is_status(hvc(20, 1, 0, 0, 0, 0), SMCCC_UNKNOWN, "a number behind the last is unknown");
	call = (struct call){ .x = { 0x84000000 } };
	ok(hypercall(&call) && (s32)call.x[0] == SMCCC_UNKNOWN, "HVC is no way to PSCI");
}

/* The host may not even look at gzhyp's memory. */
static void test_own_memory(void)
{
	static const u64 places[] = { HYP_BASE, 0x40200000UL, HYP_END - 8 };

	for (u32 i = 0; i < COUNT(places); i++) {
		host_last_exception = 0;
		(void)*(volatile u64 *)places[i];
		ok(host_last_exception >> 26 == 0x25, "a load from gzhyp's memory aborts");
		host_last_exception = 0;
		*(volatile u64 *)places[i] = 0;
		ok(host_last_exception >> 26 == 0x25, "a store to gzhyp's memory aborts");
	}
}

static void test_places(u64 vm)
{
	static const u64 bad[] = {
		HYP_BASE, HYP_END - PAGE_BYTES, HYP_BASE - PAGE_BYTES, 0, UART_BASE, RAM_END,
		PA + 8, ~0UL - PAGE_BYTES + 1, 1UL << 40, 1UL << 63,
	};
	u32 accepted = 0;

	for (u32 i = 0; i < COUNT(bad); i++) {
		accepted += !hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(vm, 7), bad[i], 0, 0, 0);
		accepted += !hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, bad[i],
				 0, 0);
		accepted += !hvc(GZVM_HVC_CREATE_DEVICE, vm, bad[i], 0, 0, 0);
		accepted += !hvc(GZVM_HVC_ENABLE_CAP, vm, GZVM_CAP_BLOCK_BASED_DEMAND_PAGING,
				 GZVM_BLOCK_BYTES, bad[i], 0);
		if (bad[i] != PA + 8)
			accepted += !hvc(GZVM_HVC_MAP_GUEST, vm, 0, bad[i] / PAGE_BYTES,
					 MACHINE_GPA / PAGE_BYTES, 1);
	}
	accepted += !hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(vm, 7), RAM_END - PAGE_BYTES, 0, 0,
			 0);
	ok(!accepted, "what is not the host's RAM is no run area, buffer, mailbox or guest page");
}

static s32 declare(u64 vm, u32 slot, u64 gpa, u64 pages)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)OTHER_PA;

	region->slot = slot;
	region->constituent_cnt = ~0U;
	region->total_pages = pages;
	region->gpa = gpa;
	return hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, OTHER_PA, 0, 0);
}

static void test_regions(u64 vm, u64 pages)
{
	is_status(declare(vm, 1, MACHINE_GPA + (pages - 1) * PAGE_BYTES, 4),
		  GZVM_STATUS_INVALID_ARGS, "regions that overlap are refused");
	is_status(declare(vm, 1, 0, ~0UL), GZVM_STATUS_INVALID_ARGS, "2^64 pages are refused");
	is_status(declare(vm, 1, 1UL << 40, 1), GZVM_STATUS_INVALID_ARGS,
		  "a region beyond 40 bits is refused");
	is_status(declare(vm, 10, 0, 1), GZVM_STATUS_INVALID_ARGS, "slot 10 is refused");
	is_status(declare(vm, 0, MACHINE_GPA, pages), GZVM_STATUS_INVALID_ARGS,
		  "more constituents than fit are refused");
	is_status(hvc(GZVM_HVC_MAP_GUEST, vm, 0, OTHER_PA / PAGE_BYTES, MACHINE_GPA / PAGE_BYTES,
		      1), GZVM_STATUS_INVALID_ARGS, "another page for a mapped one is refused");
	is_status(hvc(GZVM_HVC_MAP_GUEST, vm, 0, OTHER_PA / PAGE_BYTES, 0, 1),
		  GZVM_STATUS_INVALID_ARGS, "a page outside the slot is refused");
	is_status(hvc(GZVM_HVC_MAP_GUEST_BLOCK, vm, 0, MACHINE_GPA / PAGE_BYTES, 1, 0),
		  GZVM_STATUS_INVALID_ARGS, "a block without a mailbox is refused");
}

static void test_life(struct machine *machine)
{
	u64 tuple = gzvm_hvc_tuple(machine->vm, 0);

	is_status(hvc(GZVM_HVC_CREATE_VCPU, tuple, OTHER_PA, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "a second vCPU 0 is refused");
	is_status(hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(machine->vm, 8), OTHER_PA, 0, 0, 0),
		  GZVM_STATUS_INVALID_ARGS, "vCPU 8 is refused");
	is_status(hvc(GZVM_HVC_DESTROY_VM, machine->vm, 0, 0, 0, 0), GZVM_STATUS_BUSY,
		  "a VM with vCPUs is not destroyed");
	is_status(hvc(GZVM_HVC_RUN, tuple | 1UL << 32, 0, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "a tuple of more than 32 bits is refused");
	is_status(hvc(GZVM_HVC_CREATE_VM, 1, 0, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "an unknown kind of VM is refused");
	machine_destroy(machine);
	is_status(hvc(GZVM_HVC_RUN, tuple, 0, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "a VM that is gone does not run");
	is_status(hvc(GZVM_HVC_DESTROY_VM, machine->vm, 0, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "it is not destroyed twice");
	is_status(hvc(GZVM_HVC_SET_ONE_REG, tuple, GZVM_REG_CORE64(GZVM_CORE_PC), 0, 0, 0),
		  GZVM_STATUS_INVALID_ARGS, "nor has it registers");
}

static void test_registers(const struct machine *machine)
{
	/* AArch32, EL2, EL3, a reserved mode, bits above 32. */
	static const u64 modes[] = { 0x1d3, 0x3c9, 0x3cd, 0x3c7, 0x1000003c5 };
	u32 accepted = 0;

	for (u32 i = 0; i < COUNT(modes); i++)
		accepted += !machine_set(machine, GZVM_CORE_PSTATE, modes[i]);
	ok(!accepted, "a guest starts at EL0 or EL1 of AArch64 and nowhere else");
}

/* The guest's store and what the host writes into the run area while it waits. */
static void test_run_area(const struct machine *machine)
{
	u32 *code = (u32 *)machine->memory;
	struct gzvm_vcpu_run *run = machine_exit(machine);

	code[0] = STR_X1_X0;
	code[1] = STR_X1_X0;
	code[2] = BRANCH_SELF;
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(machine, GZVM_CORE_X(0), MMIO_GPA);
	machine_set(machine, GZVM_CORE_X(1), 0x1234);
	ok(machine_run(machine, 100) == GZVM_EXIT_MMIO && run->mmio.is_write == 1 &&
	   run->mmio.phys_addr == MMIO_GPA && *(volatile u64 *)run->mmio.data == 0x1234,
	   "a guest's store leaves RUN");
	for (u32 i = 0; i < 2 * PAGE_BYTES / sizeof(u64); i++)
		((volatile u64 *)run)[i] = ~0UL;
	ok(machine_run(machine, 100) == GZVM_EXIT_MMIO && run->mmio.is_write == 1 &&
	   run->mmio.size == 8 && *(volatile u64 *)run->mmio.data == 0x1234,
	   "what the host writes into the run area changes nothing of the guest");
	ok(!machine_run(machine, 5), "a guest that loops is left at each tick of the host");
}

void test_calls(void)
{
	struct machine machine;

	test_conventions();
	test_own_memory();
	if (!ok(machine_create(&machine, PA, 4), "a VM is created"))
		return;
	test_places(machine.vm);
	test_regions(machine.vm, machine.pages);
	test_registers(&machine);
	test_run_area(&machine);
	test_life(&machine);
}
