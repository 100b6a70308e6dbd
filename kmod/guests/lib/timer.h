/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual timer of the calling CPU (Arm ARM, D13: CNTV_*). Units are counter ticks. */
#ifndef _GUEST_TIMER_H
#define _GUEST_TIMER_H

#include <stdint.h>

#define TIMER_ENABLE		1
#define TIMER_MASKED		2

static inline uint64_t counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

/** counter_frequency() - ticks per second */
static inline uint64_t counter_frequency(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
	return value;
}

/** timer_set_deadline() - fire when counter() reaches @deadline */
static inline void timer_set_deadline(uint64_t deadline)
{
	__asm__ volatile("msr cntv_cval_el0, %0\n\tisb" : : "r"(deadline) : "memory");
}

/** timer_control() - TIMER_ENABLE, TIMER_MASKED or 0 */
static inline void timer_control(uint64_t flags)
{
	__asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(flags) : "memory");
}

#endif /* _GUEST_TIMER_H */
