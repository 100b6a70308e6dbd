/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual CPU interface of a GICv3 as hardware has it (Arm IHI 0069, chapter 6): what
 * a guest's ICC accesses do to the list registers of a fake CPU. Five bits of priority,
 * the least binary point.
 */
#ifndef GZHYP_TESTS_INTERFACE_H
#define GZHYP_TESTS_INTERFACE_H

#include "sysreg.h"

#define INTERFACE_LRS		4
#define INTERFACE_NONE		1023U
#define INTERFACE_IDLE		0xffU

/* The priority mask, and what the guest has enabled. */
u32 interface_mask(const struct fake_cpu *cpu);
void interface_set_mask(struct fake_cpu *cpu, u32 priority);
/* The priority of the most urgent active interrupt, or INTERFACE_IDLE. */
u32 interface_running(const struct fake_cpu *cpu);

/* ICC_IAR<group>_EL1. */
u32 interface_acknowledge(struct fake_cpu *cpu, u32 group);
/* ICC_EOIR<group>_EL1. True when an interrupt with a physical side was deactivated. */
bool interface_end(struct fake_cpu *cpu, u32 group, u32 intid);
/* ICC_DIR_EL1, if it does not trap. True as above. */
bool interface_deactivate(struct fake_cpu *cpu, u32 intid);
/* Whether the maintenance interrupt is asserted. */
bool interface_needs_maintenance(const struct fake_cpu *cpu);

#endif
