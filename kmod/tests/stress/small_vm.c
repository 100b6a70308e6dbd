// SPDX-License-Identifier: GPL-2.0-only
/* A VM that costs little, so that a test can have thousands. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stress.h"

uint32_t *small_vm_map_code(const uint32_t *code, size_t instructions)
{
	uint32_t *page = map_shared(PAGE_BYTES);

	memcpy(page, code, instructions * sizeof(*code));
	return page;
}

int set_page(int vm, uint32_t slot, uint64_t gpa, void *memory)
{
	const struct gzvm_userspace_memory_region region = {
		.slot = slot,
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = gpa,
		.memory_size = PAGE_BYTES,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region);
}

void small_vm_start(struct small_vm *small, uint32_t *code)
{
	memset(small, 0, sizeof(*small));
	small->code = code;
	small->vm = create_vm();
	if (set_page(small->vm, 0, RAM_GPA, code))
		bail_out("GZVM_SET_USER_MEMORY_REGION");
	small->vcpu = ioctl(small->vm, GZVM_CREATE_VCPU, 0UL);
	if (small->vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	if (set_register(small->vcpu, GZVM_CORE_PC, RAM_GPA) ||
	    set_register(small->vcpu, GZVM_CORE_PSTATE, PSTATE_EL1H) ||
	    set_register(small->vcpu, GZVM_CORE_X(0), DOORBELL_GPA) ||
	    set_register(small->vcpu, GZVM_CORE_X(3), STRESS_EXIT_GPA))
		bail_out("GZVM_SET_ONE_REG");
}

void small_vm_stop(struct small_vm *small)
{
	if (small->vcpu >= 0)
		close(small->vcpu);
	if (small->vm >= 0)
		close(small->vm);
	small->vcpu = small->vm = -1;
}
