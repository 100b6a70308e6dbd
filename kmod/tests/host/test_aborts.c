// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 data aborts: every width, every register, both directions, sign extension
 * to 32 and to 64 bits; and what the CPU does not decode is never guessed.
 */
#include "host.h"

#define PA		SPARE_BASE
#define MMIO_GPA	0x0b000000UL
#define SIGN_GPA	0x0c000000UL
#define VECTORS		0x800UL
#define BASE		9U		/* x9 holds MMIO_GPA, x10 SIGN_GPA */
#define OTHER_BASE	10U
#define PATTERN		0xf1e2d3c4b5a69788UL

/* A64 */
#define BRANCH_SELF	0x14000000U
#define STR_X(t, n)	(0xf9000000U | (n) << 5 | (t))
#define MRS_ESR(t)	(0xd5385200U | (t))
#define MRS_FAR(t)	(0xd5386000U | (t))

/** struct access - an instruction; its Rt and Rn are 0 */
struct access {
	const char *name;
	u32 word;
	u32 size;
	bool is_write;
	/* Bits that a load leaves in the register, and whether it extends the sign. */
	u32 wide;
	bool is_signed;
};

static const struct access accesses[] = {
	{ "STRB", 0x39000000, 1, true, 0, false },
	{ "STRH", 0x79000000, 2, true, 0, false },
	{ "STR W", 0xb9000000, 4, true, 0, false },
	{ "STR X", 0xf9000000, 8, true, 0, false },
	{ "STLR W", 0x889ffc00, 4, true, 0, false },
	{ "LDRB", 0x39400000, 1, false, 32, false },
	{ "LDRH", 0x79400000, 2, false, 32, false },
	{ "LDR W", 0xb9400000, 4, false, 32, false },
	{ "LDR X", 0xf9400000, 8, false, 64, false },
	{ "LDRSB W", 0x39c00000, 1, false, 32, true },
	{ "LDRSH W", 0x79c00000, 2, false, 32, true },
	{ "LDRSB X", 0x39800000, 1, false, 64, true },
	{ "LDRSH X", 0x79800000, 2, false, 64, true },
	{ "LDRSW X", 0xb9800000, 4, false, 64, true },
	{ "LDAR W", 0x88dffc00, 4, false, 32, false },
};

/* No valid syndrome: pairs and write-back. */
static const struct {
	const char *name;
	u32 word;
} undecoded[] = {
	{ "STP is an abort in the guest", 0xa9000000 | BASE << 5 | 2 << 10 | 1 },
	{ "LDP is an abort in the guest", 0xa9400000 | BASE << 5 | 2 << 10 | 1 },
	{ "STR with write-back is an abort in the guest", 0xf8000c00 | BASE << 5 | 1 },
	{ "LDR with post-index is an abort in the guest", 0xf8408400 | BASE << 5 | 1 },
};

static u64 expected_load(const struct access *access)
{
	u32 unused = 64 - access->size * 8;
	u64 value = PATTERN << unused;

	value = access->is_signed ? (u64)((int64_t)value >> unused) : value >> unused;
	return access->wide == 32 ? (u32)value : value;
}

static u64 expected_store(const struct access *access, u32 reg)
{
	u32 unused = 64 - access->size * 8;

	return reg == 31 ? 0 : PATTERN << unused >> unused;
}

static u64 expected_register(const struct access *access, u32 reg)
{
	if (reg == 31)
		return 0;
	return access->is_write ? PATTERN : expected_load(access);
}

static void write_code(const struct machine *machine, u32 first, u32 second)
{
	volatile u32 *code = (volatile u32 *)machine->memory;

	code[0] = first;
	code[1] = second;
	code[2] = BRANCH_SELF;
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
	machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
}

static void set_registers(const struct machine *machine, u32 base)
{
	for (u32 n = 0; n < 31; n++)
		machine_set(machine, GZVM_CORE_X(n), PATTERN);
	machine_set(machine, GZVM_CORE_X(base), MMIO_GPA);
	machine_set(machine, GZVM_CORE_X(base + 1), SIGN_GPA);
}

static u64 data(const struct machine *machine)
{
	return *(volatile u64 *)machine_exit(machine)->mmio.data;
}

static bool is_exit(const struct machine *machine, u64 gpa, u32 size, bool is_write, u32 reg)
{
	const struct gzvm_vcpu_run *run = machine_exit(machine);

	return machine_run(machine, 100) == GZVM_EXIT_MMIO && run->mmio.phys_addr == gpa &&
	       run->mmio.size == size && run->mmio.is_write == is_write &&
	       run->mmio.reg_nr == reg;
}

/* The last access is finished, so that no PC set afterwards moves on because of it. */
static void settle(const struct machine *machine)
{
	machine_run(machine, 1);
}

/* The access with register @reg, then a store of the whole register. */
static bool access_works(const struct machine *machine, const struct access *access, u32 reg)
{
	/* x9 and x10, or x19 and x20, whichever @reg is not. */
	u32 base = reg == BASE || reg == OTHER_BASE ? 19 : BASE;
	bool right;

	set_registers(machine, base);
	write_code(machine, access->word | base << 5 | reg, STR_X(reg, base + 1));
	if (!is_exit(machine, MMIO_GPA, access->size, access->is_write, reg))
		return false;
	right = !access->is_write || data(machine) == expected_store(access, reg);
	if (!access->is_write)
		*(volatile u64 *)machine_exit(machine)->mmio.data = PATTERN;
	right &= is_exit(machine, SIGN_GPA, 8, true, reg) &&
		 data(machine) == expected_register(access, reg);
	settle(machine);
	return right;
}

static void test_every_register(const struct machine *machine)
{
	for (u32 i = 0; i < COUNT(accesses); i++) {
		u32 right = 0;

		for (u32 reg = 0; reg < 32; reg++)
			right += access_works(machine, &accesses[i], reg);
		print("# ");
		print(accesses[i].name);
		print("\n");
		ok(right == 32, "the access works with each of the 32 registers");
	}
}

/* The guest's vector tells ESR_EL1 and FAR_EL1 by a store each. */
static void test_undecoded(const struct machine *machine)
{
	volatile u32 *vector = (volatile u32 *)(machine->memory + VECTORS + 0x200);
	u64 esr;

	vector[0] = MRS_ESR(0);
	vector[1] = STR_X(0, BASE + 1);
	vector[2] = MRS_FAR(0);
	vector[3] = STR_X(0, BASE + 1);
	vector[4] = BRANCH_SELF;
	for (u32 i = 0; i < COUNT(undecoded); i++) {
		set_registers(machine, BASE);
		machine_set(machine, GZVM_CORE_PSTATE, 0x3c5);
		/* MSR VBAR_EL1, X11 goes first. */
		machine_set(machine, GZVM_CORE_X(11), MACHINE_GPA + VECTORS);
		write_code(machine, 0xd518c00b, undecoded[i].word);
		esr = is_exit(machine, SIGN_GPA, 8, true, 0) ? data(machine) : 0;
		ok(esr >> 26 == 0x25 && (esr & 0x3f) == 0x10 &&
		   is_exit(machine, SIGN_GPA, 8, true, 0) && data(machine) == MMIO_GPA,
		   undecoded[i].name);
		settle(machine);
	}
}

void test_aborts(void)
{
	struct machine machine;

	if (!ok(machine_create(&machine, PA, 4), "a VM for aborts is created"))
		return;
	test_every_register(&machine);
	test_undecoded(&machine);
	machine_destroy(&machine);
}
