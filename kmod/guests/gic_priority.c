// SPDX-License-Identifier: GPL-2.0-only
/*
 * Priorities: the order of delivery of more interrupts than there are list registers,
 * ICC_PMR, preemption by groups of priorities, and groups 0 and 1. One CPU, which makes
 * SPIs pending by register writes.
 */
#include "gic_check.h"
#include "icc.h"

#define FIRST			40u
#define MANY			40u
#define NESTED			8u
#define BPR_ALL			0	/* the least there is: every priority is a group */
#define BPR_HALVES		7	/* 0x00 and 0x80 */
#define MIDDLE			0x80
#define GROUPS_BOTH		3

void gic_priority(void);

/* 32 priorities for 40 interrupts, in an order that is neither theirs nor its reverse. */
static unsigned int scattered_priority(unsigned int i)
{
	return (i * 13 % 31) * 8;
}

static void prepare(unsigned int intid, unsigned int priority)
{
	gic_set_group(0, intid, 1);
	gic_set_priority(0, intid, priority);
	gic_set(GIC_ENABLE, 0, intid);
}

static void test_many(void)
{
	unsigned int taken = 0, last = 0;
	uint64_t seen = 0;

	write_icc(ICC_PMR_EL1, 0);
	for (unsigned int i = 0; i < MANY; i++) {
		prepare(FIRST + i, scattered_priority(i));
		gic_set(GIC_SET_PENDING, 0, FIRST + i);
	}
	gic_take_none("many", "an interrupt although ICC_PMR_EL1 is 0, got INTID");
	write_icc(ICC_PMR_EL1, 0xff);
	while (taken < MANY) {
		unsigned int intid = gic_acknowledge(), i = intid - FIRST;

		if (intid == GIC_NO_INTERRUPT)
			continue;
		if (i >= MANY || seen >> i & 1)
			fail("many", "an interrupt that is not pending", intid);
		if (scattered_priority(i) < last)
			fail("many", "a higher priority after a lower one", intid);
		last = scattered_priority(i);
		seen |= 1ull << i;
		gic_end(intid);
		taken++;
	}
	gic_take_none("many", "more interrupts than were pending, got INTID");
	pass("gic_priority", "40 pending interrupts come by priority, each once");
}

static void test_mask(void)
{
	prepare(FIRST, MIDDLE);
	write_icc(ICC_PMR_EL1, MIDDLE);
	gic_set(GIC_SET_PENDING, 0, FIRST);
	gic_take_none("mask", "an interrupt of the priority in ICC_PMR_EL1, got INTID");
	write_icc(ICC_PMR_EL1, MIDDLE + 8);
	gic_take("mask", "the interrupt above ICC_PMR_EL1", FIRST);
	gic_end(FIRST);
	write_icc(ICC_PMR_EL1, 0xff);
	pass("gic_priority", "ICC_PMR_EL1 masks its own priority and lower ones");
}

static void test_preemption(void)
{
	const unsigned int low = FIRST, same = FIRST + 1, lower = FIRST + 2, high = FIRST + 3;

	prepare(low, 0xa0);
	prepare(same, 0xa0);
	prepare(lower, 0xa8);
	prepare(high, 0x60);
	expect("preempt", "ICC_RPR_EL1 when idle", read_icc(ICC_RPR_EL1), ICC_RPR_IDLE);
	gic_set(GIC_SET_PENDING, 0, low);
	gic_take("preempt", "the first interrupt", low);
	expect("preempt", "ICC_RPR_EL1", read_icc(ICC_RPR_EL1), 0xa0);
	gic_set(GIC_SET_PENDING, 0, same);
	gic_set(GIC_SET_PENDING, 0, lower);
	gic_take_none("preempt", "an equal or lower priority preempts, got INTID");
	gic_set(GIC_SET_PENDING, 0, high);
	gic_take("preempt", "a higher priority", high);
	expect("preempt", "ICC_RPR_EL1 when preempted", read_icc(ICC_RPR_EL1), 0x60);
	gic_end(high);
	expect("preempt", "ICC_RPR_EL1 after the end", read_icc(ICC_RPR_EL1), 0xa0);
	gic_take_none("preempt", "an equal priority preempts after an end, got INTID");
	gic_end(low);
	gic_take("preempt", "the equal priority", same);
	gic_end(same);
	gic_take("preempt", "the lower priority", lower);
	gic_end(lower);
	expect("preempt", "ICC_RPR_EL1 at the end", read_icc(ICC_RPR_EL1), ICC_RPR_IDLE);
	pass("gic_priority", "only a higher priority preempts");
}

static void test_binary_point(void)
{
	const unsigned int running = FIRST, same_group = FIRST + 1, other_group = FIRST + 2;

	write_icc(ICC_BPR1_EL1, BPR_HALVES);
	prepare(running, 0xf0);
	prepare(same_group, 0x80);
	prepare(other_group, 0x78);
	gic_set(GIC_SET_PENDING, 0, running);
	gic_take("bpr", "the first interrupt", running);
	gic_set(GIC_SET_PENDING, 0, same_group);
	gic_take_none("bpr", "a priority of the same group preempts, got INTID");
	gic_set(GIC_SET_PENDING, 0, other_group);
	gic_take("bpr", "a higher group", other_group);
	gic_end(other_group);
	gic_end(running);
	gic_take("bpr", "the waiting interrupt", same_group);
	gic_end(same_group);
	write_icc(ICC_BPR1_EL1, BPR_ALL);
	pass("gic_priority", "ICC_BPR1_EL1 divides priorities into groups that preempt");
}

/* More active interrupts than there are list registers. */
static void nest(void)
{
	for (unsigned int i = 0; i < NESTED; i++) {
		prepare(FIRST + i, MIDDLE - 8 * i);
		gic_set(GIC_SET_PENDING, 0, FIRST + i);
		gic_take("nested", "the next higher priority", FIRST + i);
	}
	for (unsigned int i = 0; i < NESTED; i++)
		expect("nested", "ISACTIVER of a nested interrupt",
		       gic_get(GIC_SET_ACTIVE, 0, FIRST + i), true);
}

static void test_nested(void)
{
	const unsigned int waiting = FIRST + NESTED;

	nest();
	prepare(waiting, MIDDLE + 8);
	gic_set(GIC_SET_PENDING, 0, waiting);
	for (unsigned int i = NESTED; i-- > 0;) {
		gic_take_none("nested", "the lowest priority preempts, got INTID");
		expect("nested", "ICC_RPR_EL1", read_icc(ICC_RPR_EL1), MIDDLE - 8 * i);
		gic_end(FIRST + i);
		for (unsigned int other = 0; other < NESTED; other++)
			expect("nested", "ISACTIVER after an end",
			       gic_get(GIC_SET_ACTIVE, 0, FIRST + other), other < i);
	}
	gic_take("nested", "what waited", waiting);
	gic_end(waiting);
	/* None has stayed active: each can come again. */
	nest();
	for (unsigned int i = NESTED; i-- > 0;)
		gic_end(FIRST + i);
	pass("gic_priority", "8 nested interrupts end one by one");
}

static void test_nested_split(void)
{
	write_icc(ICC_CTLR_EL1, ICC_CTLR_EOIMODE);
	nest();
	for (unsigned int i = NESTED; i-- > 0;)
		gic_end(FIRST + i);
	expect("split", "ICC_RPR_EL1 after the ends", read_icc(ICC_RPR_EL1), ICC_RPR_IDLE);
	for (unsigned int i = 0; i < NESTED; i++) {
		/* 3 and 8 have no common divisor: every one, out of order. */
		unsigned int intid = FIRST + i * 3 % NESTED;

		expect("split", "ISACTIVER after the end", gic_get(GIC_SET_ACTIVE, 0, intid), true);
		write_icc(ICC_DIR_EL1, intid);
		expect("split", "ISACTIVER after ICC_DIR_EL1",
		       gic_get(GIC_SET_ACTIVE, 0, intid), false);
	}
	write_icc(ICC_CTLR_EL1, 0);
	pass("gic_priority", "8 nested interrupts are deactivated in another order than ended");
}

static void test_groups(void)
{
	const unsigned int zero = FIRST, one = FIRST + 1;

	prepare(zero, MIDDLE);
	prepare(one, MIDDLE);
	gic_set_group(0, zero, 0);
	gic_set_groups(0);
	gic_set(GIC_SET_PENDING, 0, one);
	gic_take_none("groups", "an interrupt although GICD_CTLR forwards none, got INTID");
	gic_set_groups(GROUPS_BOTH);
	gic_take("groups", "group 1 when GICD_CTLR forwards it", one);
	gic_end(one);

	gic_set(GIC_SET_PENDING, 0, zero);
	gic_take_none("groups", "ICC_IAR1_EL1 gives an interrupt of group 0, INTID");
	write_icc(ICC_IGRPEN0_EL1, 1);
	expect("groups", "ICC_IAR0_EL1", read_icc(ICC_IAR0_EL1), zero);
	write_icc(ICC_EOIR0_EL1, zero);
	write_icc(ICC_IGRPEN0_EL1, 0);
	pass("gic_priority", "groups are forwarded and acknowledged apart");
}

/* Interrupts of a group that is off at the CPU interface take no list register from others. */
static void test_group_off(void)
{
	const unsigned int zeros = 16, one = FIRST + 16;

	for (unsigned int i = 0; i < zeros; i++) {
		prepare(FIRST + i, 0);
		gic_set_group(0, FIRST + i, 0);
		gic_set(GIC_SET_PENDING, 0, FIRST + i);
	}
	prepare(one, MIDDLE);
	gic_set(GIC_SET_PENDING, 0, one);
	gic_take("group_off", "group 1 behind many of group 0", one);
	gic_end(one);
	for (unsigned int i = 0; i < 4; i++) {
		prepare(one + i, MIDDLE);
		gic_set(GIC_SET_PENDING, 0, one + i);
	}
	write_icc(ICC_IGRPEN0_EL1, 1);
	for (unsigned int i = 0; i < zeros;) {
		unsigned int intid = read_icc(ICC_IAR0_EL1);

		if (intid >= GIC_NO_INTERRUPT - 3)
			continue;
		write_icc(ICC_EOIR0_EL1, intid);
		i++;
	}
	write_icc(ICC_IGRPEN0_EL1, 0);
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int intid;

		do {
			intid = gic_acknowledge();
		} while (intid == GIC_NO_INTERRUPT);
		gic_end(intid);
	}
	gic_take_none("group_off", "more interrupts than were pending, got INTID");
	pass("gic_priority", "a group that is off does not stand in the other's way");
}

void gic_priority(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	gic_set_groups(GROUPS_BOTH);
	test_many();
	test_mask();
	test_preemption();
	test_binary_point();
	test_nested();
	test_nested_split();
	test_groups();
	test_group_off();
}
