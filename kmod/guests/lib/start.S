// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entry of a bare-metal guest: the arm64 Image header of the Linux boot
 * protocol, stacks, .bss and the exception vectors. Everything runs at EL1 with
 * the MMU off, position independent.
 */
#include "stack.h"

	.section .head, "ax"
	.global image_start
image_start:
	b	boot_entry
	.long	0
	.quad	0			// text_offset
	/* image_size, .bss and stacks included. As one quad it would need a relocation. */
	.long	image_bytes, 0
	.quad	0xa			// flags: little-endian, 4 KiB pages, anywhere in RAM
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text
/* The boot CPU: x0 is the gpa of the device tree, kept as the first argument of guest_main(). */
boot_entry:
	mov	x19, x0
	adrp	x1, bss_start
	add	x1, x1, :lo12:bss_start
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
1:	cmp	x1, x2
	b.hs	2f
	str	xzr, [x1], #8
	b	1b
2:	mov	x0, #0
	bl	cpu_setup
	mov	x0, x19
	bl	guest_main
	b	power_off

/*
 * A secondary CPU, entered by PSCI CPU_ON with the CPU number as context in x0.
 * Its stack is its own, nothing else is shared.
 */
	.global secondary_entry
secondary_entry:
	mov	x19, x0
	bl	cpu_setup
	mov	x0, x19
	bl	secondary_main
3:	wfi
	b	3b

/* x0: CPU number. Sets SP and VBAR_EL1; clobbers x1, x2. */
cpu_setup:
	adrp	x1, stacks
	add	x1, x1, :lo12:stacks
	add	x2, x0, #1
	add	x1, x1, x2, lsl #STACK_SHIFT
	mov	sp, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	ret

/* One 128-byte slot that reports slot \number and never returns. */
	.macro	fatal number
	.balign	128
	mov	x0, #\number
	b	fatal_exception
	.endm

	.balign	2048
vectors:
	fatal	0			// current EL with SP_EL0
	fatal	1
	fatal	2
	fatal	3
	fatal	4			// current EL with SP_EL1: synchronous
	.balign	128
	b	irq_entry		// current EL with SP_EL1: IRQ
	fatal	6
	fatal	7
	fatal	8			// lower EL, 64 bit
	fatal	9
	fatal	10
	fatal	11
	fatal	12			// lower EL, 32 bit
	fatal	13
	fatal	14
	fatal	15

fatal_exception:
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	bl	unexpected_exception
	b	power_off

/* Saves what a C function may clobber, ELR_EL1 and SPSR_EL1 included. */
irq_entry:
	sub	sp, sp, #192
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	bl	handle_irq
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x18, x30, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #192
	eret

	.section .stacks, "aw", %nobits
	.balign	16
stacks:
	.skip	MAX_CPUS << STACK_SHIFT
