/* SPDX-License-Identifier: GPL-2.0-only */
#include "platform.h"

ENTRY(_start)

PHDRS {
	code PT_LOAD FLAGS(5);
	constants PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS {
	. = HYP_LOAD_BASE;
	.text : {
		_text = .;
		KEEP(*(.head))
		*(.text .text.*)
		. = ALIGN(4096);
		_etext = .;
	} :code
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4096);
		_erodata = .;
	} :constants
	.data : {
		*(.data .data.*)
		. = ALIGN(4096);
		_edata = .;
	} :data
	.bss : {
		_bss = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
		_end = .;
		_image_bytes = _end - _text;
	} :data
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }
}
