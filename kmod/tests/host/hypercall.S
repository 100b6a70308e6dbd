/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bool hypercall(struct call *call): HVC with call->x in x0..x7. SMCCC 1.1 lets the
 * hypervisor change x0..x3 only, and GenieZone's callers count on x18 and above:
 * x8..x30 carry a pattern through the call, and false tells that it was hurt.
 */
#define EACH_KEPT 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, \
	28, 29, 30

	.text
	.global	hypercall
hypercall:
	stp	x19, x20, [sp, #-112]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	str	x0, [sp, #96]
	ldp	x2, x3, [x0, #16]
	ldp	x4, x5, [x0, #32]
	ldp	x6, x7, [x0, #48]
	ldp	x0, x1, [x0]
	.irp	n, EACH_KEPT
	mov	x\n, #0x5a00 + \n
	.endr
	hvc	#0
	stp	x2, x3, [sp, #-16]!
	ldr	x2, [sp, #112]
	ldp	x3, xzr, [sp]
	stp	x0, x1, [x2]
	str	x3, [x2, #16]
	ldr	x3, [sp, #8]
	str	x3, [x2, #24]
	stp	x4, x5, [x2, #32]
	stp	x6, x7, [x2, #48]
	add	sp, sp, #16
	mov	x0, #0
	.irp	n, EACH_KEPT
	mov	x1, #0x5a00 + \n
	eor	x1, x1, x\n
	orr	x0, x0, x1
	.endr
	cmp	x0, #0
	cset	x0, eq
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #112
	ret
