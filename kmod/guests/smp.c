// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts every CPU there is by PSCI CPU_ON, exchanges SGIs with each, and sees
 * each go off again. Runs with one CPU too.
 */
#include "gic.h"

#define SGI_PING		1	/* to a secondary CPU */
#define SGI_PONG		2	/* back to CPU 0 */
#define SGI_STOP		3	/* to a secondary CPU: CPU_OFF */
#define ROUNDS			10

void smp(void);

static volatile unsigned int pongs;

/* Runs on every CPU; only CPU 0 receives SGI_PONG, so nobody shares the count. */
void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();

	gic_end(intid);
	switch (intid) {
	case SGI_PING:
		gic_send(0, SGI_PONG);
		break;
	case SGI_PONG:
		pongs++;
		break;
	case SGI_STOP:
		stop_cpu();
	default:
		fail("smp", "an unexpected interrupt", intid);
	}
}

void secondary_main(uint64_t cpu)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	if ((mpidr & 0xff00ffffffull) != cpu)
		fail("smp", "MPIDR_EL1 of a started CPU", mpidr);
	gic_init_cpu(cpu);
	gic_enable_private(cpu, SGI_PING);
	gic_enable_private(cpu, SGI_STOP);
	gic_send(0, SGI_PONG);
	for (;;)
		wait_for_interrupt();
}

static void wait_for_pongs(unsigned int count)
{
	while (pongs < count)
		wait_for_interrupt();
	pongs = 0;
}

static void check_cpu(unsigned int cpu)
{
	int64_t status = start_cpu(cpu);

	if (status)
		fail("smp", "CPU_ON", status);
	wait_for_pongs(1);
	if (cpu_state(cpu) != PSCI_ON)
		fail("smp", "AFFINITY_INFO of a running CPU", cpu_state(cpu));
	status = start_cpu(cpu);
	if (status != PSCI_ALREADY_ON)
		fail("smp", "CPU_ON of a running CPU", status);
	for (int i = 0; i < ROUNDS; i++) {
		gic_send(cpu, SGI_PING);
		wait_for_pongs(1);
	}
	gic_send(cpu, SGI_STOP);
	while (cpu_state(cpu) != PSCI_OFF)
		;
}

void smp(void)
{
	unsigned int cpu;

	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_private(0, SGI_PONG);
	for (cpu = 1; cpu < MAX_CPUS && cpu_state(cpu) == PSCI_OFF; cpu++)
		check_cpu(cpu);
	put_decimal(cpu);
	put_string(" CPUs\n");
	pass("smp", "every CPU started, answered 10 SGIs and went off");
}
