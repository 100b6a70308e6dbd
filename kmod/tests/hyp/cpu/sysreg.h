/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for the hardware below ../../../hyp/include/sysreg.h: system registers are
 * words of the fake CPU that fake_cpu points to, barriers do nothing.
 */
#ifndef GZHYP_TESTS_FAKE_CPU_H
#define GZHYP_TESTS_FAKE_CPU_H

#include "../../../hyp/include/sysreg.h"

#undef read_sysreg
#undef write_sysreg
#undef isb
#undef dsb
#undef dmb
#undef yield
#undef translate_stage1
#define read_sysreg(name)		(fake_cpu->registers[FAKE_##name])
#define write_sysreg(name, value)	((void)(fake_cpu->registers[FAKE_##name] = (value)))
#define isb()				((void)0)
#define dsb(scope)			((void)0)
#define dmb(scope)			((void)0)
/* Who waits lets the other CPUs go on. */
#define yield()				fake_yield()
#define translate_stage1(address)	fake_translate(address)

enum fake_register {
	FAKE_S3_4_C12_C11_0, FAKE_S3_4_C12_C11_1, FAKE_S3_4_C12_C11_7,	/* ICH_HCR, VTR, VMCR */
	FAKE_S3_4_C12_C8_0, FAKE_S3_4_C12_C9_0,				/* ICH_AP0R0, ICH_AP1R0 */
	FAKE_S3_4_C12_C12_0, FAKE_S3_4_C12_C12_1, FAKE_S3_4_C12_C12_2, FAKE_S3_4_C12_C12_3,
	FAKE_S3_4_C12_C12_4, FAKE_S3_4_C12_C12_5, FAKE_S3_4_C12_C12_6, FAKE_S3_4_C12_C12_7,
	FAKE_S3_4_C12_C13_0, FAKE_S3_4_C12_C13_1, FAKE_S3_4_C12_C13_2, FAKE_S3_4_C12_C13_3,
	FAKE_S3_4_C12_C13_4, FAKE_S3_4_C12_C13_5, FAKE_S3_4_C12_C13_6, FAKE_S3_4_C12_C13_7,
	FAKE_S3_0_C12_C12_2,						/* ICC_HPPIR1 */
	FAKE_cntv_ctl_el0, FAKE_cntv_cval_el0, FAKE_cntvct_el0, FAKE_cntpct_el0, FAKE_cntfrq_el0,
	FAKE_cnthp_ctl_el2, FAKE_cnthp_cval_el2,
	FAKE_esr_el2, FAKE_elr_el2, FAKE_spsr_el2, FAKE_far_el2, FAKE_hpfar_el2, FAKE_par_el1,
	FAKE_REGISTERS,
};

#define FAKE_LR(n)	(FAKE_S3_4_C12_C12_0 + (n))

struct fake_cpu {
	u64 registers[FAKE_REGISTERS];
};

extern struct fake_cpu *fake_cpu;
void fake_yield(void);
/* Answers in PAR_EL1. */
void fake_translate(u64 address);

/* TPIDR_EL2 would say it. */
#define this_cpu hardware_this_cpu
#include "hyp.h"
#undef this_cpu
struct cpu *this_cpu(void);

#endif
