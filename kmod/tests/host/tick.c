// SPDX-License-Identifier: GPL-2.0-only
/*
 * The physical timer (CNTP, PPI 30) as a pending interrupt. The host itself keeps
 * interrupts masked: it only wants RUN to return.
 */
#include "host.h"

#define GICD_CTLR	(*(volatile u32 *)0x08000000UL)
#define GICD_CTLR_ALL	0x37U
#define GICR_BASE	0x080a0000UL
#define GICR_STRIDE	0x20000UL
#define GICR_WAKER	0x14
#define GICR_IGROUPR0	0x10080
#define GICR_ISENABLER0	0x10100
#define TIMER		(1U << 30)

static volatile u32 *gicr(u64 offset)
{
	u64 mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return (volatile u32 *)(GICR_BASE + (mpidr & 0xff) * GICR_STRIDE + offset);
}

void tick_init(void)
{
	GICD_CTLR |= GICD_CTLR_ALL;
	*gicr(GICR_WAKER) = 0;
	*gicr(GICR_IGROUPR0) |= TIMER;
	*gicr(GICR_ISENABLER0) = TIMER;
	asm volatile("msr S3_0_C4_C6_0, %0" : : "r"(0xffUL));		/* ICC_PMR_EL1 */
	asm volatile("msr S3_0_C12_C12_7, %0" : : "r"(1UL));		/* ICC_IGRPEN1_EL1 */
	asm volatile("isb");
}

void tick_start(u64 ticks)
{
	asm volatile("msr cntp_tval_el0, %0" : : "r"(ticks));
	asm volatile("msr cntp_ctl_el0, %0" : : "r"(1UL));
	asm volatile("isb");
}

void tick_stop(void)
{
	asm volatile("msr cntp_ctl_el0, %0" : : "r"(0UL));
	asm volatile("isb");
}
