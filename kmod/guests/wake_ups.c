// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs that sleep in WFI and have nothing to wake them but each other: their timers
 * are an hour away. First they take turns by SGIs, each answer as soon as it can be, so
 * often while the other is on its way to sleep. Then CPU 0 ends an interrupt that is
 * pending again, and CPU 1's by then.
 */
#include "gic_check.h"
#include "timer.h"

#define SGI_TURN		1
#define SPI_MOVED		40
#define ROUNDS			4000
#define HOUR_SECONDS		3600
/* Time for CPU 1 to fall asleep. */
#define SETTLE_US		10000

void wake_ups(void);

static volatile unsigned int turns[2];

static unsigned int this_cpu(void)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr & 1;
}

/* Each CPU counts its own. */
void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();

	gic_end(intid);
	if (intid != SGI_TURN && intid != SPI_MOVED)
		fail("wake_ups", "an unexpected interrupt", intid);
	turns[this_cpu()]++;
}

static void set_up(unsigned int cpu)
{
	gic_init_cpu(cpu);
	gic_enable_private(cpu, SGI_TURN);
	timer_set_deadline(counter() + HOUR_SECONDS * counter_frequency());
	timer_control(TIMER_ENABLE);
}

static void wait_for_turn(unsigned int turn)
{
	while (turns[this_cpu()] < turn)
		wait_for_interrupt();
}

/* One turn more than CPU 0 takes of its own accord: CPU 0's rounds, and the SPI. */
void secondary_main(uint64_t cpu)
{
	set_up(cpu);
	gic_send(0, SGI_TURN);
	for (unsigned int turn = 1; turn <= ROUNDS + 1; turn++) {
		wait_for_turn(turn);
		gic_send(0, SGI_TURN);
	}
	stop_cpu();
}

static void exchange_sgis(void)
{
	for (unsigned int turn = 1; turn <= ROUNDS; turn++) {
		wait_for_turn(turn);
		gic_send(1, SGI_TURN);
	}
	wait_for_turn(ROUNDS + 1);
	pass("wake_ups", "every SGI woke the CPU that it was for");
}

static void move_spi(void)
{
	gic_enable_spi(SPI_MOVED);
	gic_set(GIC_SET_PENDING, 0, SPI_MOVED);
	gic_take("wake_ups", "the SPI", SPI_MOVED);
	gic_set(GIC_SET_PENDING, 0, SPI_MOVED);
	gic_set_target(SPI_MOVED, 1);
	pause_for(SETTLE_US);
	gic_end(SPI_MOVED);
	wait_for_turn(ROUNDS + 2);
	pass("wake_ups", "an SPI woke the CPU to which it had moved while active");
}

void wake_ups(void)
{
	gic_init_distributor();
	set_up(0);
	if (start_cpu(1))
		fail("wake_ups", "CPU_ON", 1);
	exchange_sgis();
	move_spi();
}
