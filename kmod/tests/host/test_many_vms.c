// SPDX-License-Identifier: GPL-2.0-only
/* As many VMs as there can be, all of them running in turns. */
#include "host.h"

#define VMS		32
#define VM_BYTES	0x10000UL
#define ROUNDS		10
#define MMIO_GPA	0x0b000000UL

/* A64: ADD X1, X1, #1; STR X1, [X0]; B back to the start. */
static const u32 code[] = { 0x91000421U, 0xf9000001U, 0x17fffffeU };

static struct machine machines[VMS];

static u32 create_all(void)
{
	u32 count;

	for (count = 0; count < VMS; count++) {
		struct machine *machine = &machines[count];

		if (!machine_create(machine, SPARE_BASE + count * VM_BYTES, 4))
			break;
		for (u32 i = 0; i < COUNT(code); i++)
			((volatile u32 *)machine->memory)[i] = code[i];
		machine_set(machine, GZVM_CORE_PC, MACHINE_GPA);
		machine_set(machine, GZVM_CORE_X(0), MMIO_GPA);
		machine_set(machine, GZVM_CORE_X(1), count * 1000);
	}
	return count;
}

void test_many_vms(void)
{
	u32 count = create_all();
	u32 right = 0;

	ok(count == VMS, "32 VMs are created");
	for (u32 round = 1; round <= ROUNDS; round++)
		for (u32 i = 0; i < count; i++)
			right += machine_run(&machines[i], 100) == GZVM_EXIT_MMIO &&
				 *(volatile u64 *)machine_exit(&machines[i])->mmio.data ==
					 i * 1000 + round;
	ok(right == count * ROUNDS, "each runs with registers and memory of its own");
	is_status(hvc(GZVM_HVC_CREATE_VM, 0, 0, 0, 0, 0), GZVM_STATUS_NO_MEMORY,
		  "there is no room for another");
	for (u32 i = 0; i < count; i++)
		machine_destroy(&machines[i]);
	ok(create_all() == VMS, "when they are gone there is room for as many again");
	for (u32 i = 0; i < VMS; i++)
		machine_destroy(&machines[i]);
}
