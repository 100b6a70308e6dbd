/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things are on QEMU's "virt" machine (hw/arm/virt.c, base_memmap), in
 * host-physical addresses. Included by C, assembly and the linker script.
 */
#ifndef GZHYP_PLATFORM_H
#define GZHYP_PLATFORM_H

#define PLATFORM_GICR_BASE	0x080a0000
#define PLATFORM_UART_BASE	0x09000000
#define PLATFORM_RAM_BASE	0x40000000

/* gzhyp's own memory. The host's device tree reserves it (no-map). */
#define HYP_REGION_BASE		PLATFORM_RAM_BASE
#define HYP_REGION_BYTES	0x02000000
#define HYP_REGION_END		(HYP_REGION_BASE + HYP_REGION_BYTES)

/*
 * QEMU puts a flat image with text_offset 0 two MiB into RAM, because it keeps
 * the first page for its own boot stub (hw/arm/boot.c).
 */
#define HYP_LOAD_BASE		0x40200000

/* The host kernel's Image, loaded here by QEMU's loader device. */
#define HOST_KERNEL_BASE	HYP_REGION_END

#define MAX_CPUS		8
#define STACK_BYTES		8192

#endif
