/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guests of the benchmarks, the same for both backends. User space sets x1, x2, x4
 * and x6, the gpa that takes the result, before each round. The result is the difference
 * of CNTVCT_EL0 over the round. A store with one base register and 32 bits gives a valid
 * ISS in ESR_EL2 (Arm ARM, ISS encoding for an exception from a Data Abort), which
 * doorbells need.
 */
#define GICD_BASE	0x08000000
#define GICR_BASE	0x080a0000
/* SPI number 8, as vm_bench.c has it. */
#define SPI		8
#define INTID		(SPI + 32)
/* The gpa of a word, as vm_bench.c has it. */
#define FLAG		0x40100000

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1	S3_0_C12_C12_7

	.section .rodata

/* Calls SMCCC_VERSION x4 times, which no host has to hear of. A call may change x0 to x3. */
	.balign	4
	.global	bench_calls, bench_calls_end
bench_calls:
	isb
	mrs	x9, cntvct_el0
1:	mov	w0, #0x80000000
	hvc	#0
	subs	x4, x4, #1
	b.ne	1b
	isb
	mrs	x5, cntvct_el0
	sub	x5, x5, x9
	str	x5, [x6]
	b	bench_calls
bench_calls_end:

/* Stores x1 to x2, x4 times. */
	.balign	4
	.global	bench_stores, bench_stores_end
bench_stores:
	isb
	mrs	x3, cntvct_el0
1:	str	w1, [x2]
	subs	x4, x4, #1
	b.ne	1b
	isb
	mrs	x5, cntvct_el0
	sub	x5, x5, x3
	str	x5, [x6]
	b	bench_stores
bench_stores_end:

/*
 * Stores 1, 2, ... x4 to x2, and after each waits until the word at FLAG in RAM is the same
 * number.
 */
	.balign	4
	.global	bench_round_trips, bench_round_trips_end
bench_round_trips:
	movz	x7, #(FLAG >> 16), lsl #16
	mov	w8, #0
	isb
	mrs	x3, cntvct_el0
1:	add	w8, w8, #1
	str	w8, [x2]
2:	ldr	w9, [x7]
	cmp	w9, w8
	b.ne	2b
	cmp	w8, w4
	b.ne	1b
	isb
	mrs	x5, cntvct_el0
	sub	x5, x5, x3
	str	wzr, [x7]
	str	x5, [x6]
	b	bench_round_trips
bench_round_trips_end:

/* Stores to x4 pages from x2 on, once to each. */
	.balign	4
	.global	bench_touches, bench_touches_end
bench_touches:
	isb
	mrs	x3, cntvct_el0
1:	str	w1, [x2]
	add	x2, x2, #4096
	subs	x4, x4, #1
	b.ne	1b
	isb
	mrs	x5, cntvct_el0
	sub	x5, x5, x3
	str	x5, [x6]
	b	bench_touches
bench_touches_end:

/*
 * Stores x1 to x2, waits for the interrupt SPI that this makes somebody raise, and does so
 * x4 times. The result is the sum of the times from the store to the interrupt's handler.
 */
	.macro	interrupts name, idle
	.balign	2048
	.global	\name, \name\()_end
\name:	b	3f
	.org	\name + 0x280
	/* IRQ, from EL1 with its own stack pointer */
	isb
	mrs	x5, cntvct_el0
	mrs	x12, ICC_IAR1_EL1
	msr	ICC_EOIR1_EL1, x12
	sub	x5, x5, x3
	add	x10, x10, x5
	mov	w11, #1
	eret
	.org	\name + 0x400
3:	adr	x0, \name
	msr	vbar_el1, x0
	mrs	x0, ICC_SRE_EL1
	orr	x0, x0, #1
	msr	ICC_SRE_EL1, x0
	isb
	mov	x0, #0xf0
	msr	ICC_PMR_EL1, x0
	mov	x0, #1
	msr	ICC_IGRPEN1_EL1, x0
	mov	x7, #GICR_BASE
	str	wzr, [x7, #0x14]		/* GICR_WAKER */
	mov	x7, #GICD_BASE
	mov	w0, #0x12			/* GICD_CTLR: ARE, group 1 */
	str	w0, [x7]
	mov	w0, #(1 << (INTID % 32))
	str	w0, [x7, #(0x80 + INTID / 32 * 4)]	/* IGROUPR */
	mov	w0, #(2 << (INTID % 16 * 2))	/* ICFGR: edge */
	str	w0, [x7, #(0xc00 + INTID / 16 * 4)]
	mov	w0, #0xa0
	strb	w0, [x7, #(0x400 + INTID)]	/* IPRIORITYR */
	mov	x8, #(0x6000 + INTID * 8)	/* IROUTER */
	str	xzr, [x7, x8]
	mov	w0, #(1 << (INTID % 32))
	str	w0, [x7, #(0x100 + INTID / 32 * 4)]	/* ISENABLER */
	isb
4:	mov	x10, #0
5:	mov	w11, #0
	.if	\idle
	/* Masked, so that the interrupt cannot come before WFI, which it ends all the same. */
	msr	daifset, #2
	.else
	msr	daifclr, #2
	.endif
	isb
	mrs	x3, cntvct_el0
	str	w1, [x2]
	.if	\idle
	wfi
	msr	daifclr, #2
	.endif
6:	cbz	w11, 6b
	subs	x4, x4, #1
	b.ne	5b
	str	x10, [x6]
	b	4b
\name\()_end:
	.endm

	interrupts bench_busy, 0
	interrupts bench_idle, 1

	.section .note.GNU-stack, "", %progbits
