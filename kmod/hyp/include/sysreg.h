/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System registers: access macros and the fields gzhyp uses (Arm ARM DDI 0487,
 * chapter D19; GICv3 registers IHI 0069).
 */
#ifndef GZHYP_SYSREG_H
#define GZHYP_SYSREG_H

#include "types.h"

#define read_sysreg(name) ({					\
	u64 value__;						\
	asm volatile("mrs %0, " #name : "=r"(value__));		\
	value__;						\
})
#define write_sysreg(name, value) do {				\
	u64 value__ = (value);					\
	asm volatile("msr " #name ", %x0" : : "rZ"(value__));	\
} while (0)

#define isb()			asm volatile("isb" : : : "memory")
#define dsb(scope)		asm volatile("dsb " #scope : : : "memory")
#define dmb(scope)		asm volatile("dmb " #scope : : : "memory")

#define yield()			asm volatile("yield")

/* TLB maintenance: all of EL1 and stage 2 on this CPU; one VMID, the current, on every CPU. */
#define tlbi_all_el1()		asm volatile("tlbi alle1" : : : "memory")
#define tlbi_current_vmid()	asm volatile("tlbi vmalls12e1is" : : : "memory")
/* Cleans and invalidates the line of @address to the point of coherency. */
#define clean_line(address)	asm volatile("dc civac, %0" : : "r"(address) : "memory")
#define invalidate_icache()	asm volatile("ic ialluis" : : : "memory")
/* What the guest's stage 1 makes of @address for a load at EL1; the answer is in PAR_EL1. */
#define translate_stage1(address) asm volatile("at s1e1r, %0" : : "r"(address) : "memory")

/* HCR_EL2 */
#define HCR_VM			BIT(0)
#define HCR_SWIO		BIT(1)
#define HCR_PTW			BIT(2)
#define HCR_FMO			BIT(3)
#define HCR_IMO			BIT(4)
#define HCR_AMO			BIT(5)
#define HCR_FB			BIT(9)
#define HCR_BSU_IS		BIT(10)
#define HCR_TWI			BIT(13)
#define HCR_TID3		BIT(18)
#define HCR_TSC			BIT(19)
#define HCR_TIDCP		BIT(20)
#define HCR_TACR		BIT(21)
#define HCR_RW			BIT(31)
#define HCR_APK			BIT(40)
#define HCR_API			BIT(41)

/* CPTR_EL2 (HCR_EL2.E2H is 0) */
#define CPTR_RES1		0x33ffUL
#define CPTR_TFP		BIT(10)
#define CPTR_TTA		BIT(20)
#define CPTR_GUEST		((CPTR_RES1 & ~CPTR_TFP) | CPTR_TTA)
#define CPTR_HOST		(CPTR_RES1 & ~CPTR_TFP & ~BIT(8))

/* MDCR_EL2 */
#define MDCR_HPMN_MASK		0x1fUL
#define MDCR_TPMCR		BIT(5)
#define MDCR_TPM		BIT(6)
#define MDCR_TDA		BIT(9)
#define MDCR_TDOSA		BIT(10)
#define MDCR_TDRA		BIT(11)

/* CNTHCTL_EL2, CNTV_CTL_EL0 */
#define CNTHCTL_EL1PCTEN	BIT(0)
#define CNTHCTL_EL1PCEN		BIT(1)
#define CNTV_CTL_ENABLE		BIT(0)
#define CNTV_CTL_IMASK		BIT(1)
#define CNTV_CTL_ISTATUS	BIT(2)

/* SPSR */
#define SPSR_MODE_EL0T		0x0UL
#define SPSR_MODE_EL1T		0x4UL
#define SPSR_MODE_EL1H		0x5UL
#define SPSR_MODE_MASK		0xfUL
#define SPSR_AARCH32		BIT(4)
#define SPSR_DAIF		0x3c0UL
#define SPSR_SS			BIT(21)
#define SPSR_EL1H_MASKED	(SPSR_DAIF | SPSR_MODE_EL1H)

/* SCTLR_EL1 out of reset: the RES1 bits of Armv8.0, everything off. */
#define SCTLR_EL1_RESET		0x30d00800UL

/* ESR_ELx */
#define ESR_EC(esr)		FIELD(esr, 31, 26)
#define ESR_IL			BIT(25)
#define ESR_EC_SHIFT		26
#define EC_UNKNOWN		0x00
#define EC_WFX			0x01
#define EC_FP			0x07
#define EC_HVC64		0x16
#define EC_SMC64		0x17
#define EC_SYSREG		0x18
#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_INSTRUCTION_ABORT	0x21
#define EC_DATA_ABORT_LOWER	0x24
#define EC_DATA_ABORT		0x25
#define EC_COUNT		64

/* ISS of a data abort (D19.2.37) */
#define ISS_ISV			BIT(24)
#define ISS_SAS(esr)		FIELD(esr, 23, 22)
#define ISS_SSE			BIT(21)
#define ISS_SRT(esr)		FIELD(esr, 20, 16)
#define ISS_SF			BIT(15)
#define ISS_CM			BIT(8)
#define ISS_S1PTW		BIT(7)
#define ISS_WNR			BIT(6)
#define ISS_FSC(esr)		FIELD(esr, 5, 0)
#define FSC_TYPE_MASK		0x3c
#define FSC_TRANSLATION		0x04
#define FSC_ACCESS_FLAG		0x08
#define FSC_PERMISSION		0x0c
#define FSC_EXTERNAL		0x10
#define FSC_ALIGNMENT		0x21

/* PAR_EL1 */
#define PAR_FAILED		BIT(0)
#define PAR_PAGE(par)		FIELD(par, 47, 12)

/* ICH_* and ICC_* */
#define ICH_HCR_EN		BIT(0)
#define ICH_HCR_UIE		BIT(1)
#define ICH_HCR_LRENPIE		BIT(2)
#define ICH_HCR_NPIE		BIT(3)
#define ICH_HCR_VGRP0EIE	BIT(4)
#define ICH_HCR_VGRP0DIE	BIT(5)
#define ICH_HCR_VGRP1EIE	BIT(6)
#define ICH_HCR_VGRP1DIE	BIT(7)
#define ICH_HCR_TDIR		BIT(14)
#define ICH_HCR_EOICOUNT(hcr)	FIELD(hcr, 31, 27)
#define ICH_VMCR_VENG0		BIT(0)
#define ICH_VMCR_VENG1		BIT(1)
#define ICH_VMCR_VEOIM		BIT(9)
#define ICH_VTR_LISTREGS(vtr)	FIELD(vtr, 4, 0)
#define ICH_VTR_PREBITS(vtr)	FIELD(vtr, 28, 26)
#define ICH_LR_STATE_PENDING	BIT(62)
#define ICH_LR_STATE_ACTIVE	BIT(63)
#define ICH_LR_HW		BIT(61)
#define ICH_LR_GROUP1		BIT(60)
#define ICH_LR_EOI		BIT(41)		/* with HW = 0 */
#define ICH_LR_PRIORITY_SHIFT	48
#define ICH_LR_PINTID_SHIFT	32
#define ICH_LR_VINTID(lr)	((u32)(lr))
#define ICC_SRE_ALL		0xfUL

/* Names that older assemblers do not know. */
#define ICC_SRE_EL2		S3_4_C12_C9_5
#define ICC_HPPIR1_EL1		S3_0_C12_C12_2
#define ICC_SGI1R_EL1		S3_0_C12_C11_5
#define ICH_HCR_EL2		S3_4_C12_C11_0
#define ICH_VTR_EL2		S3_4_C12_C11_1
#define ICH_VMCR_EL2		S3_4_C12_C11_7
#define ICH_AP0R0_EL2		S3_4_C12_C8_0
#define ICH_AP1R0_EL2		S3_4_C12_C9_0

/* Expands the macro's arguments before the register's name is made a string. */
#define read_icc(name)		read_sysreg_expanded(name)
#define write_icc(name, value)	write_sysreg_expanded(name, value)
#define read_sysreg_expanded(name) read_sysreg(name)
#define write_sysreg_expanded(name, value) write_sysreg(name, value)

#endif
