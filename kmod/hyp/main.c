// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boot. The boot CPU builds gzhyp's and the host's translations, then every
 * CPU makes itself ready and steps down into the host.
 */
#include "hostmap.h"
#include "hostpsci.h"
#include "hyp.h"
#include "stage2.h"
#include "sysreg.h"
#include "world.h"

#define GICR_STRIDE		0x20000
#define GICR_SGI_FRAME		0x10000
#define GICR_TYPER		0x0008
#define GICR_TYPER_LAST		BIT(4)

/* boot_main() and secondary_main() are called from head.S. */
void boot_main(u64 dtb);
void secondary_main(void);
__attribute__((noreturn)) void host_enter(u64 entry, u64 x0);

extern char vectors[], _end[];

struct cpu cpus[MAX_CPUS];

/* GICR_TYPER[63:32] is the affinity of the frame's CPU as Aff3.Aff2.Aff1.Aff0. */
static u64 mpidr_of_affinity(u32 affinity)
{
	return (u64)(affinity >> 24) << 32 | (affinity & 0xffffff);
}

static u32 find_cpus(void)
{
	u64 frame = PLATFORM_GICR_BASE;
	u32 count = 0;
	u64 typer;

	do {
		typer = mmio_read32(frame + GICR_TYPER) |
			(u64)mmio_read32(frame + GICR_TYPER + 4) << 32;
		cpus[count].index = count;
		cpus[count].mpidr = mpidr_of_affinity(typer >> 32);
		cpus[count].gicr = frame + GICR_SGI_FRAME;
		frame += GICR_STRIDE;
		count++;
	} while (!(typer & GICR_TYPER_LAST) && count < MAX_CPUS);
	if (!(typer & GICR_TYPER_LAST))
		panic("more than 8 CPUs: start QEMU with -smp 8 or less");
	return count;
}

static void init_cpu(void)
{
	write_sysreg(vbar_el2, (u64)vectors);
	mmu_enable();
	stage2_enable();
	world_init_cpu();
}

void boot_main(u64 dtb)
{
	if (FIELD(read_sysreg(CurrentEL), 3, 2) != 2)
		panic("not at EL2: start QEMU with -M virt,virtualization=on");
	write_sysreg(vbar_el2, (u64)vectors);
	hostmem_init(dtb);
	log_line("CPUs: ", find_cpus());
	pages_init((u64)_end, HYP_REGION_END);
	mmu_build();
	hostmap_init();
	init_cpu();
	log_line("host kernel at EL1: ", HOST_KERNEL_BASE);
	host_enter(HOST_KERNEL_BASE, dtb);
}

void secondary_main(void)
{
	struct cpu *cpu = this_cpu();

	init_cpu();
	cpu->own_interrupts_ready = false;
	host_enter(cpu->host_entry, cpu->host_context);
}
