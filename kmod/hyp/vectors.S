/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The EL2 vector table and the two ways through it.
 *
 * Host traps: x0..x18 and x30 go to a frame on the EL2 stack, C handles the trap
 * and keeps x19..x29 by the procedure call standard, the frame comes back, ERET.
 *
 * Guest traps: guest_enter() looks like a function that returns when the guest
 * traps. Its caller's callee-saved registers wait on the EL2 stack; the guest's
 * x0..x30 live at the start of struct vcpu.
 */

#include "platform.h"

#define EXIT_SYNC	0
#define EXIT_INTERRUPT	1
#define EXIT_SERROR	2

#define FRAME_BYTES	256

	.macro	save_gprs base
	save_caller_saved \base
	stp	x20, x21, [\base, #160]
	stp	x22, x23, [\base, #176]
	stp	x24, x25, [\base, #192]
	stp	x26, x27, [\base, #208]
	stp	x28, x29, [\base, #224]
	.endm

	/* x19 comes along, as the other half of a pair. */
	.macro	save_caller_saved base
	stp	x2, x3, [\base, #16]
	stp	x4, x5, [\base, #32]
	stp	x6, x7, [\base, #48]
	stp	x8, x9, [\base, #64]
	stp	x10, x11, [\base, #80]
	stp	x12, x13, [\base, #96]
	stp	x14, x15, [\base, #112]
	stp	x16, x17, [\base, #128]
	stp	x18, x19, [\base, #144]
	str	x30, [\base, #240]
	.endm

	/* x0 and x1 come last, so the base may be x0. */
	.macro	restore_gprs base
	ldp	x20, x21, [\base, #160]
	ldp	x22, x23, [\base, #176]
	ldp	x24, x25, [\base, #192]
	ldp	x26, x27, [\base, #208]
	ldp	x28, x29, [\base, #224]
	restore_caller_saved \base
	.endm

	.macro	restore_caller_saved base
	ldp	x2, x3, [\base, #16]
	ldp	x4, x5, [\base, #32]
	ldp	x6, x7, [\base, #48]
	ldp	x8, x9, [\base, #64]
	ldp	x10, x11, [\base, #80]
	ldp	x12, x13, [\base, #96]
	ldp	x14, x15, [\base, #112]
	ldp	x16, x17, [\base, #128]
	ldp	x18, x19, [\base, #144]
	ldr	x30, [\base, #240]
	.endm

	.macro	vector handler, argument=0
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mov	x0, #\argument
	b	\handler
	.endm

	.text
	.balign	2048
	.global	vectors
vectors:
	vector	own_trap, 0		/* current EL, SP_EL0: never used */
	vector	own_trap, 1
	vector	own_trap, 2
	vector	own_trap, 3
	vector	own_trap, 4		/* current EL, SP_EL2: a fault of gzhyp */
	vector	own_trap, 5
	vector	own_trap, 6
	vector	own_trap, 7
	vector	lower_trap, EXIT_SYNC	/* lower EL, AArch64 */
	vector	lower_trap, EXIT_INTERRUPT
	vector	lower_trap, EXIT_INTERRUPT
	vector	lower_trap, EXIT_SERROR
	vector	lower_trap, EXIT_SYNC	/* lower EL, AArch32 */
	vector	lower_trap, EXIT_INTERRUPT
	vector	lower_trap, EXIT_INTERRUPT
	vector	lower_trap, EXIT_SERROR

own_trap:
	bl	own_trap_main
	b	.

/* x0 = EXIT_*; the interrupted x0 and x1 are on the stack. */
lower_trap:
	mrs	x1, tpidr_el2
	ldr	x1, [x1]		/* struct cpu.guest */
	cbnz	x1, guest_trap

	sub	sp, sp, #FRAME_BYTES
	save_caller_saved sp
	ldp	x2, x3, [sp, #FRAME_BYTES]
	stp	x2, x3, [sp]
	mov	x1, sp
	bl	host_trap_main
	restore_caller_saved sp
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_BYTES + 16
	eret

/* x0 = EXIT_*, x1 = struct vcpu. Returns EXIT_* from guest_enter(). */
guest_trap:
	save_gprs x1
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x1]
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #96
	ret

/*
 * u32 guest_enter(struct vcpu *vcpu): runs the guest whose system registers,
 * ELR_EL2 and SPSR_EL2 are loaded until it traps.
 */
	.global	guest_enter
guest_enter:
	sub	sp, sp, #96
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	restore_gprs x0
	ldp	x0, x1, [x0]
	eret

/* void host_enter(u64 entry, u64 x0): the CPU's first step into the host. */
	.global	host_enter
host_enter:
	msr	elr_el2, x0
	mov	x0, x1
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, #0x3c5		/* EL1h, DAIF masked */
	msr	spsr_el2, x4
	mov	x4, xzr
	/* The stack starts again at its top with the first trap. */
	mov	x5, sp
	sub	x5, x5, #1
	orr	x5, x5, #STACK_BYTES - 1
	add	x5, x5, #1
	mov	sp, x5
	mov	x5, xzr
	isb
	eret
