// SPDX-License-Identifier: GPL-2.0-only
/* A VM that works. */
#include "host.h"

#define TICKS		100000UL
#define BUFFER_PAGES	2

static s32 set_memregion(u64 vm, u64 buffer, u64 pages, u64 memory)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)buffer;

	region->slot = 0;
	region->constituent_cnt = memory ? 1 : 0;
	region->total_pages = pages;
	region->gpa = MACHINE_GPA;
	region->constituents[0].address = memory;
	region->constituents[0].pg_cnt = pages;
	return hvc(GZVM_HVC_SET_MEMREGION, vm, GZVM_MEMREGION_BUFFER_BYTES, buffer, 0, 0);
}

bool machine_create(struct machine *machine, u64 pa, u64 pages)
{
	u64 buffer = pa + GZVM_RUN_AREA_BYTES;

	if (hvc(GZVM_HVC_CREATE_VM, 0, 0, 0, 0, 0))
		return false;
	machine->vm = hvc_result;
	machine->run = pa;
	machine->memory = buffer + BUFFER_PAGES * PAGE_BYTES;
	machine->pages = pages;
	if (hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(machine->vm, 0), machine->run, 0, 0, 0) ||
	    set_memregion(machine->vm, buffer, pages, 0) ||
	    set_memregion(machine->vm, buffer, pages, machine->memory)) {
		machine_destroy(machine);
		return false;
	}
	return true;
}

void machine_destroy(struct machine *machine)
{
	hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(machine->vm, 0), 0, 0, 0, 0);
	while (hvc(GZVM_HVC_DESTROY_VM, machine->vm, 0, 0, 0, 0) == GZVM_STATUS_BUSY)
		;
}

s32 machine_set(const struct machine *machine, u32 offset, u64 value)
{
	return hvc(GZVM_HVC_SET_ONE_REG, gzvm_hvc_tuple(machine->vm, 0),
		   GZVM_REG_CORE64(offset), value, 0, 0);
}

u32 machine_run(const struct machine *machine, u32 limit)
{
	u32 reason;
	s32 status;

	for (u32 i = 0; i < limit; i++) {
		tick_start(TICKS);
		status = hvc(GZVM_HVC_RUN, gzvm_hvc_tuple(machine->vm, 0), 0, 0, 0, 0);
		reason = (u32)hvc_result;
		tick_stop();
		if (status)
			return 0;
		if (reason != GZVM_EXIT_IRQ && reason != GZVM_EXIT_GZ)
			return reason;
	}
	return 0;
}
