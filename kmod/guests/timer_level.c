// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timer's interrupt is a level: ended with the timer untouched it comes
 * again, masked at the timer it stays away.
 */
#include "gic.h"
#include "timer.h"

#define REPEATS		3

void timer_level(void);

static volatile unsigned int count;

void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();

	/* The level may drop between the wake-up and the acknowledge. */
	if (intid == GIC_NO_INTERRUPT)
		return;
	if (intid != GIC_TIMER_INTID)
		fail("timer_level", "an interrupt other than 27", intid);
	count++;
	if (count == REPEATS)
		timer_control(TIMER_ENABLE | TIMER_MASKED);
	gic_end(intid);
}

void timer_level(void)
{
	uint64_t end;

	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_private(0, GIC_TIMER_INTID);
	timer_set_deadline(counter());
	timer_control(TIMER_ENABLE);
	while (count < REPEATS)
		wait_for_interrupt();

	end = counter() + counter_frequency() / 20;
	__asm__ volatile("msr daifclr, #2");
	while (counter() < end)
		;
	__asm__ volatile("msr daifset, #2");
	if (count != REPEATS)
		fail("timer_level", "a masked timer interrupts, count", count);
	pass("timer_level", "presented 3 times until masked, then silent");
}
