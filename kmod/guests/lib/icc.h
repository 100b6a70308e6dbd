/* SPDX-License-Identifier: GPL-2.0-only */
/* The GIC's CPU interface registers (Arm IHI 0069, chapter 12.2). */
#ifndef _GUEST_ICC_H
#define _GUEST_ICC_H

#include <stdint.h>

#define ICC_PMR_EL1		"s3_0_c4_c6_0"
#define ICC_IAR0_EL1		"s3_0_c12_c8_0"
#define ICC_EOIR0_EL1		"s3_0_c12_c8_1"
#define ICC_AP0R0_EL1		"s3_0_c12_c8_4"
#define ICC_AP1R0_EL1		"s3_0_c12_c9_0"
#define ICC_DIR_EL1		"s3_0_c12_c11_1"
#define ICC_RPR_EL1		"s3_0_c12_c11_3"
#define ICC_SGI1R_EL1		"s3_0_c12_c11_5"
#define ICC_IAR1_EL1		"s3_0_c12_c12_0"
#define ICC_EOIR1_EL1		"s3_0_c12_c12_1"
#define ICC_BPR1_EL1		"s3_0_c12_c12_3"
#define ICC_CTLR_EL1		"s3_0_c12_c12_4"
#define ICC_SRE_EL1		"s3_0_c12_c12_5"
#define ICC_IGRPEN0_EL1		"s3_0_c12_c12_6"
#define ICC_IGRPEN1_EL1		"s3_0_c12_c12_7"

/* ICC_CTLR_EL1.EOImode: an end only drops the priority, ICC_DIR_EL1 deactivates. */
#define ICC_CTLR_EOIMODE	(1u << 1)
/* ICC_SGI1R_EL1: to everybody else. */
#define ICC_SGI1R_IRM		(1ull << 40)
/* ICC_RPR_EL1 when nothing is active. */
#define ICC_RPR_IDLE		0xff

#define read_icc(name) ({							\
	uint64_t value__;							\
	__asm__ volatile("mrs %0, " name : "=r"(value__) : : "memory");		\
	value__;								\
})
#define write_icc(name, value) \
	__asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

#endif /* _GUEST_ICC_H */
