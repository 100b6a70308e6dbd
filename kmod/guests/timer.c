// SPDX-License-Identifier: GPL-2.0-only
/* The virtual timer fires five times, 20 ms apart, and wakes the guest from WFI. */
#include "gic.h"
#include "timer.h"

#define TICKS		5
/* A host that is this late is broken, not slow. */
#define LATE_SECONDS	2

void timer(void);

static volatile unsigned int ticks;
static volatile uint64_t deadline;
static uint64_t period;

void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();
	uint64_t now = counter();

	if (intid != GIC_TIMER_INTID)
		fail("timer", "an interrupt other than 27", intid);
	if (now < deadline)
		fail("timer", "early by counter ticks", deadline - now);
	if (now - deadline > LATE_SECONDS * counter_frequency())
		fail("timer", "late by counter ticks", now - deadline);
	deadline += period;
	ticks++;
	if (ticks == TICKS)
		timer_control(0);
	else
		timer_set_deadline(deadline);
	gic_end(intid);
}

void timer(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_private(0, GIC_TIMER_INTID);
	period = counter_frequency() / 50;
	deadline = counter() + period;
	timer_set_deadline(deadline);
	timer_control(TIMER_ENABLE);
	while (ticks < TICKS)
		wait_for_interrupt();
	pass("timer", "5 ticks, none before its time");
}
