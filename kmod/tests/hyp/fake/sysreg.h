/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands in for ../../../hyp/include/sysreg.h where there is no EL2: registers are zero. */
#ifndef GZHYP_SYSREG_H
#define GZHYP_SYSREG_H

#include "types.h"

#define read_sysreg(name)		0UL
#define write_sysreg(name, value)	((void)(value))
#define yield()				((void)0)
#define isb()				((void)0)
#define dsb(scope)			((void)0)
#define tlbi_all_el1()			((void)0)
#define tlbi_current_vmid()		((void)0)
#define clean_line(address)		((void)(address))
#define invalidate_icache()		((void)0)

#endif
