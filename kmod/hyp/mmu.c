// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzhyp's stage 1 at EL2: an identity map of 512 GiB (T0SZ 25, so translation
 * starts at level 1). The first GiB is devices, the rest is Normal write-back
 * memory and never executable, but for gzhyp's own text; text and read-only
 * data cannot be written.
 */
#include "hyp.h"
#include "sysreg.h"

#define DESCRIPTOR_TABLE	3UL
#define DESCRIPTOR_BLOCK	1UL
#define DESCRIPTOR_PAGE		3UL
#define ATTRIBUTE_NORMAL	(0UL << 2)	/* index into MAIR_EL2 */
#define ATTRIBUTE_DEVICE	(1UL << 2)
#define AP_RES1			BIT(6)
#define AP_READ_ONLY		BIT(7)
#define SH_INNER		(3UL << 8)
#define AF			BIT(10)
#define XN			BIT(54)

#define DATA	(ATTRIBUTE_NORMAL | AP_RES1 | SH_INNER | AF | XN)
#define CONST	(DATA | AP_READ_ONLY)
#define CODE	(CONST & ~XN)
#define DEVICE	(ATTRIBUTE_DEVICE | AP_RES1 | AF | XN)

#define MAIR_NORMAL_WB		0xffUL
#define MAIR_DEVICE_nGnRE	0x04UL
#define TCR_EL2_RES1		(BIT(31) | BIT(23))
#define TCR_T0SZ_39_BITS	25UL
#define TCR_WALK_CACHED_INNER	((1UL << 8) | (1UL << 10) | (3UL << 12))
#define SCTLR_EL2_RES1		0x30c50830UL
#define SCTLR_M			BIT(0)
#define SCTLR_C			BIT(2)
#define SCTLR_SA		BIT(3)
#define SCTLR_I			BIT(12)
#define SCTLR_WXN		BIT(19)

extern char _text[], _etext[], _erodata[], _end[];

static u64 level1[512] __attribute__((aligned(4096)));
static u64 level2_ram[512] __attribute__((aligned(4096)));
static u64 level3_image[512] __attribute__((aligned(4096)));

static u64 image_attributes(u64 address)
{
	if (address >= (u64)_text && address < (u64)_etext)
		return CODE;
	if (address >= (u64)_etext && address < (u64)_erodata)
		return CONST;
	return DATA;
}

void mmu_build(void)
{
	const u64 image = ALIGN_DOWN((u64)_text, BLOCK_BYTES);

	if ((u64)_end > image + BLOCK_BYTES)
		panic("gzhyp's image is larger than one level-3 table");
	for (u64 i = 0; i < 512; i++) {
		level1[i] = i << 30 | DESCRIPTOR_BLOCK | (i ? DATA : DEVICE);
		level2_ram[i] = (PLATFORM_RAM_BASE + i * BLOCK_BYTES) | DESCRIPTOR_BLOCK | DATA;
		level3_image[i] = (image + i * PAGE_BYTES) | DESCRIPTOR_PAGE |
				  image_attributes(image + i * PAGE_BYTES);
	}
	level2_ram[(image - PLATFORM_RAM_BASE) / BLOCK_BYTES] =
		(u64)level3_image | DESCRIPTOR_TABLE;
	level1[PLATFORM_RAM_BASE >> 30] = (u64)level2_ram | DESCRIPTOR_TABLE;
}

void mmu_enable(void)
{
	write_sysreg(mair_el2, MAIR_NORMAL_WB | MAIR_DEVICE_nGnRE << 8);
	write_sysreg(tcr_el2, TCR_EL2_RES1 | TCR_T0SZ_39_BITS | TCR_WALK_CACHED_INNER | 2UL << 16);
	write_sysreg(ttbr0_el2, (u64)level1);
	dsb(sy);
	asm volatile("tlbi alle2" : : : "memory");
	dsb(sy);
	isb();
	write_sysreg(sctlr_el2,
		     SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN);
	isb();
}
