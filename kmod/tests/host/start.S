/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of the bare-metal host at EL1, MMU off. A synchronous exception steps over
 * its instruction and is counted; any other ends the machine.
 */
#define STACK_SHIFT	14
#define CPUS		8

	.section .head, "ax"
	.global host_start
host_start:
	ldr	x1, =bss_start
	ldr	x2, =bss_end
1:	cmp	x1, x2
	b.hs	2f
	stp	xzr, xzr, [x1], #16
	b	1b
2:	mov	x0, #0
	bl	set_up
	bl	host_main
	b	.

/* A second CPU, from PSCI CPU_ON with its number in x0. */
	.global host_secondary_start
host_secondary_start:
	mov	x19, x0
	bl	set_up
	mov	x0, x19
	bl	host_secondary_main
	b	.

/* x0: number of the CPU. Clobbers x1, x2. */
set_up:
	ldr	x1, =stacks
	add	x2, x0, #1
	add	x1, x1, x2, lsl #STACK_SHIFT
	mov	sp, x1
	ldr	x1, =vectors
	msr	vbar_el1, x1
	isb
	ret

	.macro	slot target
	.balign	128
	b	\target
	.endm

	.balign	2048
vectors:
	.rept	4
	slot	unexpected
	.endr
	slot	synchronous
	.rept	11
	slot	unexpected
	.endr

synchronous:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el1
	ldr	x1, =host_last_exception
	str	x0, [x1]
	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
	ldp	x0, x1, [sp], #16
	eret

unexpected:
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	bl	host_unexpected_exception
	b	.

	.bss
	.balign	16
stacks:
	.skip	CPUS << STACK_SHIFT
