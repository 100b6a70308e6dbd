// SPDX-License-Identifier: GPL-2.0-only
/*
 * What gzhyp makes of a guest's stage-2 abort: every syndrome of a load or store with
 * every register, then syndromes by chance, against the architecture's description of
 * ESR_ELx (Arm ARM D19.2.37). On the build machine, under sanitizers.
 */
#include <string.h>

#include "exits.h"
#include "sysreg.h"

#undef memset
#undef memcpy

#include "tap.h"

#define RAM		0x40000000UL
#define RAM_END		0x40100000UL
#define ROM		0x0a000000UL	/* memory that the guest may only read */
#define ROM_END		0x0a010000UL
#define GIC		0x08000000UL
#define GIC_END		0x08010000UL
#define DEVICE		0x0b000000UL
#define CASES		300000UL
#define FAR_UPPER	0xffff800012340000UL
#define PC		0x40001000UL
#define GIC_ANSWER	0x8192a3b4c5d6e7f8UL
#define MAPPED_AT_LEVEL_3 0x07UL	/* translation fault */
#define ACCESS_FLAG	0x0bUL
#define PERMISSION	0x0fUL
#define PAR_OF_GUEST	0x123456789abcd001UL

struct fake_cpu *fake_cpu;
static struct fake_cpu cpu;
static struct cpu physical_cpu;
static struct vm vm;
static struct vcpu vcpu;
static u64 run_area[2 * PAGE_BYTES / sizeof(u64)];
static u64 state = 88172645463325252UL;
static u64 wrong;

/* What gzhyp did with the last abort. */
static struct {
	u32 injected;
	bool injected_instruction;
	u64 injected_far;
	u32 gic_accesses;
	u64 gic_gpa, gic_value;
	u32 gic_size;
	bool gic_write;
} seen;
static bool mmio_is_allowed, gic_wakes, page_is_mapped, tables_have_changed;
static u64 translated_page;

static u64 random_next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static bool expect(bool right, const char *what, u64 esr)
{
	if (!right && wrong++ < 10)
		diag("%s, ESR 0x%lx", what, esr);
	return right;
}

/* What abort.c calls elsewhere. */
struct cpu *this_cpu(void)
{
	return &physical_cpu;
}

void fake_yield(void)
{
}

void fake_translate(u64 address)
{
	expect(address == cpu.registers[FAKE_far_el2], "the address that is translated", 0);
	cpu.registers[FAKE_par_el1] = tables_have_changed ? PAR_FAILED :
				      0xff00000000000b80UL | translated_page;
}

void exit_skip_instruction(void)
{
	cpu.registers[FAKE_elr_el2] += 4;
}

struct slot *vm_find_slot(struct vm *v, u64 gpa)
{
	if (gpa >= ROM && gpa < ROM_END)
		return &v->slots[1];
	return gpa >= RAM && gpa < RAM_END ? &v->slots[0] : NULL;
}

u64 stage2_lookup(const struct stage2 *s2, u64 ipa)
{
	(void)s2;
	return page_is_mapped ? ipa | S2_VALID : 0;
}

bool vgic_contains(const struct vm *v, u64 gpa)
{
	(void)v;
	return gpa >= GIC && gpa < GIC_END;
}

bool vgic_mmio(struct vcpu *v, u64 gpa, u32 size, bool write, u64 *value)
{
	(void)v;
	seen.gic_accesses++;
	seen.gic_gpa = gpa;
	seen.gic_size = size;
	seen.gic_write = write;
	seen.gic_value = *value;
	if (!write)
		*value = GIC_ANSWER;
	return gic_wakes;
}

bool protect_allows_mmio(const struct vm *v, u64 gpa)
{
	(void)v;
	(void)gpa;
	return mmio_is_allowed;
}

void world_inject_abort(bool instruction, u64 far)
{
	seen.injected++;
	seen.injected_instruction = instruction;
	seen.injected_far = far;
}

static bool is_permission(u64 esr)
{
	return (ISS_FSC(esr) & FSC_TYPE_MASK) == FSC_PERMISSION;
}

static u64 do_abort(u64 esr, u64 gpa)
{
	u64 reason;

	memset(&seen, 0, sizeof(seen));
	cpu.registers[FAKE_far_el2] = FAR_UPPER | (gpa & (PAGE_BYTES - 1));
	cpu.registers[FAKE_hpfar_el2] = gpa >> PAGE_SHIFT << 4;
	cpu.registers[FAKE_elr_el2] = PC;
	cpu.registers[FAKE_par_el1] = PAR_OF_GUEST;
	translated_page = gpa & ~(PAGE_BYTES - 1);
	/* The CPU leaves HPFAR_EL2 as it was, unless it was walking the guest's tables. */
	if (is_permission(esr) && !(esr & ISS_S1PTW))
		cpu.registers[FAKE_hpfar_el2] = random_next();
	reason = exit_abort(&vcpu, esr);
	expect(cpu.registers[FAKE_par_el1] == PAR_OF_GUEST, "PAR_EL1 is the guest's", esr);
	return reason;
}

static void fill_registers(void)
{
	for (u32 i = 0; i < 31; i++)
		vcpu.gprs.x[i] = random_next();
}

/* The syndrome of a load or store whose description the CPU gives. */
static u64 syndrome(u32 log2_size, bool sign, bool wide, u32 reg, bool write)
{
	return (u64)EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_IL | ISS_ISV | (u64)log2_size << 22 |
	       (sign ? ISS_SSE : 0) | (u64)reg << 16 | (wide ? ISS_SF : 0) |
	       (write ? ISS_WNR : 0) | MAPPED_AT_LEVEL_3;
}

/* By the C language's own conversions. */
static u64 loaded(u64 data, u32 log2_size, bool sign, bool wide)
{
	static const u64 widths[] = { 0xff, 0xffff, 0xffffffff, ~0UL };
	s64 value;

	if (!sign)
		return data & widths[log2_size];
	switch (log2_size) {
	case 0:
		value = (int8_t)data;
		break;
	case 1:
		value = (int16_t)data;
		break;
	case 2:
		value = (s32)data;
		break;
	default:
		return data;
	}
	return wide ? (u64)value : (u32)value;
}

static u64 stored(u32 log2_size, u32 reg)
{
	static const u64 widths[] = { 0xff, 0xffff, 0xffffffff, ~0UL };

	return reg == 31 ? 0 : vcpu.gprs.x[reg] & widths[log2_size];
}

static bool registers_are(const u64 *before, u32 but, u64 value)
{
	for (u32 i = 0; i < 31; i++)
		if (vcpu.gprs.x[i] != (i == but ? value : before[i]))
			return false;
	return true;
}

static void check_exit(u64 esr, u64 gpa, u32 log2_size, u32 reg, bool write)
{
	const struct gzvm_vcpu_run *run = vcpu_run_page(&vcpu);
	u64 data = write ? stored(log2_size, reg) : 0;

	expect(do_abort(esr, gpa) == GZVM_EXIT_MMIO && !seen.injected, "no MMIO exit", esr);
	expect(run->mmio.phys_addr == gpa, "the address", esr);
	expect(run->mmio.size == 1U << log2_size, "the width", esr);
	expect(run->mmio.reg_nr == reg, "the register", esr);
	expect(run->mmio.is_write == write, "the direction", esr);
	expect(!memcmp(run->mmio.data, &data, sizeof(data)), "the data", esr);
	expect(cpu.registers[FAKE_elr_el2] == PC, "the instruction is not over yet", esr);
}

static void check_completion(u64 esr, u32 log2_size, bool sign, bool wide, u32 reg, bool write)
{
	struct gzvm_vcpu_run *run = vcpu_run_page(&vcpu);
	u64 data = random_next(), before[31];

	memcpy(before, vcpu.gprs.x, sizeof(before));
	memcpy(run->mmio.data, &data, sizeof(data));
	/* All but the data is remembered by gzhyp: the host may write here what it likes. */
	run->mmio.size = random_next();
	run->mmio.reg_nr = random_next();
	run->mmio.is_write = !write;
	vcpu.pc = PC;
	vcpu.pstate = SPSR_SS | SPSR_MODE_EL1H;
	exit_complete_mmio(&vcpu);
	expect(registers_are(before, write ? 31 : reg, loaded(data, log2_size, sign, wide)),
	       "registers after the access", esr);
	expect(vcpu.pc == PC + 4 && vcpu.pstate == SPSR_MODE_EL1H, "PC after the access", esr);
	exit_complete_mmio(&vcpu);
	expect(vcpu.pc == PC + 4, "an access is finished once", esr);
}

static void check_gic(u64 esr, u64 gpa, u32 log2_size, bool sign, bool wide, u32 reg, bool write)
{
	u64 before[31], value = stored(log2_size, reg);
	u64 reason;

	memcpy(before, vcpu.gprs.x, sizeof(before));
	gic_wakes = random_next() & 1;
	reason = do_abort(esr, gpa);
	expect(reason == (gic_wakes ? GZVM_EXIT_IPI : EXIT_RESUME), "the end of a GIC access", esr);
	expect(seen.gic_accesses == 1 && seen.gic_gpa == gpa && seen.gic_size == 1U << log2_size &&
	       seen.gic_write == write && (!write || seen.gic_value == value),
	       "the access to the GIC", esr);
	expect(registers_are(before, write ? 31 : reg, loaded(GIC_ANSWER, log2_size, sign, wide)),
	       "registers after an access to the GIC", esr);
	expect(cpu.registers[FAKE_elr_el2] == PC + 4, "the instruction is over", esr);
}

static void test_described(void)
{
	for (u32 i = 0; i < 4 * 2 * 2 * 2 * 32; i++) {
		u32 log2_size = i & 3, reg = i >> 5;
		bool sign = i & 4, wide = i & 8, write = i & 16;
		u64 esr = syndrome(log2_size, sign, wide, reg, write);
		u64 offset = random_next() & 0xff8;

		fill_registers();
		check_exit(esr, DEVICE + offset, log2_size, reg, write);
		check_completion(esr, log2_size, sign, wide, reg, write);
		check_gic(esr, GIC + offset, log2_size, sign, wide, reg, write);
		if (!write)
			continue;
		check_exit(esr, ROM + offset, log2_size, reg, write);
		esr = (esr & ~0x3fUL) | PERMISSION;
		check_exit(esr, ROM + offset, log2_size, reg, write);
		check_completion(esr, log2_size, sign, wide, reg, write);
	}
	ok(!wrong, "each width, extension, register and direction of a load or store");
}

static bool is_exception(u64 reason, u32 exception, u64 esr, u64 gpa)
{
	const struct gzvm_vcpu_run *run = vcpu_run_page(&vcpu);

	return reason == GZVM_EXIT_EXCEPTION && run->exception.exception == exception &&
	       run->exception.error_code == (u32)esr && run->exception.fault_gpa == gpa &&
	       !seen.injected;
}

static bool is_injected(u64 reason, bool instruction)
{
	return reason == EXIT_RESUME && seen.injected == 1 &&
	       seen.injected_instruction == instruction &&
	       seen.injected_far == cpu.registers[FAKE_far_el2] && !seen.gic_accesses &&
	       cpu.registers[FAKE_elr_el2] == PC;
}

/* What has to become of an abort, in the order in which the questions are asked. */
static void check_any(u64 esr, u64 gpa)
{
	u64 fsc = ISS_FSC(esr) & FSC_TYPE_MASK;
	bool instruction = ESR_EC(esr) == EC_INSTRUCTION_ABORT_LOWER;
	bool of_table = esr & ISS_S1PTW, in_ram = gpa >= RAM && gpa < RAM_END;
	bool in_gic = gpa >= GIC && gpa < GIC_END, in_rom = gpa >= ROM && gpa < ROM_END;
	bool permission = fsc == FSC_PERMISSION;
	/* A walk stores when it is not allowed to. */
	bool stores = of_table ? permission : !instruction && (esr & ISS_WNR);
	/* The faulting address of a table walk is known by page. */
	u64 told = of_table ? gpa & ~(PAGE_BYTES - 1) : gpa;
	u64 reason = do_abort(esr, gpa);

	in_ram |= in_rom;
	if (fsc != FSC_TRANSLATION && fsc != FSC_ACCESS_FLAG && !permission)
		expect(is_injected(reason, instruction), "no fault of stage 2", esr);
	else if (permission && !of_table && tables_have_changed)
		expect(reason == EXIT_RESUME && !seen.injected &&
		       cpu.registers[FAKE_elr_el2] == PC, "tables that have changed", esr);
	else if (in_rom && stores && (of_table || (vm.guard_on && !mmio_is_allowed)))
		expect(is_injected(reason, instruction), "a table in read-only memory", esr);
	else if (in_rom && stores && (esr & ISS_CM))
		expect(reason == EXIT_RESUME && !seen.injected &&
		       cpu.registers[FAKE_elr_el2] == PC + 4, "maintenance of it", esr);
	else if (in_rom && stores && !(esr & ISS_ISV))
		expect(is_injected(reason, false), "a store without a description", esr);
	else if (in_rom && stores)
		expect(reason == GZVM_EXIT_MMIO && !seen.injected, "a store to it", esr);
	else if (permission)
		expect(reason == EXIT_RESUME && !seen.injected &&
		       cpu.registers[FAKE_elr_el2] == PC, "memory that is not read-only now", esr);
	else if (in_ram && page_is_mapped)
		expect(reason == EXIT_RESUME && !seen.injected &&
		       cpu.registers[FAKE_elr_el2] == PC, "a page that came meanwhile", esr);
	else if (in_ram && vm.demand_paging)
		expect(is_exception(reason, GZVM_EXCEPTION_PAGE_FAULT, esr, told), "a page fault",
		       esr);
	else if (in_ram || instruction)
		expect(is_exception(reason, GZVM_EXCEPTION_UNKNOWN, esr, told),
		       "an abort that nobody can mend", esr);
	else if (of_table || (vm.guard_on && !in_gic && !mmio_is_allowed))
		expect(is_injected(reason, false), "a table or guarded MMIO", esr);
	else if (esr & ISS_CM)
		expect(reason == EXIT_RESUME && !seen.injected && !seen.gic_accesses &&
		       cpu.registers[FAKE_elr_el2] == PC + 4, "cache maintenance", esr);
	else if (!(esr & ISS_ISV))
		expect(is_injected(reason, false), "an access without a description", esr);
	else if (in_gic)
		expect(seen.gic_accesses == 1, "an access to the GIC", esr);
	else
		expect(reason == GZVM_EXIT_MMIO && !seen.injected, "MMIO", esr);
	vcpu.mmio.pending = false;
}

static void test_any(void)
{
	static const u64 places[] = {
		RAM, RAM + 0x5000, ROM, ROM + 0x5000, GIC, GIC + 0x8000, DEVICE, 0x10000UL,
	};
	static const u64 fscs[] = { MAPPED_AT_LEVEL_3, 4, 5, 6, ACCESS_FLAG, PERMISSION, 0x21 };

	wrong = 0;
	for (u64 i = 0; i < CASES && wrong < 10; i++) {
		u64 random = random_next(), esr = random & 0x01ffffc0UL;

		esr |= fscs[(random >> 32) % ARRAY_SIZE(fscs)] | ESR_IL |
		       (u64)(random >> 40 & 3 ? EC_DATA_ABORT_LOWER : EC_INSTRUCTION_ABORT_LOWER)
			       << ESR_EC_SHIFT;
		vm.demand_paging = random >> 42 & 1;
		vm.guard_on = random >> 43 & 1;
		page_is_mapped = !(random >> 29 & 7);
		mmio_is_allowed = random >> 44 & 1;
		tables_have_changed = !(random >> 26 & 7);
		fill_registers();
		check_any(esr, places[(random >> 45) % ARRAY_SIZE(places)] +
			       (random >> 52 & 0xfff));
	}
	ok(!wrong, "%lu syndromes by chance become what they should", CASES);
}

int main(void)
{
	fake_cpu = &cpu;
	vcpu.vm = &vm;
	vcpu.run = (u64)run_area;
	vm.slots[1].flags = GZVM_USER_MEM_REGION_READ_ONLY;
	test_described();
	test_any();
	return tap_done();
}
