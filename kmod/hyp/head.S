/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of a physical CPU at EL2, MMU off. The boot CPU comes from QEMU with
 * the device tree's PA in x0; every other CPU comes from PSCI CPU_ON, which
 * hostpsci.c redirects to secondary_entry with its struct cpu in x0.
 */
#include "platform.h"

	.section .head, "ax"
	.global _start
_start:
	/* The arm64 Image header (Linux Documentation/arch/arm64/booting.rst). */
	b	boot_entry
	nop
	.quad	0			/* text_offset */
	.quad	_image_bytes		/* image_size */
	.quad	0xa			/* little-endian, 4 KiB pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

boot_entry:
	mov	x19, x0
	ldr	x1, =_bss
	ldr	x2, =_end
1:	cmp	x1, x2
	b.hs	2f
	stp	xzr, xzr, [x1], #16
	b	1b
2:	ldr	x20, =cpus
	msr	tpidr_el2, x20
	mov	x0, xzr
	bl	set_stack
	mov	x0, x19
	bl	boot_main
	b	.			/* boot_main does not return */

	.global secondary_entry
secondary_entry:
	msr	tpidr_el2, x0
	ldr	w0, [x0, #8]		/* struct cpu.index */
	bl	set_stack
	bl	secondary_main
	b	.

/* In: w0 = index of the CPU. Clobbers x1, x2. */
set_stack:
	add	w1, w0, #1
	mov	x2, #STACK_BYTES
	mul	x1, x1, x2
	ldr	x2, =stacks
	add	x1, x1, x2
	mov	sp, x1
	ret

	.bss
	.balign	STACK_BYTES
stacks:
	.space	MAX_CPUS * STACK_BYTES
