// SPDX-License-Identifier: GPL-2.0-only
#include "interface.h"

#define HCR		registers[FAKE_S3_4_C12_C11_0]
#define VMCR		registers[FAKE_S3_4_C12_C11_7]
#define AP0R		registers[FAKE_S3_4_C12_C8_0]
#define AP1R		registers[FAKE_S3_4_C12_C9_0]
#define VPMR_SHIFT	24
#define STATES		(ICH_LR_STATE_PENDING | ICH_LR_STATE_ACTIVE)
#define PRIORITY(lr)	FIELD(lr, 55, 48)
#define GROUP(lr)	((u32)!!((lr) & ICH_LR_GROUP1))
#define STEP		8
#define EOICOUNT_ONE	BIT(27)

u32 interface_mask(const struct fake_cpu *cpu)
{
	return FIELD(cpu->VMCR, 31, VPMR_SHIFT);
}

void interface_set_mask(struct fake_cpu *cpu, u32 priority)
{
	cpu->VMCR = (cpu->VMCR & 0x00ffffff) | (u64)priority << VPMR_SHIFT;
}

u32 interface_running(const struct fake_cpu *cpu)
{
	u32 active = cpu->AP0R | cpu->AP1R;

	return active ? (u32)__builtin_ctz(active) * STEP : INTERFACE_IDLE;
}

static u64 *best_pending(struct fake_cpu *cpu)
{
	u64 *best = NULL;

	for (u32 i = 0; i < INTERFACE_LRS; i++) {
		u64 *lr = &cpu->registers[FAKE_LR(i)];

		if ((*lr & STATES) != ICH_LR_STATE_PENDING ||
		    !(cpu->VMCR & (GROUP(*lr) ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0)))
			continue;
		if (!best || PRIORITY(*lr) < PRIORITY(*best))
			best = lr;
	}
	return best;
}

u32 interface_acknowledge(struct fake_cpu *cpu, u32 group)
{
	u64 *lr = best_pending(cpu);

	if (!lr || PRIORITY(*lr) >= interface_mask(cpu) ||
	    PRIORITY(*lr) / STEP * STEP >= interface_running(cpu) || GROUP(*lr) != group)
		return INTERFACE_NONE;
	*lr = (*lr & ~STATES) | ICH_LR_STATE_ACTIVE;
	if (group)
		cpu->AP1R |= BIT(PRIORITY(*lr) / STEP);
	else
		cpu->AP0R |= BIT(PRIORITY(*lr) / STEP);
	return ICH_LR_VINTID(*lr);
}

static u64 *find_active(struct fake_cpu *cpu, u32 intid)
{
	for (u32 i = 0; i < INTERFACE_LRS; i++) {
		u64 *lr = &cpu->registers[FAKE_LR(i)];

		if ((*lr & ICH_LR_STATE_ACTIVE) && ICH_LR_VINTID(*lr) == intid)
			return lr;
	}
	return NULL;
}

static bool deactivate(struct fake_cpu *cpu, u32 intid)
{
	u64 *lr = find_active(cpu, intid);

	if (!lr) {
		cpu->HCR += EOICOUNT_ONE;
		return false;
	}
	*lr &= ~ICH_LR_STATE_ACTIVE;
	return *lr & ICH_LR_HW;
}

bool interface_end(struct fake_cpu *cpu, u32 group, u32 intid)
{
	u64 *active = group ? &cpu->AP1R : &cpu->AP0R;

	if (!*active)
		return false;
	*active &= *active - 1;
	return !(cpu->VMCR & ICH_VMCR_VEOIM) && deactivate(cpu, intid);
}

bool interface_deactivate(struct fake_cpu *cpu, u32 intid)
{
	return deactivate(cpu, intid);
}

bool interface_needs_maintenance(const struct fake_cpu *cpu)
{
	u32 valid = 0, ended = 0, pending = 0;

	for (u32 i = 0; i < INTERFACE_LRS; i++) {
		u64 lr = cpu->registers[FAKE_LR(i)];

		valid += (lr & STATES) != 0;
		pending += (lr & STATES) == ICH_LR_STATE_PENDING;
		ended += !(lr & (STATES | ICH_LR_HW)) && (lr & ICH_LR_EOI);
	}
	return (cpu->HCR & ICH_HCR_EN) &&
	       (ended || ((cpu->HCR & ICH_HCR_UIE) && valid <= 1) ||
		((cpu->HCR & ICH_HCR_NPIE) && !pending) ||
		((cpu->HCR & ICH_HCR_LRENPIE) && ICH_HCR_EOICOUNT(cpu->HCR)) ||
		((cpu->HCR & ICH_HCR_VGRP0EIE) && (cpu->VMCR & ICH_VMCR_VENG0)) ||
		((cpu->HCR & ICH_HCR_VGRP0DIE) && !(cpu->VMCR & ICH_VMCR_VENG0)) ||
		((cpu->HCR & ICH_HCR_VGRP1EIE) && (cpu->VMCR & ICH_VMCR_VENG1)) ||
		((cpu->HCR & ICH_HCR_VGRP1DIE) && !(cpu->VMCR & ICH_VMCR_VENG1)));
}
