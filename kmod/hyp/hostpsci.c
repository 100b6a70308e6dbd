// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's PSCI. QEMU answers it by SMC and would start a CPU at EL2 with
 * the host's own entry point; so gzhyp traps SMC (HCR_EL2.TSC), enters the new
 * CPU itself first and then drops to what the host asked for.
 */
#include "hostpsci.h"
#include "psci.h"
#include "sysreg.h"

#define MPIDR_AFFINITY	0xff00ffffffUL

extern char secondary_entry[];

static void smc(struct gprs *regs)
{
	register u64 x0 asm("x0") = regs->x[0];
	register u64 x1 asm("x1") = regs->x[1];
	register u64 x2 asm("x2") = regs->x[2];
	register u64 x3 asm("x3") = regs->x[3];

	asm volatile("smc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
		     :
		     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
		       "x15", "x16", "x17", "memory");
	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
}

void hostpsci_system_off(void)
{
	struct gprs regs = { .x = { PSCI_SYSTEM_OFF } };

	smc(&regs);
	for (;;)
		asm volatile("wfi");
}

static struct cpu *find_cpu(u64 mpidr)
{
	for (u32 i = 0; i < MAX_CPUS; i++)
		if (cpus[i].gicr && cpus[i].mpidr == (mpidr & MPIDR_AFFINITY))
			return &cpus[i];
	return NULL;
}

static void cpu_on(struct gprs *regs)
{
	struct cpu *cpu = find_cpu(regs->x[1]);
	struct gprs call = { .x = { PSCI_CPU_ON64, regs->x[1], (u64)secondary_entry, (u64)cpu } };

	if (!cpu) {
		regs->x[0] = PSCI_INVALID_PARAMETERS;
		return;
	}
	/*
	 * Two host CPUs may race for the same target; PSCI lets one of them
	 * win, and Linux serialises CPU hot-plug, so the record is written
	 * without a lock. The target reads it with its caches still off.
	 */
	cpu->host_entry = regs->x[2];
	cpu->host_context = regs->x[3];
	clean_line(&cpu->host_entry);
	clean_line(&cpu->host_context);
	dsb(sy);
	smc(&call);
	regs->x[0] = call.x[0];
}

static void cpu_suspend(struct gprs *regs)
{
	/* A powered-down CPU would come back at EL2 in the host's code. */
	if (regs->x[1] & PSCI_POWER_STATE_DOWN) {
		regs->x[0] = PSCI_INVALID_PARAMETERS;
		return;
	}
	smc(regs);
}

void hostpsci_smc(struct gprs *regs)
{
	switch ((u32)regs->x[0]) {
	case PSCI_CPU_ON32:
	case PSCI_CPU_ON64:
		cpu_on(regs);
		break;
	case PSCI_CPU_SUSPEND32:
	case PSCI_CPU_SUSPEND64:
		cpu_suspend(regs);
		break;
	case PSCI_SYSTEM_SUSPEND32:
	case PSCI_SYSTEM_SUSPEND64:
		regs->x[0] = PSCI_NOT_SUPPORTED;
		break;
	default:
		smc(regs);
	}
}
