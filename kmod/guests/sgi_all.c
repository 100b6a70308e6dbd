// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every CPU sends all 16 SGIs to every other, at once and to as many as it likes. An
 * SGI that is pending already takes no second one in, so in each round every CPU has
 * one sender: a barrier is between rounds.
 */
#include "gic_check.h"
#include "icc.h"
#include "timer.h"

#define SGIS			16u
#define PATIENCE_SECONDS	30

void sgi_all(void);

static volatile unsigned int counts[MAX_CPUS][SGIS];
static volatile unsigned int cpus, arrived[MAX_CPUS];

static unsigned int this_cpu(void)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr & 0xff;
}

void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();

	/* What was signalled may have been taken by the handler that this one follows. */
	if (intid == GIC_NO_INTERRUPT)
		return;
	if (intid >= SGIS)
		fail("sgi_all", "an interrupt that is no SGI", intid);
	counts[this_cpu()][intid]++;
	gic_end(intid);
}

static void unmask(void)
{
	__asm__ volatile("msr daifclr, #2" : : : "memory");
}

static void wait_for_count(unsigned int cpu, unsigned int sgi, unsigned int count)
{
	uint64_t end = counter() + PATIENCE_SECONDS * counter_frequency();

	while (counts[cpu][sgi] < count && counter() < end)
		;
	expect("sgi_all", "SGIs that have arrived", counts[cpu][sgi], count);
}

/* Everybody has come to the @step-th barrier. */
static void meet(unsigned int step)
{
	uint64_t end = counter() + PATIENCE_SECONDS * counter_frequency();

	arrived[this_cpu()] = step;
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		while (arrived[cpu] < step)
			if (counter() > end)
				fail("sgi_all", "a CPU that does not come to the barrier", cpu);
}

static void send(uint64_t targets, unsigned int sgi)
{
	__asm__ volatile("dsb sy" : : : "memory");
	write_icc(ICC_SGI1R_EL1, targets | (uint64_t)sgi << 24);
}

/* Round @distance: all 16 to the CPU that is so many further. */
static void one_to_one(unsigned int distance)
{
	unsigned int target = (this_cpu() + distance) % cpus;

	for (unsigned int sgi = 0; sgi < SGIS; sgi++)
		send(1ull << target, sgi);
	for (unsigned int sgi = 0; sgi < SGIS; sgi++)
		wait_for_count(target, sgi, distance);
}

/* CPU @sender sends SGI @sender to everybody but itself. */
static void one_to_all(unsigned int sender)
{
	unsigned int before = cpus - 1;

	if (this_cpu() == sender)
		send(ICC_SGI1R_IRM, sender);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (cpu != sender)
			wait_for_count(cpu, sender, before + 1);
	expect("sgi_all", "SGIs of the sender itself", counts[sender][sender], before);
}

/* CPU 0 sends SGI 15, which nobody has as a number, to a list of CPUs. */
static void to_list(uint64_t list)
{
	unsigned int before = cpus - 1;

	if (this_cpu() == 0)
		send(list, SGIS - 1);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (list >> cpu & 1)
			wait_for_count(cpu, SGIS - 1, before + 1);
	pause_for(1000);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (!(list >> cpu & 1))
			expect("sgi_all", "SGIs of a CPU that is not in the list",
			       counts[cpu][SGIS - 1], before);
}

static void exchange(void)
{
	unsigned int step = 0;

	meet(++step);
	for (unsigned int distance = 1; distance < cpus; distance++) {
		one_to_one(distance);
		meet(++step);
	}
	for (unsigned int sender = 0; sender < cpus; sender++) {
		one_to_all(sender);
		meet(++step);
	}
	/* Every second CPU, and one that is not there. */
	to_list(0x55 & ((1u << cpus) - 1));
	meet(++step);
}

static void set_up(unsigned int cpu)
{
	gic_init_cpu(cpu);
	for (unsigned int sgi = 0; sgi < SGIS; sgi++)
		gic_enable_private(cpu, sgi);
	unmask();
}

void secondary_main(uint64_t cpu)
{
	set_up(cpu);
	exchange();
	__asm__ volatile("msr daifset, #2");
	stop_cpu();
}

void sgi_all(void)
{
	unsigned int count;

	gic_init_distributor();
	set_up(0);
	for (count = 1; count < MAX_CPUS && cpu_state(count) == PSCI_OFF; count++)
		;
	cpus = count;
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		if (start_cpu(cpu))
			fail("sgi_all", "CPU_ON", cpu);
	exchange();
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		while (cpu_state(cpu) != PSCI_OFF)
			;
	put_decimal(cpus);
	put_string(" CPUs\n");
	pass("sgi_all", "every SGI from every CPU to every other came once");
}
