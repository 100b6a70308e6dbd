// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls by chance, from two CPUs at once: mostly such as a driver could send,
 * with one argument or another replaced by something that it could not.
 */
#include "host.h"

#ifndef HOSTILE_CALLS
#define HOSTILE_CALLS	100000UL
#endif
#define SEED		20261122UL
#define WITNESS_EVERY	4096UL
#define REPORT_EVERY	100000UL
#define TICKS		2000UL
#define MAX_PAGES	4096UL
#define WITNESS_GPA	0x0b000000UL
#define WITNESS_PA	SPARE_BASE
#define CAPACITY_PA	(SPARE_BASE + 0x100000UL)
#define BLOCK_PAGES	512UL

/* The witness is created first. */
#define WITNESS_VM	1UL
#define LAST_VM		32UL

/* What an argument can be. */
enum kind {
	NOTHING,
	VM,
	TUPLE,
	PA,
	PFN,
	SLOT,
	GFN,
	GPA,
	PAGES,
	BYTES,
	REGISTER,
	CAP,
	SPI,
	SMALL,
	HYP_PA,
	NO_PA,
	ANYTHING,
	KINDS,
};

static const struct {
	u32 number;
	u32 weight;
	enum kind x[5];
} templates[] = {
	{ GZVM_HVC_CREATE_VM, 2, { NOTHING } },
	{ GZVM_HVC_DESTROY_VM, 2, { VM, SMALL } },
	{ GZVM_HVC_CREATE_VCPU, 6, { TUPLE, PA } },
	{ GZVM_HVC_DESTROY_VCPU, 4, { TUPLE } },
	{ GZVM_HVC_SET_MEMREGION, 10, { VM, BYTES, PA } },
	{ GZVM_HVC_RUN, 20, { TUPLE } },
	{ GZVM_HVC_GET_ONE_REG, 4, { TUPLE, REGISTER } },
	{ GZVM_HVC_SET_ONE_REG, 12, { TUPLE, REGISTER, GPA } },
	{ GZVM_HVC_IRQ_LINE, 8, { TUPLE, SPI, SMALL } },
	{ GZVM_HVC_CREATE_DEVICE, 4, { VM, PA } },
	{ GZVM_HVC_PROBE, 1, { SMALL, SMALL, SMALL } },
	{ GZVM_HVC_ENABLE_CAP, 8, { VM, CAP, BYTES, PA } },
	/* Protection, now and then: what is taken then aborts when this host writes to it. */
	{ GZVM_HVC_ENABLE_CAP, 2, { VM, CAP, SMALL } },
	{ GZVM_HVC_INFORM_EXIT, 1, { VM } },
	{ GZVM_HVC_MEMREGION_PURPOSE, 2, { VM, GPA, BYTES, SMALL } },
	{ GZVM_HVC_SET_DTB_CONFIG, 2, { VM, GPA, BYTES } },
	{ GZVM_HVC_MAP_GUEST, 12, { VM, SLOT, PFN, GFN, PAGES } },
	{ GZVM_HVC_MAP_GUEST_BLOCK, 8, { VM, SLOT, GFN, PAGES } },
	{ GZVM_HVC_GET_STATISTICS, 2, { VM } },
	{ GZVM_HVC_JINN_REMOVE_SLOT, 3, { VM, SLOT, SMALL } },
	{ GZVM_HVC_JINN_UNMAP_GUEST, 3, { VM, SLOT, GFN } },
};

static u64 other_vm(struct random *random)
{
	static const u64 strange[] = { 0, LAST_VM + 1, 0xffff, 0x10001, ~0UL };

	if (!random_below(random, 16))
		return strange[random_below(random, COUNT(strange))];
	return WITNESS_VM + 1 + random_below(random, 6);
}

static u64 pool_page(struct random *random)
{
	return POOL_BASE + random_below(random, POOL_PAGES) * PAGE_BYTES;
}

static u64 guest_page(struct random *random)
{
	static const u64 bases[] = { MACHINE_GPA, MACHINE_GPA, 0x08000000, 0x080a0000, 1UL << 39 };

	return bases[random_below(random, COUNT(bases))] +
	       random_below(random, 1024) * PAGE_BYTES;
}

static u64 capability(struct random *random)
{
	static const u64 caps[] = {
		GZVM_CAP_PROTECTED_VM, GZVM_CAP_BLOCK_BASED_DEMAND_PAGING,
		GZVM_CAP_ENABLE_DEMAND_PAGING, GZVM_CAP_ENABLE_IDLE, GZVM_CAP_END_NOTICE,
		GZVM_CAP_QUERY_HYP_BATCH_PAGES, GZVM_CAP_VM_GPA_SIZE, 0,
	};

	return caps[random_below(random, COUNT(caps))];
}

static u64 bytes(struct random *random)
{
	static const u64 sizes[] = {
		GZVM_MEMREGION_BUFFER_BYTES, GZVM_MEMREGION_BUFFER_BYTES, GZVM_BLOCK_BYTES,
		PAGE_BYTES, 0, 1, ~0UL,
	};

	return sizes[random_below(random, COUNT(sizes))];
}

static u64 no_pa(struct random *random)
{
	static const u64 places[] = { 0, UART_BASE, RAM_END, 1UL << 40, 1UL << 52, ~0UL };

	return places[random_below(random, COUNT(places))] + random_below(random, 2) * 8;
}

static u64 argument(struct random *random, enum kind kind)
{
	switch (kind) {
	case VM:
		return other_vm(random);
	case TUPLE:
		return gzvm_hvc_tuple(other_vm(random), random_below(random, 10));
	case PA:
		return pool_page(random);
	case PFN:
		return pool_page(random) / PAGE_BYTES;
	case SLOT:
		return random_below(random, 11);
	case GFN:
		return guest_page(random) / PAGE_BYTES;
	case GPA:
		return guest_page(random) + random_below(random, 2) * random_below(random, 4096);
	case PAGES:
		return 1 + random_below(random, 64);
	case BYTES:
		return bytes(random);
	case REGISTER:
		return GZVM_REG_CORE64(8 * random_below(random, 40));
	case CAP:
		return capability(random);
	case SPI:
		return random_below(random, 300);
	case SMALL:
		return random_below(random, 4);
	case HYP_PA:
		return HYP_BASE + random_below(random, HYP_END - HYP_BASE);
	case NO_PA:
		return no_pa(random);
	case ANYTHING:
		return random_next(random);
	default:
		return 0;
	}
}

/* A memory region or a device, mostly a plausible one, where the call will look. */
static void fill_buffer(struct random *random, u64 pa)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)pa;
	struct gzvm_create_device *device = (struct gzvm_create_device *)pa;
	u32 count = random_below(random, 4);

	if (random_below(random, 2)) {
		device->dev_type = random_below(random, 3);
		device->id = 0;
		device->flags = 0;
		device->dev_addr = random_below(random, 2) ? 0x08000000 : guest_page(random);
		device->dev_reg_size = random_below(random, 2) ? 0x20000 : random_next(random);
		return;
	}
	region->slot = random_below(random, 11);
	region->constituent_cnt = random_below(random, 8) ? count : random_next(random);
	region->gpa = guest_page(random);
	region->total_pages = 0;
	for (u32 i = 0; i < count; i++) {
		u64 pages = 1 + random_below(random, 32);

		region->constituents[i].address =
			argument(random, random_below(random, 16) ? PA : HYP_PA + i % 2);
		region->constituents[i].pg_cnt = pages;
		region->total_pages += pages;
	}
	if (!random_below(random, 4))
		region->total_pages = 1 + random_below(random, MAX_PAGES);
	if (!random_below(random, 16))
		region->total_pages = random_next(random);
}

static u32 choose_template(struct random *random)
{
	u32 total = 0, at = 0, rest;

	for (u32 i = 0; i < COUNT(templates); i++)
		total += templates[i].weight;
	rest = random_below(random, total);
	while (rest >= templates[at].weight)
		rest -= templates[at++].weight;
	return at;
}

static struct call make_call(struct random *random)
{
	u32 at = choose_template(random);
	struct call call = { .x = { GZVM_HVC_ID(templates[at].number) } };

	for (u32 i = 0; i < COUNT(templates[at].x); i++) {
		enum kind kind = templates[at].x[i];

		/* Never at x1 of a call with a VM: the witness must stay out of it. */
		if (i && !random_below(random, 12))
			kind = random_below(random, KINDS);
		call.x[1 + i] = argument(random, kind);
		if (kind == PA)
			fill_buffer(random, call.x[1 + i]);
	}
	if (random_below(random, 4) == 0)
		call.x[0] &= ~(1UL << 30);
	if (!random_below(random, 64))
		call.x[0] = random_next(random);
	return call;
}

static bool is_known_status(s32 status)
{
	switch (status) {
	case GZVM_STATUS_OK:
	case GZVM_STATUS_NO_MEMORY:
	case GZVM_STATUS_INVALID_ARGS:
	case GZVM_STATUS_NOT_SUPPORTED:
	case GZVM_STATUS_NOT_IMPLEMENTED:
	case GZVM_STATUS_BUSY:
	case GZVM_STATUS_FAULT:
	case SMCCC_UNKNOWN:
		return true;
	default:
		return false;
	}
}

/** struct tally - what became of one CPU's calls */
struct tally {
	u64 accepted;
	u64 runs;
	u64 unknown_status;
	u64 registers_hurt;
};

static void call_once(struct random *random, struct tally *tally)
{
	struct call call = make_call(random);
	bool is_run = (u32)(call.x[0] | 1UL << 30) == GZVM_HVC_ID(GZVM_HVC_RUN);
	bool kept;

	/* A random id names the witness in x1 all too rarely to matter, and is not let to. */
	if ((call.x[1] & 0xffff) == WITNESS_VM || call.x[1] >> 16 == WITNESS_VM)
		return;
	tick_start(TICKS);
	kept = hypercall(&call);
	tick_stop();
	tally->registers_hurt += !kept;
	tally->unknown_status += !is_known_status((s32)call.x[0]);
	tally->accepted += !(s32)call.x[0];
	tally->runs += is_run && !(s32)call.x[0];
}

static struct machine witness;
static u64 witness_value;

static bool start_witness(void)
{
	/* A64: ADD X1, X1, #1; STR X1, [X0]; B back to the start. */
	static const u32 code[] = { 0x91000421U, 0xf9000001U, 0x17fffffeU };

	if (!machine_create(&witness, WITNESS_PA, 4) || witness.vm != WITNESS_VM)
		return false;
	for (u32 i = 0; i < COUNT(code); i++)
		((volatile u32 *)witness.memory)[i] = code[i];
	machine_set(&witness, GZVM_CORE_PC, MACHINE_GPA);
	machine_set(&witness, GZVM_CORE_X(0), WITNESS_GPA);
	machine_set(&witness, GZVM_CORE_X(1), 0);
	witness_value = 0;
	return true;
}

static bool ask_witness(void)
{
	return machine_run(&witness, 100) == GZVM_EXIT_MMIO &&
	       *(volatile u64 *)machine_exit(&witness)->mmio.data == ++witness_value;
}

static struct tally tallies[MAX_CPUS];
static volatile bool first_cpu_is_done;

static void attack_from_other(void)
{
	struct random random = { SEED + host_this_cpu() };

	while (!first_cpu_is_done)
		call_once(&random, &tallies[host_this_cpu()]);
}

/* The tallies of all CPUs; runs_everywhere tells that each has run a vCPU. */
static struct tally sum_of_tallies(bool *runs_everywhere)
{
	struct tally sum = { 0 };

	*runs_everywhere = true;
	for (u32 cpu = 0; cpu < host_cpus(); cpu++) {
		sum.accepted += tallies[cpu].accepted;
		sum.runs += tallies[cpu].runs;
		sum.unknown_status += tallies[cpu].unknown_status;
		sum.registers_hurt += tallies[cpu].registers_hurt;
		*runs_everywhere &= tallies[cpu].runs != 0;
	}
	return sum;
}

/* Pages that gzhyp can still give: each block of a huge slot takes one for its table. */
static u64 free_pages(void)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)CAPACITY_PA;
	u64 vm, count = 0;

	if (hvc(GZVM_HVC_CREATE_VM, 0, 0, 0, 0, 0))
		return 0;
	vm = hvc_result;
	region->slot = 0;
	region->constituent_cnt = 0;
	region->gpa = 0;
	region->total_pages = (1UL << 40) / PAGE_BYTES;
	hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, CAPACITY_PA, 0, 0);
	/* A page can have a limited number of users: they take turns. */
	while (!hvc(GZVM_HVC_MAP_GUEST, vm, 0, POOL_BASE / PAGE_BYTES + count % POOL_PAGES,
		    count * BLOCK_PAGES, 1))
		count++;
	while (hvc(GZVM_HVC_DESTROY_VM, vm, 0, 0, 0, 0) == GZVM_STATUS_BUSY)
		;
	return count;
}

static void destroy_others(void)
{
	for (u64 vm = WITNESS_VM + 1; vm <= LAST_VM; vm++) {
		for (u64 vcpu = 0; vcpu < GZVM_MAX_VCPUS; vcpu++)
			hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(vm, vcpu), 0, 0, 0, 0);
		while (hvc(GZVM_HVC_DESTROY_VM, vm, 128, 0, 0, 0) == GZVM_STATUS_BUSY)
			;
	}
}

static void fill_pool(void)
{
	struct random random = { SEED };
	volatile u64 *pool = (volatile u64 *)POOL_BASE;

	for (u64 i = 0; i < POOL_PAGES * PAGE_BYTES / sizeof(*pool); i++)
		pool[i] = random_next(&random);
}

static void print_share(const char *what, u64 count)
{
	print("# ");
	print(what);
	print(" ");
	print_number(count);
	print("\n");
}

/*
 * The host's translation of a block is cut into pages once and for all, with a page of
 * gzhyp. The calls reach the pool's block, with the longest runs the next one, and by
 * tuples of VMs 5 to 7 where a page number belongs three others.
 */
static void cut_block(u64 pa)
{
	struct machine machine;

	if (!machine_create(&machine, pa, 1))
		return;
	hvc(GZVM_HVC_ENABLE_CAP, machine.vm, GZVM_CAP_PROTECTED_VM,
	    GZVM_CAP_PVM_SET_PROTECTED_VM, 0, 0);
	machine_destroy(&machine);
}

void test_hostile_calls(void)
{
	struct random random = { SEED };
	u64 before, silent = 0;
	bool runs_everywhere;
	struct tally sum;

	fill_pool();
	if (!ok(start_witness(), "a VM that nobody attacks is there"))
		return;
	cut_block(POOL_BASE);
	cut_block(POOL_BASE + BLOCK_PAGES * PAGE_BYTES);
	for (u64 vm = 5; vm <= 7; vm++)
		cut_block(gzvm_hvc_tuple(vm, 0) * PAGE_BYTES);
	before = free_pages();
	for (u32 cpu = 1; cpu < host_cpus(); cpu++)
		host_start_cpu(cpu, attack_from_other);
	for (u64 i = 1; i <= HOSTILE_CALLS; i++) {
		call_once(&random, &tallies[0]);
		if (i % WITNESS_EVERY == 0)
			silent += !ask_witness();
		if (i % REPORT_EVERY == 0)
			print_share("calls of the first CPU", i);
	}
	first_cpu_is_done = true;
	host_join();
	sum = sum_of_tallies(&runs_everywhere);
	print_share("accepted", sum.accepted);
	print_share("runs", sum.runs);
	ok(runs_everywhere && tallies[0].accepted > HOSTILE_CALLS / 10,
	   "hypercalls at random from all CPUs reach far");
	ok(!sum.unknown_status, "each ends with a status of the interface");
	ok(!sum.registers_hurt, "none hurts a register of the host");
	ok(!silent && ask_witness(), "the VM that nobody attacks goes on");
	destroy_others();
	ok(before && free_pages() == before, "when all VMs are gone gzhyp has all its pages again");
	machine_destroy(&witness);
}
