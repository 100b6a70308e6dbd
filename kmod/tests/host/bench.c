// SPDX-License-Identifier: GPL-2.0-only
/*
 * What gzhyp's hypercalls cost, without a kernel between it and the clock. Prints
 * "bench NAME INSTRUCTIONS" lines; the counter ticks every 16 ns and QEMU's -icount
 * makes an instruction a nanosecond, so each figure is the mean of many calls.
 */
#include "host.h"

#define PA		SPARE_BASE
#define PAGES		512UL
#define CALLS		1000UL
#define MMIO_GPA	0x0b000000UL
#define SPI		8UL
/* Pages of a slice, as gzhyp tells the driver. */
#define DESTROY_PAGES	128UL

/* A64: STR X1, [X0]; B back to it. */
#define STR_X1_X0	0xf9000001U
#define BRANCH_BACK_1	0x17ffffffU
#define BRANCH_SELF	0x14000000U

static u64 nanoseconds(void)
{
	u64 count, frequency;

	asm volatile("isb; mrs %0, cntpct_el0" : "=r"(count));
	asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	return count * (1000000000UL / 1000000UL) / (frequency / 1000000UL);
}

static void report(const char *name, u64 started, u64 calls)
{
	u64 total = nanoseconds() - started;

	print("bench ");
	print(name);
	print(" ");
	print_number((total + calls / 2) / calls);
	print("\n");
}

/* The HVC instruction and nothing around it. */
static inline u64 call(u64 function, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a1;
	register u64 x2 asm("x2") = a2;
	register u64 x3 asm("x3") = a3;
	register u64 x4 asm("x4") = a4;
	register u64 x5 asm("x5") = a5;

	asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
		     : : "memory");
	return x0;
}

static void measure_null(void)
{
	u64 started = nanoseconds();

	for (u64 i = 0; i < CALLS; i++)
		call(GZVM_HVC_ID(GZVM_HVC_PROBE), 16, 0, 0, 0, 0);
	report("null-hypercall", started, CALLS);
}

/* Each RUN finishes a store of the guest and ends with the next one. */
static void measure_run(const struct machine *machine)
{
	volatile u32 *code = (volatile u32 *)machine->memory;
	u64 tuple = gzvm_hvc_tuple(machine->vm, 0);
	u64 started;

	code[0] = STR_X1_X0;
	code[1] = BRANCH_BACK_1;
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(machine, GZVM_CORE_X(0), MMIO_GPA);
	call(GZVM_HVC_ID(GZVM_HVC_RUN), tuple, 0, 0, 0, 0);
	started = nanoseconds();
	for (u64 i = 0; i < CALLS; i++)
		call(GZVM_HVC_ID(GZVM_HVC_RUN), tuple, 0, 0, 0, 0);
	report("run-to-mmio-exit", started, CALLS);
}

static void measure_registers(const struct machine *machine)
{
	u64 tuple = gzvm_hvc_tuple(machine->vm, 0);
	u64 started = nanoseconds();

	for (u64 i = 0; i < CALLS; i++)
		call(GZVM_HVC_ID(GZVM_HVC_SET_ONE_REG), tuple,
		     GZVM_REG_CORE64(GZVM_CORE_X(5)), i, 0, 0);
	report("set-one-reg", started, CALLS);
}

/* The vCPU does not run: its interrupt becomes pending, and stays. */
static void measure_injection(const struct machine *machine)
{
	u64 tuple = gzvm_hvc_tuple(machine->vm, 0);
	u64 started = nanoseconds();

	for (u64 i = 0; i < CALLS; i++)
		call(GZVM_HVC_ID(GZVM_HVC_IRQ_LINE), tuple, SPI, 1, 0, 0);
	report("irq-line", started, CALLS);
}

static void declare_slot(u64 vm, u64 gfn)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)(PA + 0x400000);

	region->slot = 1;
	region->constituent_cnt = 0;
	region->gpa = gfn * 4096;
	region->total_pages = PAGES;
	hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, (u64)region, 0, 0);
}

/* Pages of a second slot, one by one; the tables are there after the first. */
static void measure_pages(const struct machine *machine)
{
	u64 gfn = (MACHINE_GPA + 0x40000000UL) / 4096;
	u64 pfn = (PA + 0x800000) / 4096;
	u64 started;

	declare_slot(machine->vm, gfn);
	call(GZVM_HVC_ID(GZVM_HVC_MAP_GUEST), machine->vm, 1, pfn, gfn, 1);
	started = nanoseconds();
	for (u64 i = 1; i < PAGES; i++)
		call(GZVM_HVC_ID(GZVM_HVC_MAP_GUEST), machine->vm, 1, pfn + i, gfn + i, 1);
	report("map-guest-page", started, PAGES - 1);
	started = nanoseconds();
	for (u64 i = 1; i < PAGES; i++)
		call(GZVM_HVC_ID(GZVM_HVC_JINN_UNMAP_GUEST), machine->vm, 1, gfn + i, 0, 0);
	report("unmap-guest-page", started, PAGES - 1);
	call(GZVM_HVC_ID(GZVM_HVC_JINN_UNMAP_GUEST), machine->vm, 1, gfn, 0, 0);
	started = nanoseconds();
	call(GZVM_HVC_ID(GZVM_HVC_MAP_GUEST), machine->vm, 1, pfn, gfn, PAGES);
	report("map-guest-block", started, 1);
	started = nanoseconds();
	call(GZVM_HVC_ID(GZVM_HVC_JINN_UNMAP_GUEST), machine->vm, 1, gfn + 1, 0, 0);
	report("split-block-and-unmap-page", started, 1);
}

/* 2 MiB are protected, and given back wiped at the VM's end. */
static void measure_protection(void)
{
	u64 gfn = (MACHINE_GPA + 0x40000000UL) / 4096;
	struct machine machine;
	u64 started, slices = 1;

	machine_create(&machine, PA, 4);
	declare_slot(machine.vm, gfn);
	call(GZVM_HVC_ID(GZVM_HVC_MAP_GUEST), machine.vm, 1, (PA + 0x800000) / 4096, gfn, PAGES);
	started = nanoseconds();
	call(GZVM_HVC_ID(GZVM_HVC_ENABLE_CAP), machine.vm, GZVM_CAP_PROTECTED_VM,
	     GZVM_CAP_PVM_SET_PROTECTED_VM, 0, 0);
	report("protect-page", started, PAGES + 4);
	hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(machine.vm, 0), 0, 0, 0, 0);
	started = nanoseconds();
	while ((s32)call(GZVM_HVC_ID(GZVM_HVC_DESTROY_VM), machine.vm, DESTROY_PAGES, 0, 0, 0) ==
	       GZVM_STATUS_BUSY)
		slices++;
	report("destroy-protected-slice", started, slices);
}

static void measure_memory(const struct machine *machine)
{
	u64 with, without;

	hvc(GZVM_HVC_GET_STATISTICS, machine->vm, 0, 0, 0, 0);
	with = hvc_result;
	hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(machine->vm, 0), 0, 0, 0, 0);
	hvc(GZVM_HVC_GET_STATISTICS, machine->vm, 0, 0, 0, 0);
	without = hvc_result;
	hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(machine->vm, 0), machine->run, 0, 0, 0);
	print("bench bytes-of-a-vm ");
	print_number(without);
	print("\nbench bytes-of-a-vcpu ");
	print_number(with - without);
	print("\n");
}

void run_all(void)
{
	struct machine machine;

	if (!ok(machine_create(&machine, PA, 4), "a VM is created"))
		return;
	measure_memory(&machine);
	measure_null();
	measure_run(&machine);
	measure_registers(&machine);
	measure_injection(&machine);
	measure_pages(&machine);
	machine_destroy(&machine);
	measure_protection();
}
