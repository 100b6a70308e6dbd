// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of an interrupt: pending, active, both, and what register writes do to
 * them, also when the interrupt is in the hands of another CPU that runs. CPU 1 keeps
 * interrupts masked and does what it is told.
 */
#include "gic_check.h"
#include "icc.h"

#define INTID			50u
#define OTHER			1u
#define PRIORITY		0x80
/* Time for the other CPU to be told of an interrupt. */
#define SETTLE_US		2000

enum order {
	ORDER_NONE,
	ORDER_TAKE,		/* acknowledge once: result is the INTID */
	ORDER_TAKE_NONE,	/* look often: result is what came, or GIC_NO_INTERRUPT */
	ORDER_END,		/* end INTID */
};

void gic_state(void);

static volatile unsigned int order, result, ready;

static unsigned int look(bool until_one_comes)
{
	unsigned int got = GIC_NO_INTERRUPT;

	for (int i = 0; got == GIC_NO_INTERRUPT && (until_one_comes || i < 200); i++)
		got = gic_acknowledge();
	return got;
}

void secondary_main(uint64_t cpu)
{
	gic_init_cpu(cpu);
	ready = 1;
	for (;;) {
		switch (order) {
		case ORDER_NONE:
			continue;
		case ORDER_TAKE:
		case ORDER_TAKE_NONE:
			result = look(order == ORDER_TAKE);
			break;
		case ORDER_END:
			gic_end(INTID);
			break;
		}
		order = ORDER_NONE;
	}
}

static unsigned int command(enum order what)
{
	order = what;
	while (order != ORDER_NONE)
		;
	return result;
}

static void prepare(unsigned int cpu)
{
	gic_set_group(0, INTID, 1);
	gic_set_priority(0, INTID, PRIORITY);
	gic_set_target(INTID, cpu);
	gic_set(GIC_ENABLE, 0, INTID);
}

static void expect_state(const char *what, bool pending, bool active)
{
	expect(what, "ISPENDR", gic_get(GIC_SET_PENDING, 0, INTID), pending);
	expect(what, "ICPENDR", gic_get(GIC_CLEAR_PENDING, 0, INTID), pending);
	expect(what, "ISACTIVER", gic_get(GIC_SET_ACTIVE, 0, INTID), active);
	expect(what, "ICACTIVER", gic_get(GIC_CLEAR_ACTIVE, 0, INTID), active);
}

static void test_pending(void)
{
	prepare(0);
	expect_state("idle", false, false);
	gic_set(GIC_SET_PENDING, 0, INTID);
	expect_state("pending", true, false);
	gic_take("pending", "the interrupt", INTID);
	expect_state("active", false, true);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_set(GIC_SET_PENDING, 0, INTID);
	expect_state("both", true, true);
	gic_take_none("both", "an active interrupt comes again, INTID");
	gic_end(INTID);
	gic_take("both", "what became pending while active", INTID);
	gic_end(INTID);
	gic_take_none("both", "two edges while active are one, got INTID");
	expect_state("ended", false, false);

	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_set(GIC_CLEAR_PENDING, 0, INTID);
	expect_state("cleared", false, false);
	gic_take_none("cleared", "an interrupt that is no longer pending, INTID");
	pass("gic_state", "pending, active, both, and ICPENDR");
}

static void test_enable(void)
{
	prepare(0);
	gic_set(GIC_DISABLE, 0, INTID);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_take_none("enable", "a disabled interrupt, INTID");
	expect_state("disabled", true, false);
	gic_set(GIC_ENABLE, 0, INTID);
	gic_take("enable", "the interrupt when it is enabled again", INTID);
	gic_set(GIC_DISABLE, 0, INTID);
	expect_state("disabled while active", false, true);
	gic_end(INTID);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_take_none("enable", "an interrupt disabled while active, INTID");
	gic_set(GIC_CLEAR_PENDING, 0, INTID);
	pass("gic_state", "disabled interrupts wait");
}

static void test_active(void)
{
	prepare(0);
	gic_set(GIC_SET_ACTIVE, 0, INTID);
	gic_set(GIC_SET_PENDING, 0, INTID);
	expect_state("set active", true, true);
	gic_take_none("active", "an interrupt that ISACTIVER has made active, INTID");
	gic_set(GIC_CLEAR_ACTIVE, 0, INTID);
	gic_take("active", "the interrupt when ICACTIVER has ended it", INTID);
	gic_end(INTID);
	expect_state("ended", false, false);
	pass("gic_state", "ISACTIVER and ICACTIVER");
}

/* A row of active interrupts at the highest priority leaves room for others. */
static void test_many_active(void)
{
	for (unsigned int intid = INTID + 1; intid < INTID + 33; intid++) {
		gic_set_priority(0, intid, 0);
		gic_set(GIC_SET_ACTIVE, 0, intid);
	}
	prepare(0);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_take("many_active", "an interrupt beside 32 active ones", INTID);
	gic_end(INTID);
	for (unsigned int intid = INTID + 1; intid < INTID + 33; intid++) {
		expect("many_active", "ISACTIVER", gic_get(GIC_SET_ACTIVE, 0, intid), true);
		gic_set(GIC_CLEAR_ACTIVE, 0, intid);
	}
	expect_state("many_active", false, false);
	pass("gic_state", "32 interrupts set active do not keep another away");
}

static void test_split_end(void)
{
	prepare(0);
	write_icc(ICC_CTLR_EL1, ICC_CTLR_EOIMODE);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_take("split", "the interrupt", INTID);
	gic_end(INTID);
	expect("split", "ICC_RPR_EL1 after the end", read_icc(ICC_RPR_EL1), ICC_RPR_IDLE);
	expect_state("split", false, true);
	gic_set(GIC_SET_PENDING, 0, INTID);
	gic_take_none("split", "an interrupt that is still active, INTID");
	write_icc(ICC_DIR_EL1, INTID);
	gic_take("split", "the interrupt after ICC_DIR_EL1", INTID);
	gic_end(INTID);
	write_icc(ICC_DIR_EL1, INTID);
	write_icc(ICC_CTLR_EL1, 0);
	expect_state("split", false, false);
	pass("gic_state", "with EOImode 1 an end drops the priority, ICC_DIR_EL1 deactivates");
}

static void send_to_other(void)
{
	prepare(OTHER);
	gic_set(GIC_SET_PENDING, 0, INTID);
	pause_for(SETTLE_US);
	expect_state("elsewhere", true, false);
}

static void test_pending_elsewhere(void)
{
	send_to_other();
	gic_set(GIC_CLEAR_PENDING, 0, INTID);
	expect_state("cleared elsewhere", false, false);
	expect("elsewhere", "a cleared interrupt comes, INTID", command(ORDER_TAKE_NONE),
	       GIC_NO_INTERRUPT);

	send_to_other();
	gic_set(GIC_DISABLE, 0, INTID);
	expect("elsewhere", "a disabled interrupt comes, INTID", command(ORDER_TAKE_NONE),
	       GIC_NO_INTERRUPT);
	gic_set(GIC_ENABLE, 0, INTID);
	expect("elsewhere", "the interrupt when enabled again", command(ORDER_TAKE), INTID);
	command(ORDER_END);

	send_to_other();
	gic_set_groups(0);
	expect("elsewhere", "an interrupt that GICD_CTLR stops, INTID", command(ORDER_TAKE_NONE),
	       GIC_NO_INTERRUPT);
	gic_set_groups(2);
	expect("elsewhere", "the interrupt when GICD_CTLR forwards it", command(ORDER_TAKE), INTID);
	command(ORDER_END);

	send_to_other();
	gic_set_target(INTID, 0);
	expect("elsewhere", "an interrupt with another target, INTID", command(ORDER_TAKE_NONE),
	       GIC_NO_INTERRUPT);
	gic_take("elsewhere", "the interrupt at its new target", INTID);
	gic_end(INTID);
	pass("gic_state", "what is pending on a running CPU can be taken back");
}

static void test_active_elsewhere(void)
{
	send_to_other();
	expect("elsewhere", "the interrupt", command(ORDER_TAKE), INTID);
	expect_state("active elsewhere", false, true);
	gic_set(GIC_CLEAR_ACTIVE, 0, INTID);
	expect_state("deactivated elsewhere", false, false);
	command(ORDER_END);

	/* It stays with the CPU that has acknowledged it, wherever the next one goes. */
	send_to_other();
	expect("elsewhere", "the interrupt", command(ORDER_TAKE), INTID);
	gic_set_target(INTID, 0);
	gic_set(GIC_SET_PENDING, 0, INTID);
	expect_state("retargeted", true, true);
	gic_take_none("elsewhere", "an interrupt that is active on another CPU, INTID");
	command(ORDER_END);
	gic_take("elsewhere", "the interrupt after the other CPU's end", INTID);
	gic_end(INTID);
	expect_state("retargeted", false, false);
	pass("gic_state", "what is active on a running CPU is seen, ended and moved");
}

void gic_state(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	test_pending();
	test_enable();
	test_active();
	test_many_active();
	test_split_end();
	if (start_cpu(OTHER))
		fail("gic_state", "CPU_ON", OTHER);
	while (!ready)
		;
	test_pending_elsewhere();
	test_active_elsewhere();
}
