/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of single interrupts, for the guests that test the GIC. They keep interrupts
 * masked (PSTATE) and acknowledge by hand.
 */
#ifndef _GUEST_GIC_CHECK_H
#define _GUEST_GIC_CHECK_H

#include "gic.h"

/* Offsets of the registers that have a bit for each interrupt. */
enum gic_bank {
	GIC_GROUP = 0x080,
	GIC_ENABLE = 0x100,
	GIC_DISABLE = 0x180,
	GIC_SET_PENDING = 0x200,
	GIC_CLEAR_PENDING = 0x280,
	GIC_SET_ACTIVE = 0x300,
	GIC_CLEAR_ACTIVE = 0x380,
};

/** gic_set() - write a one to the bit of @intid, which is @cpu's if it is below 32 */
void gic_set(enum gic_bank bank, unsigned int cpu, unsigned int intid);
/** gic_get() - the bit of @intid; the set and the clear register of a state read the same */
bool gic_get(enum gic_bank bank, unsigned int cpu, unsigned int intid);
/** gic_set_group() - 0 or 1 */
void gic_set_group(unsigned int cpu, unsigned int intid, unsigned int group);
void gic_set_priority(unsigned int cpu, unsigned int intid, unsigned int priority);
/** gic_set_target() - an SPI goes to @cpu */
void gic_set_target(unsigned int intid, unsigned int cpu);
/** gic_set_groups() - GICD_CTLR: bit 0 forwards group 0, bit 1 group 1 */
void gic_set_groups(unsigned int groups);

/**
 * gic_take() - acknowledge the next interrupt, which has to be @intid
 *
 * Waits for it for ten seconds. Fails the case @name with @what otherwise.
 */
void gic_take(const char *name, const char *what, unsigned int intid);
/** gic_take_none() - none is signalled, now and some microseconds later, or the case fails */
void gic_take_none(const char *name, const char *what);
/** expect() - the case fails unless @got is @expected */
void expect(const char *name, const char *what, uint64_t got, uint64_t expected);
/** pause_for() - spin for @microseconds */
void pause_for(unsigned int microseconds);

#endif /* _GUEST_GIC_CHECK_H */
