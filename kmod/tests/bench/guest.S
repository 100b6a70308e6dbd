/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of doorbell_bench, the same for both backends. User space sets
 *   x1  data of the store		x2  gpa of the doorbell
 *   x4  how many stores, not 0		x6  gpa that takes the result
 * before each round. The result is the difference of CNTVCT_EL0 over the round. A
 * store with one base register and 32 bits gives a valid ISS in ESR_EL2 (Arm ARM,
 * ISS encoding for an exception from a Data Abort), which doorbells need.
 */
	.section .rodata
/*
 * Calls SMCCC_VERSION x4 times instead, which no host has to hear of; the result is
 * stored in the same way. A call may change x0 to x3.
 */
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

	.balign	4
	.global	bench_guest, bench_guest_end
bench_guest:
	isb
	mrs	x3, cntvct_el0
1:	str	w1, [x2]
	subs	x4, x4, #1
	b.ne	1b
	isb
	mrs	x5, cntvct_el0
	sub	x5, x5, x3
	str	x5, [x6]
	b	bench_guest
bench_guest_end:

	.section .note.GNU-stack, "", %progbits
