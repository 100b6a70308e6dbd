// SPDX-License-Identifier: GPL-2.0-only
/*
 * System registers that trap from the guest, by rule:
 *
 *  - ID registers show only features whose state gzhyp switches;
 *  - SGIs go to the virtual distributor;
 *  - the physical timer is kept in struct vcpu (timer.c);
 *  - debug registers read as zero and ignore writes, MDSCR_EL1 is remembered;
 *  - ACTLR_EL1 reads as zero and ignores writes;
 *  - everything else, the PMU included, is undefined.
 */
#include "exits.h"
#include "sysreg.h"
#include "timer.h"

/* op0, op1, CRn, CRm, op2 in the places of the syndrome. */
#define REG(op0, op1, crn, crm, op2) \
	((u32)((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1))
#define REG_MASK		0x003ffc1eU
#define REG_OP0(reg)		FIELD(reg, 21, 20)
#define INTID_MASK		0xffffffUL
#define ISS_READ		BIT(0)
#define ISS_RT(esr)		FIELD(esr, 9, 5)

#define IS_ID_REGISTER(reg)	(((reg) & REG(3, 7, 15, 0, 0)) == REG(3, 0, 0, 0, 0))

/* What a guest sees: (hardware & keep) | set (Arm ARM D19.2). */
struct id_rule {
	u32 reg;
	u64 keep;
	u64 set;
};

static const struct id_rule id_rules[] = {
	/* ID_AA64PFR0: FP, AdvSIMD, GIC, CSV2, CSV3; EL0 and EL1 are AArch64 only. */
	{ REG(3, 0, 0, 4, 0), 0xff0000000fff0000, 0x11 },
	/* ID_AA64PFR1: SSBS. */
	{ REG(3, 0, 0, 4, 1), 0xf0, 0 },
	/* ID_AA64DFR0: Armv8 debug with the least number of points, no PMU. */
	{ REG(3, 0, 0, 5, 0), 0, 0x101006 },
	/* ID_AA64ISAR0: all but TME. */
	{ REG(3, 0, 0, 6, 0), 0xfffffffff0fffff0, 0 },
	/* ID_AA64ISAR1: no pointer authentication, its keys are not switched. */
	{ REG(3, 0, 0, 6, 1), 0x00ffffff00fff00f, 0 },
	/* ID_AA64MMFR0: all granules; 40 bits of PA. */
	{ REG(3, 0, 0, 7, 0), 0xfffffff0, 2 },
	/* ID_AA64MMFR1: HAFDBS, HPDS, PAN, SpecSEI. */
	{ REG(3, 0, 0, 7, 1), 0x0ff0f00f, 0 },
	/* ID_AA64MMFR2: UAO, LSM, VARange, CCIDX. */
	{ REG(3, 0, 0, 7, 2), 0x00ff0ff0, 0 },
};

static u64 read_hardware_id(u32 reg)
{
	switch (reg) {
	case REG(3, 0, 0, 4, 0):
		return read_sysreg(id_aa64pfr0_el1);
	case REG(3, 0, 0, 4, 1):
		return read_sysreg(id_aa64pfr1_el1);
	case REG(3, 0, 0, 6, 0):
		return read_sysreg(id_aa64isar0_el1);
	case REG(3, 0, 0, 6, 1):
		return read_sysreg(id_aa64isar1_el1);
	case REG(3, 0, 0, 7, 0):
		return read_sysreg(id_aa64mmfr0_el1);
	case REG(3, 0, 0, 7, 1):
		return read_sysreg(id_aa64mmfr1_el1);
	case REG(3, 0, 0, 7, 2):
		return read_sysreg(S3_0_C0_C7_2);
	default:
		return 0;
	}
}

static u64 read_id(u32 reg)
{
	for (u32 i = 0; i < ARRAY_SIZE(id_rules); i++)
		if (id_rules[i].reg == reg)
			return (read_hardware_id(reg) & id_rules[i].keep) | id_rules[i].set;
	return 0;
}

struct access {
	struct vcpu *vcpu;
	bool read;
	u64 value;
	bool wake;
};

static void access_zero(struct access *a)
{
	a->value = 0;
}

static void access_mdscr(struct access *a)
{
	if (a->read)
		a->value = a->vcpu->debug_control;
	else
		a->vcpu->debug_control = (u32)a->value;
}

static void access_sgi1(struct access *a)
{
	if (!a->read)
		a->wake = vgic_send_sgi(a->vcpu, a->value);
}

static void access_dir(struct access *a)
{
	bool split = read_icc(ICH_VMCR_EL2) & ICH_VMCR_VEOIM;

	if (!a->read && split)
		a->wake = vgic_deactivate(a->vcpu, a->value & INTID_MASK);
}

static void access_cntp_ctl(struct access *a)
{
	if (a->read) {
		a->value = timer_physical_control(a->vcpu);
		return;
	}
	a->vcpu->physical_timer_ctl = a->value & (CNTV_CTL_ENABLE | CNTV_CTL_IMASK);
	timer_physical_changed(a->vcpu);
}

static void set_cntp_cval(struct vcpu *vcpu, u64 value)
{
	vcpu->physical_timer_cval = value;
	timer_physical_changed(vcpu);
}

static void access_cntp_cval(struct access *a)
{
	if (a->read)
		a->value = a->vcpu->physical_timer_cval;
	else
		set_cntp_cval(a->vcpu, a->value);
}

static void access_cntp_tval(struct access *a)
{
	u64 now = read_sysreg(cntpct_el0);

	if (a->read)
		a->value = (u32)(a->vcpu->physical_timer_cval - now);
	else
		set_cntp_cval(a->vcpu, now + (s64)(s32)a->value);
}

static const struct rule {
	u32 reg;
	void (*access)(struct access *a);
} rules[] = {
	{ REG(3, 0, 1, 0, 1), access_zero },		/* ACTLR_EL1 */
	{ REG(2, 0, 0, 2, 2), access_mdscr },
	{ REG(3, 0, 12, 11, 1), access_dir },		/* ICC_DIR_EL1, while TDIR is set */
	{ REG(3, 0, 12, 11, 5), access_sgi1 },		/* ICC_SGI1R_EL1 */
	{ REG(3, 0, 12, 11, 6), access_zero },		/* ICC_ASGI1R_EL1: one security state */
	{ REG(3, 0, 12, 11, 7), access_zero },		/* ICC_SGI0R_EL1: no group 0 SGIs */
	{ REG(3, 3, 14, 2, 0), access_cntp_tval },
	{ REG(3, 3, 14, 2, 1), access_cntp_ctl },
	{ REG(3, 3, 14, 2, 2), access_cntp_cval },
};

static bool dispatch(struct access *a, u32 reg)
{
	for (u32 i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].reg == reg) {
			rules[i].access(a);
			return true;
		}
	if (REG_OP0(reg) == 2) {
		access_zero(a);
		return true;
	}
	if (IS_ID_REGISTER(reg) && a->read) {
		a->value = read_id(reg);
		return true;
	}
	return false;
}

u64 exit_sysreg(struct vcpu *vcpu, u64 esr)
{
	struct access a = {
		.vcpu = vcpu,
		.read = esr & ISS_READ,
		.value = gpr_read(vcpu, ISS_RT(esr)),
	};

	if (!dispatch(&a, esr & REG_MASK)) {
		world_inject_undefined();
		return EXIT_RESUME;
	}
	if (a.read)
		gpr_write(vcpu, ISS_RT(esr), a.value);
	exit_skip_instruction();
	return a.wake ? GZVM_EXIT_IPI : EXIT_RESUME;
}
