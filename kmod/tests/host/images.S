/* SPDX-License-Identifier: GPL-2.0-only */
/* The bare-metal guests of ../../guests, as they are: from guest_NAME to guest_NAME_end. */
	.macro	image name
	.balign	8
	.global	guest_\name, guest_\name\()_end
guest_\name:
	.incbin	"\name\().bin"
guest_\name\()_end:
	.endm

	.section .rodata, "a"
	image	gic_priority
	image	gic_state
	image	gic_fuzz
	image	psci
	image	sgi_all
	image	smp
	image	spin
	image	timers
