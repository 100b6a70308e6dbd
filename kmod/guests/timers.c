// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters and timers: all CPUs of the machine see the same time, which began with it;
 * the virtual and the physical timer fire while the CPU runs and while it sleeps, never
 * early.
 */
#include "gic_check.h"
#include "icc.h"
#include "timer.h"

#define PHYSICAL_TIMER_INTID	30u
#define MINUTE			60
/* A host that is this late is broken, not slow. */
#define LATE_SECONDS		5
#define TICKS			5

void timers(void);

static volatile unsigned int asked, answered;
static volatile uint64_t answer_virtual, answer_offset;

static uint64_t physical_counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(value) : : "memory");
	return value;
}

static void physical_set_deadline(uint64_t deadline)
{
	__asm__ volatile("msr cntp_cval_el0, %0\n\tisb" : : "r"(deadline) : "memory");
}

static void physical_control(uint64_t flags)
{
	__asm__ volatile("msr cntp_ctl_el0, %0\n\tisb" : : "r"(flags) : "memory");
}

/** struct timer - one of the two, by its registers */
struct timer {
	const char *name;
	unsigned int intid;
	uint64_t (*now)(void);
	void (*set_deadline)(uint64_t deadline);
	void (*control)(uint64_t flags);
};

static uint64_t virtual_counter(void)
{
	return counter();
}

static void virtual_set_deadline(uint64_t deadline)
{
	timer_set_deadline(deadline);
}

static void virtual_control(uint64_t flags)
{
	timer_control(flags);
}

/* Built when it is asked for: a table of pointers would need relocations. */
static struct timer virtual_timer(void)
{
	return (struct timer){ "virtual", GIC_TIMER_INTID, virtual_counter, virtual_set_deadline,
			       virtual_control };
}

static struct timer physical_timer(void)
{
	return (struct timer){ "physical", PHYSICAL_TIMER_INTID, physical_counter,
			       physical_set_deadline, physical_control };
}

/* The same difference on every CPU, if not for the time between the two readings. */
static uint64_t offset(void)
{
	uint64_t before = counter();
	uint64_t physical = physical_counter();

	return physical - before;
}

void secondary_main(uint64_t cpu)
{
	while (asked != cpu)
		;
	answer_virtual = counter();
	answer_offset = offset();
	answered = cpu;
	stop_cpu();
}

static void check_other(unsigned int cpu)
{
	uint64_t before, after, own_offset = offset();

	if (start_cpu(cpu))
		fail("timers", "CPU_ON", cpu);
	before = counter();
	asked = cpu;
	while (answered != cpu)
		;
	after = counter();
	if (answer_virtual < before || answer_virtual > after)
		fail("timers", "CNTVCT_EL0 of another CPU is not between two of mine, before",
		     answer_virtual - before);
	/* Either reading may have been interrupted between its two counters. */
	if (answer_offset + MINUTE * counter_frequency() < own_offset ||
	    own_offset + MINUTE * counter_frequency() < answer_offset)
		fail("timers", "CNTPCT_EL0 - CNTVCT_EL0 of another CPU", answer_offset);
	while (cpu_state(cpu) != PSCI_OFF)
		;
}

static void test_counters(void)
{
	uint64_t start = counter(), last = start;

	if (!counter_frequency() || start > MINUTE * counter_frequency())
		fail("timers", "CNTVCT_EL0 does not begin with the machine", start);
	for (int i = 0; i < 1000; i++) {
		uint64_t now = counter();

		if (now < last || physical_counter() < now)
			fail("timers", "a counter goes backwards", now);
		last = now;
	}
	for (unsigned int cpu = 1; cpu < MAX_CPUS && cpu_state(cpu) == PSCI_OFF; cpu++)
		check_other(cpu);
	pass("timers", "all CPUs see one time, which began with the machine");
}

static void take_tick(const struct timer *timer, uint64_t deadline)
{
	uint64_t late;

	gic_take(timer->name, "the timer's interrupt", timer->intid);
	late = timer->now() - deadline;
	if (late > LATE_SECONDS * counter_frequency())
		fail(timer->name, "early or late, by counter ticks", late);
}

static void wait_running(const struct timer *timer)
{
	(void)timer;
}

/* Interrupts are masked: WFI ends, the interrupt stays pending. */
static void wait_idle(const struct timer *timer)
{
	uint64_t isr;

	(void)timer;
	do {
		__asm__ volatile("wfi\n\tmrs %0, isr_el1" : "=r"(isr) : : "memory");
	} while (!(isr & 1u << 7));
}

static void test_ticks(const struct timer *timer, void (*wait)(const struct timer *timer),
		       const char *what)
{
	for (int i = 0; i < TICKS; i++) {
		uint64_t deadline = timer->now() + counter_frequency() / 100;

		timer->set_deadline(deadline);
		timer->control(TIMER_ENABLE);
		wait(timer);
		take_tick(timer, deadline);
		timer->control(0);
		gic_end(timer->intid);
		gic_take_none(timer->name, "an interrupt of a stopped timer, INTID");
	}
	pass("timers", what);
}

/* Ended while it stands, the interrupt comes again; masked at the timer it does not. */
static void test_level(const struct timer *timer, const char *what)
{
	timer->set_deadline(timer->now());
	timer->control(TIMER_ENABLE);
	for (int i = 0; i < 3; i++) {
		gic_take(timer->name, "the level's interrupt", timer->intid);
		/* Between two ends: what a list register has told cannot be taken back. */
		if (i == 2)
			timer->control(TIMER_ENABLE | TIMER_MASKED);
		gic_end(timer->intid);
	}
	gic_take_none(timer->name, "an interrupt of a masked timer, INTID");
	timer->control(TIMER_ENABLE);
	gic_take(timer->name, "the interrupt of the timer when it is not masked", timer->intid);
	timer->control(0);
	gic_end(timer->intid);
	gic_take_none(timer->name, "an interrupt of a stopped timer, INTID");
	expect(timer->name, "ISPENDR of a stopped timer",
	       gic_get(GIC_SET_PENDING, 0, timer->intid), false);
	pass("timers", what);
}

static void test_physical_registers(void)
{
	uint64_t control, value, start = physical_counter();

	physical_set_deadline(0x123456789abcdefull);
	__asm__ volatile("mrs %0, cntp_cval_el0" : "=r"(value));
	expect("physical", "CNTP_CVAL_EL0", value, 0x123456789abcdefull);
	physical_control(TIMER_ENABLE | TIMER_MASKED);
	__asm__ volatile("mrs %0, cntp_ctl_el0" : "=r"(control));
	expect("physical", "CNTP_CTL_EL0 before the time", control, TIMER_ENABLE | TIMER_MASKED);
	__asm__ volatile("msr cntp_tval_el0, %0" : : "r"(-1000L));
	__asm__ volatile("mrs %0, cntp_ctl_el0" : "=r"(control));
	expect("physical", "CNTP_CTL_EL0 after the time", control,
	       TIMER_ENABLE | TIMER_MASKED | 4);
	__asm__ volatile("mrs %0, cntp_cval_el0" : "=r"(value));
	if (value + 1000 < start || value + 1000 > physical_counter())
		fail("physical", "CNTP_CVAL_EL0 after a write to CNTP_TVAL_EL0", value);
	physical_control(0);
	pass("timers", "registers of the physical timer");
}

void timers(void)
{
	const struct timer virtual = virtual_timer(), physical = physical_timer();

	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_private(0, GIC_TIMER_INTID);
	gic_enable_private(0, PHYSICAL_TIMER_INTID);
	test_counters();
	test_ticks(&virtual, wait_running, "the virtual timer while the CPU runs");
	test_ticks(&virtual, wait_idle, "the virtual timer while the CPU sleeps");
	test_level(&virtual, "the virtual timer's interrupt is a level");
	test_physical_registers();
	test_ticks(&physical, wait_running, "the physical timer while the CPU runs");
	test_ticks(&physical, wait_idle, "the physical timer while the CPU sleeps");
	test_level(&physical, "the physical timer's interrupt is a level");
}
