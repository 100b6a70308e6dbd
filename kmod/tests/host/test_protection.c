// SPDX-License-Identifier: GPL-2.0-only
/* A protected VM's memory: what the host has lost, and how it gets it back. */
#include "host.h"

#define PA		SPARE_BASE
#define OTHER_PA	(SPARE_BASE + 0x200000UL)
#define PAGES		8UL
#define SECRET		0x5ec2e75ec2e75ec2UL
#define SIGN_GPA	0x0b000000UL
#define GUARDED_GPA	0x0b001000UL
#define DATA_ABORT	0x25UL

/* Guest calls. */
#define VENDOR_UID		0x8600ff01U
#define HYP_MEMINFO		0xc6000002U
#define MEM_SHARE		0xc6000003U
#define MEM_UNSHARE		0xc6000004U
#define MMIO_GUARD_ENROLL	0xc6000006U
#define MMIO_GUARD_MAP		0xc6000007U
#define MEM_RELINQUISH		0xc6000009U
#define GENIEZONE_UID_0		0xd04e137eUL

/* A64 */
#define STR_X1_X0	0xf9000001U
#define HVC_0		0xd4000002U
#define STR_X0_X9	0xf9000120U
#define STR_X1_X8	0xf9000101U
#define BRANCH_SELF	0x14000000U

static volatile u64 *word(u64 pa)
{
	return (volatile u64 *)pa;
}

static bool host_reads(u64 pa)
{
	host_last_exception = 0;
	(void)*word(pa);
	return !host_last_exception;
}

static bool host_writes(u64 pa)
{
	host_last_exception = 0;
	*word(pa) = 0xbad;
	return !host_last_exception;
}

static bool host_has_none(u64 pa, u64 pages)
{
	u64 reached = 0;

	for (u64 i = 0; i < pages; i++)
		reached += host_reads(pa + i * PAGE_BYTES) + host_writes(pa + i * PAGE_BYTES);
	return !reached && host_last_exception >> 26 == DATA_ABORT;
}

static s32 protect(u64 vm)
{
	return hvc(GZVM_HVC_ENABLE_CAP, vm, GZVM_CAP_PROTECTED_VM, GZVM_CAP_PVM_SET_PROTECTED_VM,
		   0, 0);
}

/* The guest stores x1 at x8, calls x0 with x1, and stores the answer at x9. */
static void write_program(const struct machine *machine)
{
	static const u32 code[] = { STR_X1_X8, HVC_0, STR_X0_X9, BRANCH_SELF };

	for (u32 i = 0; i < COUNT(code); i++)
		((volatile u32 *)machine->memory)[i] = code[i];
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
}

static bool create(struct machine *machine)
{
	if (!machine_create(machine, PA, PAGES))
		return false;
	write_program(machine);
	return true;
}

/* The guest's answer to one call; each VM can make one, its registers are its own then. */
static u64 call_of_guest(const struct machine *machine, u32 function, u64 argument)
{
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(machine, GZVM_CORE_X(0), function);
	machine_set(machine, GZVM_CORE_X(1), argument);
	machine_set(machine, GZVM_CORE_X(8), MACHINE_GPA + PAGE_BYTES);
	machine_set(machine, GZVM_CORE_X(9), SIGN_GPA);
	if (machine_run(machine, 100) != GZVM_EXIT_MMIO ||
	    machine_exit(machine)->mmio.phys_addr != SIGN_GPA)
		return ~0UL - 0xff;
	return *word((u64)machine_exit(machine)->mmio.data);
}

static void test_loss(void)
{
	struct machine machine;

	create(&machine);
	*word(machine.memory + 2 * PAGE_BYTES) = SECRET;
	ok(host_reads(machine.memory) && host_writes(machine.memory + PAGE_BYTES),
	   "before it is protected a VM's memory is the host's, too");
	is_status(protect(machine.vm), GZVM_STATUS_OK, "a VM is protected");
	is_status(protect(machine.vm), GZVM_STATUS_OK, "once more changes nothing");
	ok(host_has_none(machine.memory, PAGES), "the host cannot reach its memory any more");
	ok(host_reads(machine.run) && host_reads(machine.memory + PAGES * PAGE_BYTES),
	   "what lies beside it the host still has");
	ok(call_of_guest(&machine, VENDOR_UID, SECRET) == GENIEZONE_UID_0,
	   "the guest runs, and is told that it is GenieZone's");
	machine_destroy(&machine);
	ok(host_reads(machine.memory) && host_writes(machine.memory),
	   "when the VM is gone the host has the memory again");
	ok(!*word(machine.memory + PAGE_BYTES) && !*word(machine.memory + 2 * PAGE_BYTES),
	   "with nothing of the guest in it");
}

static void test_other_ways_in(void)
{
	struct machine machine, other;
	u64 page;

	create(&machine);
	protect(machine.vm);
	page = machine.memory;
	if (!ok(machine_create(&other, OTHER_PA, 1), "there is another VM"))
		return;
	is_status(hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(other.vm, 0), 0, 0, 0, 0), 0,
		  "whose vCPU is of no use here");
	is_status(hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(other.vm, 1), page, 0, 0, 0),
		  GZVM_STATUS_INVALID_ARGS, "a page of the guest is no run area");
	is_status(hvc(GZVM_HVC_SET_MEMREGION, other.vm, GZVM_MEMREGION_BUFFER_BYTES, page, 0, 0),
		  GZVM_STATUS_INVALID_ARGS, "nor a buffer");
	is_status(hvc(GZVM_HVC_CREATE_DEVICE, other.vm, page, 0, 0, 0), GZVM_STATUS_INVALID_ARGS,
		  "nor a device");
	is_status(hvc(GZVM_HVC_ENABLE_CAP, other.vm, GZVM_CAP_BLOCK_BASED_DEMAND_PAGING,
		      GZVM_BLOCK_BYTES, page, 0), GZVM_STATUS_INVALID_ARGS, "nor a mailbox");
	is_status(hvc(GZVM_HVC_JINN_UNMAP_GUEST, machine.vm, 0, MACHINE_GPA / PAGE_BYTES, 0, 0),
		  GZVM_STATUS_INVALID_ARGS, "it is not unmapped");
	is_status(hvc(GZVM_HVC_JINN_REMOVE_SLOT, machine.vm, 0, 0, 0, 0),
		  GZVM_STATUS_NOT_SUPPORTED, "nor is its slot removed");
	is_status(hvc(GZVM_HVC_GET_ONE_REG, gzvm_hvc_tuple(machine.vm, 0),
		      GZVM_REG_CORE64(GZVM_CORE_X(0)), 0, 0, 0), GZVM_STATUS_NOT_SUPPORTED,
		  "its registers are not read");
	call_of_guest(&machine, HYP_MEMINFO, 0);
	is_status(machine_set(&machine, GZVM_CORE_PC, 0), GZVM_STATUS_NOT_SUPPORTED,
		  "nor changed when it has run");
	is_status(protect(other.vm), GZVM_STATUS_OK, "the other VM can be protected, too");
	machine_destroy(&other);
	machine_destroy(&machine);
}

/* A page that somebody else uses cannot become the guest's alone. */
static void test_users(void)
{
	struct machine machine, other;
	struct gzvm_memregion *region = (struct gzvm_memregion *)(OTHER_PA + 0x100000);

	create(&machine);
	machine_create(&other, OTHER_PA, 1);
	region->slot = 1;
	region->constituent_cnt = 0;
	region->gpa = MACHINE_GPA + 0x100000;
	region->total_pages = 1;
	hvc(GZVM_HVC_SET_MEMREGION, other.vm, GZVM_MEMREGION_BUFFER_BYTES, (u64)region, 0, 0);
	is_status(hvc(GZVM_HVC_MAP_GUEST, other.vm, 1, machine.memory / PAGE_BYTES,
		      region->gpa / PAGE_BYTES, 1), 0, "two VMs share a page of the host");
	is_status(protect(machine.vm), GZVM_STATUS_INVALID_ARGS,
		  "then none of the two can be protected");
	ok(host_reads(machine.memory + PAGE_BYTES) && host_reads(machine.memory),
	   "and the host has all its pages");
	machine_destroy(&other);
	is_status(protect(machine.vm), GZVM_STATUS_OK, "until the other is gone");
	machine_destroy(&machine);

	create(&machine);
	call_of_guest(&machine, HYP_MEMINFO, 0);
	is_status(protect(machine.vm), GZVM_STATUS_INVALID_ARGS,
		  "a VM that has run already cannot be protected");
	machine_destroy(&machine);
}

static void test_share(void)
{
	struct machine machine;
	u64 page;

	create(&machine);
	page = machine.memory + PAGE_BYTES;
	protect(machine.vm);
	/* The program stores its argument to the page that it shares. */
	ok(call_of_guest(&machine, MEM_SHARE, MACHINE_GPA + PAGE_BYTES) == 0,
	   "a guest shares a page");
	ok(host_reads(page) && *word(page) == MACHINE_GPA + PAGE_BYTES && host_writes(page),
	   "the host has it, with what the guest has put there");
	ok(host_has_none(machine.memory, 1), "and no other");
	machine_destroy(&machine);

	create(&machine);
	protect(machine.vm);
	ok((s32)call_of_guest(&machine, MEM_SHARE, SIGN_GPA) == -3,
	   "what is no page of the guest is not shared");
	machine_destroy(&machine);

	create(&machine);
	protect(machine.vm);
	ok((s32)call_of_guest(&machine, MEM_UNSHARE, MACHINE_GPA + PAGE_BYTES) == -3,
	   "a page that is not shared is not taken back");
	machine_destroy(&machine);

	create(&machine);
	ok((s32)call_of_guest(&machine, MEM_SHARE, MACHINE_GPA + PAGE_BYTES) == -3,
	   "a guest that is not protected has nothing to share");
	machine_destroy(&machine);
}

static void test_relinquish(void)
{
	struct machine machine;
	u64 page;

	create(&machine);
	page = machine.memory + PAGE_BYTES;
	protect(machine.vm);
	machine_set(&machine, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(&machine, GZVM_CORE_X(0), MEM_RELINQUISH);
	machine_set(&machine, GZVM_CORE_X(1), MACHINE_GPA + PAGE_BYTES);
	machine_set(&machine, GZVM_CORE_X(8), MACHINE_GPA + PAGE_BYTES);
	machine_set(&machine, GZVM_CORE_X(9), SIGN_GPA);
	machine_set(&machine, GZVM_CORE_X(2), SECRET);
	ok(machine_run(&machine, 100) == GZVM_EXIT_HYPERCALL, "a guest gives up a page");
	ok(machine_exit(&machine)->hypercall.args[1] == MACHINE_GPA + PAGE_BYTES &&
	   !machine_exit(&machine)->hypercall.args[2], "the host hears which, and nothing more");
	ok(host_reads(page) && !*word(page), "it has the page, wiped");
	ok(machine_run(&machine, 100) == GZVM_EXIT_MMIO &&
	   !*word((u64)machine_exit(&machine)->mmio.data), "the guest goes on");
	machine_destroy(&machine);
}

static void test_mmio_guard(void)
{
	struct machine machine;

	create(&machine);
	protect(machine.vm);
	/* Enrolled, and no page allowed: its store at SIGN_GPA aborts in the guest. */
	ok(call_of_guest(&machine, MMIO_GUARD_ENROLL, 0) == ~0UL - 0xff,
	   "a guest that guards its MMIO does not leak a store");
	machine_destroy(&machine);

	create(&machine);
	protect(machine.vm);
	ok((s32)call_of_guest(&machine, MMIO_GUARD_MAP, GUARDED_GPA) == -3,
	   "without enrolling there is nothing to allow");
	machine_destroy(&machine);
}

void test_protection(void)
{
	test_loss();
	test_other_ways_in();
	test_users();
	test_share();
	test_relinquish();
	test_mmio_guard();
}
