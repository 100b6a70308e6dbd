/* SPDX-License-Identifier: GPL-2.0-only */
#include "platform.h"

ENTRY(_start)

SECTIONS {
	. = HYP_LOAD_BASE;
	.text : {
		_text = .;
		KEEP(*(.head))
		*(.text .text.*)
		. = ALIGN(4096);
		_etext = .;
	}
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4096);
		_erodata = .;
	}
	.data : {
		*(.data .data.*)
		. = ALIGN(4096);
		_edata = .;
	}
	.bss (NOLOAD) : {
		_bss = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
		_end = .;
		_image_bytes = _end - _text;
	}
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }
}
