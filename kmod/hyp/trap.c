// SPDX-License-Identifier: GPL-2.0-only
/* Traps of the host, and faults of gzhyp itself. */
#include "hostmap.h"
#include "hostpsci.h"
#include "hypercall.h"
#include "sysreg.h"
#include "world.h"

#define TRAP_SYNC	0

/* Called from vectors.S. */
void host_trap_main(u64 kind, struct gprs *regs);
__attribute__((noreturn)) void own_trap_main(u64 vector);

static void host_hvc(struct gprs *regs)
{
	hypercall_serve(regs);
}

static void host_smc(struct gprs *regs)
{
	/* ELR_EL2 of a trapped SMC is the SMC itself. */
	write_sysreg(elr_el2, read_sysreg(elr_el2) + 4);
	hostpsci_smc(regs);
}

/*
 * gzhyp's region and the pages of protected VMs are missing from the host's stage 2.
 * HPFAR_EL2.FIPA is bits 47:12 of the IPA, at bit 4.
 */
static bool can_try_again(void)
{
	return hostmap_has(FIELD(read_sysreg(hpfar_el2), 43, 4) << PAGE_SHIFT);
}

/*
 * A process can name memory that it has given to a protected VM in any system call.
 * Linux has no way back from an external abort inside copy_from_user(), but from an
 * alignment fault it has: the call fails with EFAULT, and the process itself gets
 * SIGBUS for either.
 */
static void host_data_abort(struct gprs *regs)
{
	(void)regs;
	if (!can_try_again())
		world_inject_alignment_fault(read_sysreg(far_el2));
}

static void host_instruction_abort(struct gprs *regs)
{
	(void)regs;
	if (!can_try_again())
		world_inject_abort(true, read_sysreg(far_el2));
}

static void host_undefined(struct gprs *regs)
{
	(void)regs;
	world_inject_undefined();
}

static void (*const handlers[EC_COUNT])(struct gprs *regs) = {
	[EC_HVC64] = host_hvc,
	[EC_SMC64] = host_smc,
	[EC_DATA_ABORT_LOWER] = host_data_abort,
	[EC_INSTRUCTION_ABORT_LOWER] = host_instruction_abort,
};

void host_trap_main(u64 kind, struct gprs *regs)
{
	void (*handler)(struct gprs *regs);

	/* Interrupts and SErrors go to EL1 directly while the host runs. */
	if (kind != TRAP_SYNC)
		panic("an asynchronous exception of the host reached EL2");
	handler = handlers[ESR_EC(read_sysreg(esr_el2))];
	(handler ? handler : host_undefined)(regs);
}

void own_trap_main(u64 vector)
{
	log_text("\n");
	log_line("vector   ", vector);
	log_line("ESR_EL2  ", read_sysreg(esr_el2));
	log_line("ELR_EL2  ", read_sysreg(elr_el2));
	log_line("FAR_EL2  ", read_sysreg(far_el2));
	log_line("SPSR_EL2 ", read_sysreg(spsr_el2));
	log_line("HCR_EL2  ", read_sysreg(hcr_el2));
	panic("unexpected exception at EL2");
}
