/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for ../../../hyp/include/sysreg.h where there is no EL2. VTTBR_EL2 and TLB
 * maintenance lead to the TLBs of tlb.c.
 */
#ifndef GZHYP_SYSREG_H
#define GZHYP_SYSREG_H

#include "types.h"

extern u64 fake_vttbr_el2, fake_vtcr_el2;
static const u64 fake_cntpct_el0;
/* Cache lines of 64 bytes. */
static const u64 fake_ctr_el0 = 4UL << 16;

void tlb_forget(u64 vttbr);

#define read_sysreg(name)		(fake_##name)
#define write_sysreg(name, value)	((void)(fake_##name = (value)))
#define yield()				((void)0)
#define isb()				((void)0)
#define dsb(scope)			((void)0)
#define tlbi_all_el1()			((void)0)
#define tlbi_current_vmid()		tlb_forget(fake_vttbr_el2)
#define clean_line(address)		((void)(address))
#define invalidate_icache()		((void)0)

#endif
