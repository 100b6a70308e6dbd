// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests made of instructions by chance: system registers, hypercalls, secure
 * monitor calls, GIC registers, loads and stores of every kind to anywhere, jumps to
 * where nothing is. The guest's own exceptions step over what it may not do.
 */
#include "host.h"

#ifndef HOSTILE_GUESTS
#define HOSTILE_GUESTS	40UL
#endif
#define SEED		4711UL
#define PA		SPARE_BASE
#define WITNESS_PA	(SPARE_BASE + 0x100000UL)
#define PAGES		16UL
#define CODE_PAGES	(PAGES - 1)
#define WORDS		(PAGE_BYTES / 4)
#define VECTORS		0x800UL
#define EXITS_PER_PAGE	3000U
#define TICKS		20000UL

/* A64 */
#define MSR_VBAR_X28	0xd518c01cU
#define ISB		0xd5033fdfU
#define MRS_X30_ELR	0xd538403eU
#define ADD_X30_4	0x910013deU
#define MSR_ELR_X30	0xd518403eU
#define ERET		0xd69f03e0U
#define BRANCH(words)	(0x14000000U | ((u32)(words) & 0x03ffffffU))
#define HVC_0		0xd4000002U
#define SMC_0		0xd4000003U
#define BR_X(n)		(0xd61f0000U | (n) << 5)
#define MOVZ(d, v)	(0xd2800000U | ((u32)(v) & 0xffff) << 5 | (d))
#define MOVK_16(d, v)	(0xf2a00000U | ((u32)(v) & 0xffff) << 5 | (d))
#define MSR_SCTLR	0xd5181000U
#define MSR_VBAR	0xd518c000U
#define MSR_CNTV_CVAL	0xd51be340U
#define MSR_CNTV_TVAL	0xd51be300U
#define MSR_ICC_BPR0	0xd518c860U
#define MSR_ICC_BPR1	0xd518cc60U
#define REGISTER_MASK	0xffffffe0U

/* Loads and stores with base x9: single, pair, write-back, exclusive, literal widths. */
static const u32 accesses[] = {
	0xf9000120, 0xf9400120, 0xb9000120, 0xb9400120, 0x79000120, 0x79400120, 0x39000120,
	0x39400120, 0x39800120, 0x79800120, 0xb9800120, 0x39c00120, 0xa9000520, 0xa9400520,
	0xf8008520, 0xf8408520, 0xf8008d20, 0xc85f7d20, 0xc8027d20, 0x88dffd20, 0xc89ffd20,
	0xf9000125, 0xf940013f, 0xd50b7429, 0xd5087629, 0xd50b7a29,
};

/* The fields of MRS and MSR (Arm ARM C5.2) that name a register. */
#define REGISTER(op0, op1, n, m, op2) \
	((op0) << 19 | (op1) << 16 | (n) << 12 | (m) << 8 | (op2) << 5)

static const u32 registers[] = {
	/* CPACR, ACTLR, TTBR0, TTBR1, TCR, MAIR, AMAIR, CONTEXTIDR, ESR, FAR, AFSR0, AFSR1, PAR */
	REGISTER(3, 0, 1, 0, 2), REGISTER(3, 0, 1, 0, 1), REGISTER(3, 0, 2, 0, 0),
	REGISTER(3, 0, 2, 0, 1), REGISTER(3, 0, 2, 0, 2), REGISTER(3, 0, 10, 2, 0),
	REGISTER(3, 0, 10, 3, 0), REGISTER(3, 0, 13, 0, 1), REGISTER(3, 0, 5, 2, 0),
	REGISTER(3, 0, 6, 0, 0), REGISTER(3, 0, 5, 1, 0), REGISTER(3, 0, 5, 1, 1),
	REGISTER(3, 0, 7, 4, 0),
	/* TPIDR_EL0, TPIDRRO, TPIDR_EL1, CNTKCTL, CSSELR, SP_EL0, ELR, SPSR */
	REGISTER(3, 3, 13, 0, 2), REGISTER(3, 3, 13, 0, 3), REGISTER(3, 0, 13, 0, 4),
	REGISTER(3, 0, 14, 1, 0), REGISTER(3, 2, 0, 0, 0), REGISTER(3, 0, 4, 1, 0),
	REGISTER(3, 0, 4, 0, 1), REGISTER(3, 0, 4, 0, 0),
	/* CNTV_CTL, CNTP_CTL, CNTP_CVAL, CNTP_TVAL, CNTVCT, CNTPCT */
	REGISTER(3, 3, 14, 3, 1),
	REGISTER(3, 3, 14, 2, 1), REGISTER(3, 3, 14, 2, 2), REGISTER(3, 3, 14, 2, 0),
	REGISTER(3, 3, 14, 0, 2), REGISTER(3, 3, 14, 0, 1),
	/* ICC: PMR, IAR1, EOIR1, HPPIR1, CTLR, SRE, IGRPEN0/1, SGI1R, SGI0R, DIR, RPR */
	REGISTER(3, 0, 4, 6, 0), REGISTER(3, 0, 12, 12, 0), REGISTER(3, 0, 12, 12, 1),
	REGISTER(3, 0, 12, 12, 2), REGISTER(3, 0, 12, 12, 4),
	REGISTER(3, 0, 12, 12, 5), REGISTER(3, 0, 12, 12, 6), REGISTER(3, 0, 12, 12, 7),
	REGISTER(3, 0, 12, 11, 5), REGISTER(3, 0, 12, 11, 7), REGISTER(3, 0, 12, 11, 1),
	REGISTER(3, 0, 12, 11, 3),
	/* PMCR, PMCCNTR, PMUSERENR, MDSCR, OSLAR, OSDLR, DBGBVR0, DBGBCR0, DAIF, SPSel, PAN */
	REGISTER(3, 3, 9, 12, 0), REGISTER(3, 3, 9, 13, 0), REGISTER(3, 3, 9, 14, 0),
	REGISTER(2, 0, 0, 2, 2), REGISTER(2, 0, 1, 0, 4), REGISTER(2, 0, 1, 3, 4),
	REGISTER(2, 0, 0, 0, 4), REGISTER(2, 0, 0, 0, 5), REGISTER(3, 3, 4, 2, 1),
	REGISTER(3, 0, 4, 2, 0), REGISTER(3, 0, 4, 2, 3),
	/* HCR_EL2, VTTBR_EL2, VBAR_EL2, ICH_HCR_EL2, ICH_LR0_EL2, SCR_EL3, MIDR, ID_AA64PFR0 */
	REGISTER(3, 4, 1, 1, 0), REGISTER(3, 4, 2, 1, 0), REGISTER(3, 4, 12, 0, 0),
	REGISTER(3, 4, 12, 11, 0), REGISTER(3, 4, 12, 12, 0), REGISTER(3, 6, 1, 1, 0),
	REGISTER(3, 0, 0, 0, 0), REGISTER(3, 0, 0, 4, 0),
	/* DC ISW, DC CISW, DC CIVAC, IC IALLU, TLBI VMALLE1IS, TLBI ALLE1, AT S1E1R, AT S12E1R */
	REGISTER(1, 0, 7, 6, 2), REGISTER(1, 0, 7, 14, 2), REGISTER(1, 3, 7, 14, 1),
	REGISTER(1, 0, 7, 5, 0), REGISTER(1, 0, 8, 3, 0), REGISTER(1, 4, 8, 7, 4),
	REGISTER(1, 0, 7, 8, 0), REGISTER(1, 4, 7, 8, 4),
};

static const u64 places[] = {
	0x08000000, 0x08000004, 0x08000080, 0x08000100, 0x08000200, 0x08000300, 0x08000400,
	0x08000c00, 0x08006000, 0x0800ffe8, 0x080a0000, 0x080a0008, 0x080a0014, 0x080b0080,
	0x080b0100, 0x080b0200, 0x080b0400, 0x080b0c00, 0x080c0000, 0x0b000000, 0x09000000,
	0x00000000, 0x40000000, 0x4000f000, 0x40010000, 0x3fffffff, 0xffffffff,
};

static const u32 functions[] = {
	0x80000000, 0x80000001, 0x84000000, 0x84000001, 0xc4000001, 0x84000003, 0xc4000003,
	0x84000004, 0xc4000004, 0x84000006, 0x8400000a, 0x8600ff01, 0x86000000, 0xc6000002,
	0xc6000003, 0xc6000005, 0xc6000009, 0xfb001000, 0xfb001005, 0xbb00100c, 0x00000000,
};

/** struct writer - where the next instruction goes */
struct writer {
	volatile u32 *at;
	volatile u32 *end;
	struct random random;
};

static void put(struct writer *writer, u32 word)
{
	if (writer->at < writer->end)
		*writer->at++ = word;
}

static void put_value(struct writer *writer, u32 reg, u32 value)
{
	put(writer, MOVZ(reg, value));
	put(writer, MOVK_16(reg, value >> 16));
}

/* Half of them name a register that there is. */
static u32 system_instruction(struct random *random)
{
	u32 direction = random_below(random, 2) << 21;
	u32 target = random_below(random, 16);

	if (random_below(random, 2))
		return 0xd5000000U | (random_next(random) >> 20 & 0x003fffffU);
	return 0xd5000000U | direction | registers[random_below(random, COUNT(registers))] | target;
}

/*
 * MRS, MSR or SYS; not those that would end the guest's own game. Nor those that end
 * the emulator's: QEMU 7.2 itself runs in circles when CNTV_CVAL_EL0 + CNTVOFF_EL2
 * exceeds 64 bits, which a negative TVAL does in a young guest, and ends with a failed
 * assertion when a binary point of 8 or more is written.
 */
static void put_system(struct writer *writer)
{
	u32 word = system_instruction(&writer->random);

	switch (word & REGISTER_MASK) {
	case MSR_SCTLR:
	case MSR_VBAR:
	case MSR_CNTV_CVAL:
	case MSR_CNTV_TVAL:
	case MSR_ICC_BPR0:
	case MSR_ICC_BPR1:
		break;
	default:
		put(writer, word);
	}
}

static void put_call(struct writer *writer)
{
	put_value(writer, 1, random_next(&writer->random));
	put_value(writer, 0, functions[random_below(&writer->random, COUNT(functions))]);
	put(writer, random_below(&writer->random, 2) ? HVC_0 : SMC_0);
}

static void put_access(struct writer *writer)
{
	u64 place = places[random_below(&writer->random, COUNT(places))];

	if (!random_below(&writer->random, 4))
		place += random_below(&writer->random, 0x1000);
	put_value(writer, 0, random_next(&writer->random));
	put_value(writer, 9, place);
	put(writer, accesses[random_below(&writer->random, COUNT(accesses))]);
}

static void put_something(struct writer *writer)
{
	switch (random_below(&writer->random, 16)) {
	case 0:
		put(writer, random_next(&writer->random) >> 8);
		break;
	case 1:
		put_call(writer);
		break;
	case 2 ... 8:
		put_access(writer);
		break;
	default:
		put_system(writer);
	}
}

/* Page 0: set the vectors, go to page 1. Each vector steps over and returns. */
static void write_frame(volatile u32 *page)
{
	static const u32 step_over[] = { MRS_X30_ELR, ADD_X30_4, MSR_ELR_X30, ERET };

	page[0] = MSR_VBAR_X28;
	page[1] = ISB;
	page[2] = BRANCH(WORDS - 2);
	for (u32 vector = 0; vector < 16; vector++)
		for (u32 i = 0; i < COUNT(step_over); i++)
			page[(VECTORS + vector * 0x80) / 4 + i] = step_over[i];
}

/* The last word jumps to where nothing is: the host sends the guest to the next page. */
static void write_page(struct random *random, volatile u32 *page)
{
	struct writer writer = { page, page + WORDS - 4, *random };

	while (writer.at < writer.end)
		put_something(&writer);
	writer.end = page + WORDS;
	put_value(&writer, 9, 0x0c000000);
	put(&writer, BR_X(9));
	*random = writer.random;
}

static s32 run_once(const struct machine *machine)
{
	s32 status;

	tick_start(TICKS);
	status = hvc(GZVM_HVC_RUN, gzvm_hvc_tuple(machine->vm, 0), 0, 0, 0, 0);
	tick_stop();
	return status;
}

/** struct harvest - what the guests did */
struct harvest {
	u64 mmio;
	u64 exceptions;
	u64 ticks;
	u64 others;
	u64 refused;
};

static void run_page(const struct machine *machine, u64 page, struct harvest *harvest)
{
	u64 gpa = MACHINE_GPA + page * PAGE_BYTES;

	machine_set(machine, GZVM_CORE_X(28), MACHINE_GPA + VECTORS);
	machine_set(machine, GZVM_CORE_PSTATE, 0x3c5);
	machine_set(machine, GZVM_CORE_PC, page == 1 ? MACHINE_GPA : gpa);
	for (u32 exits = 0; exits < EXITS_PER_PAGE; exits++) {
		if (run_once(machine)) {
			harvest->refused++;
			return;
		}
		switch ((u32)hvc_result) {
		case GZVM_EXIT_MMIO:
			harvest->mmio++;
			break;
		case GZVM_EXIT_EXCEPTION:
			harvest->exceptions++;
			return;
		case GZVM_EXIT_IRQ:
			/* Perhaps it loops, perhaps the page was long: it gets a few. */
			harvest->ticks++;
			exits += EXITS_PER_PAGE / 8;
			break;
		case GZVM_EXIT_IDLE:
		case GZVM_EXIT_IPI:
		case GZVM_EXIT_GZ:
		case GZVM_EXIT_HYPERCALL:
			harvest->others++;
			exits += EXITS_PER_PAGE / 64;
			break;
		default:
			harvest->others++;
			return;
		}
	}
}

static s32 create_gic(u64 vm)
{
	struct gzvm_create_device *device = (struct gzvm_create_device *)(PA - PAGE_BYTES);
	s32 status;

	for (u32 i = 0; i < sizeof(*device) / sizeof(u64); i++)
		((volatile u64 *)device)[i] = 0;
	device->dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST;
	device->dev_addr = 0x08000000;
	device->dev_reg_size = 0x10000;
	status = hvc(GZVM_HVC_CREATE_DEVICE, vm, (u64)device, 0, 0, 0);
	device->dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST;
	device->dev_addr = 0x080a0000;
	device->dev_reg_size = 0x20000;
	return status ?: hvc(GZVM_HVC_CREATE_DEVICE, vm, (u64)device, 0, 0, 0);
}

static bool run_guest(struct random *random, struct harvest *harvest)
{
	struct machine machine;

	if (!machine_create(&machine, PA, PAGES))
		return false;
	create_gic(machine.vm);
	hvc(GZVM_HVC_ENABLE_CAP, machine.vm, GZVM_CAP_ENABLE_IDLE, 0, 0, 0);
	write_frame((volatile u32 *)machine.memory);
	for (u64 page = 1; page <= CODE_PAGES; page++)
		write_page(random, (volatile u32 *)(machine.memory + page * PAGE_BYTES));
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
	for (u64 page = 1; page <= CODE_PAGES; page++) {
		hvc(GZVM_HVC_IRQ_LINE, gzvm_hvc_tuple(machine.vm, 0), page, 1, 0, 0);
		run_page(&machine, page, harvest);
	}
	machine_destroy(&machine);
	return true;
}

/*
 * Registers that both worlds use and that mean nothing to a host with its MMU off:
 * they hold a pattern while guests run. AMAIR_EL1 and AFSR<n>_EL1 are not there on
 * every CPU.
 */
#define CANARIES(X) \
	X(ttbr0_el1, 0x12345000) X(ttbr1_el1, 0x54321000) X(tcr_el1, 0x19) \
	X(mair_el1, 0x00ff44ee) X(contextidr_el1, 0x77) X(far_el1, 0xfa0) X(tpidr_el0, 0x1110) \
	X(tpidrro_el0, 0x2220) X(tpidr_el1, 0x3330) X(cntkctl_el1, 0x3) X(csselr_el1, 0x2) \
	X(sp_el0, 0x4440) X(cpacr_el1, 0x100000)

static void set_canaries(void)
{
#define X(name, value) asm volatile("msr " #name ", %0" : : "r"((u64)(value)));
	CANARIES(X)
#undef X
	asm volatile("isb");
}

static bool canaries_live(void)
{
	bool live = true;
	u64 value;

#define X(name, expected)						\
	asm volatile("mrs %0, " #name : "=r"(value));			\
	live &= value == (expected);
	CANARIES(X)
#undef X
	return live;
}

static void print_count(const char *what, u64 count)
{
	print("# ");
	print(what);
	print(" ");
	print_number(count);
	print("\n");
}

void test_hostile_guests(void)
{
	struct random random = { SEED };
	struct harvest harvest = { 0 };
	u64 guests = 0, hurt = 0;

	set_canaries();
	host_last_exception = 0;
	for (u64 i = 0; i < HOSTILE_GUESTS; i++) {
		guests += run_guest(&random, &harvest);
		hurt += !canaries_live();
	}
	print_count("MMIO exits", harvest.mmio);
	print_count("exceptions", harvest.exceptions);
	print_count("ticks", harvest.ticks);
	print_count("other exits", harvest.others);
	ok(guests == HOSTILE_GUESTS, "guests of random instructions come and go");
	ok(harvest.mmio > HOSTILE_GUESTS && harvest.exceptions > HOSTILE_GUESTS,
	   "they get far enough to leave by stores, loads and jumps");
	ok(!harvest.refused, "each of them can be entered again");
	ok(!hurt, "none of them changes a register of the host");
	ok(!host_last_exception, "nor gives the host an exception");
}
