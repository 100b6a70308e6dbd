// SPDX-License-Identifier: GPL-2.0-only
/* Every ioctl, what it documents, and how a good argument for it is made. */
#include <errno.h>

#include "fuzz.h"

#define GIC_SPIS	256
/* No boundary of mutate.c, so that no spoilt address of GET_ONE_REG leads there. */
#define ARGUMENT_OFFSET	0x180
/* Few enough for doorbells to meet and to be found again. */
#define DOORBELLS	16

uint64_t fuzz_address(unsigned int thread, enum fuzz_place place, unsigned int bytes)
{
	/* A page that can be written, one without access, and the first one read-only. */
	uint64_t base = FUZZ_ARGUMENTS + thread * FUZZ_ARGUMENTS_STRIDE;

	switch (place) {
	case FUZZ_PLACE_UNALIGNED:
		return base + ARGUMENT_OFFSET + 3;
	case FUZZ_PLACE_READ_ONLY:
		return base + 2 * FUZZ_PAGE + ARGUMENT_OFFSET;
	case FUZZ_PLACE_HALF_UNMAPPED:
		return base + FUZZ_PAGE - bytes / 2;
	case FUZZ_PLACE_NO_ACCESS:
		return base + FUZZ_PAGE + ARGUMENT_OFFSET;
	case FUZZ_PLACE_NULL:
		return 0;
	case FUZZ_PLACE_LOW:
		return 8;
	case FUZZ_PLACE_KERNEL:
		return 0xffff000000000000ULL;
	case FUZZ_PLACE_NON_CANONICAL:
		return 0x00f0000000000000ULL;
	default:
		return base + ARGUMENT_OFFSET;
	}
}

uint64_t fuzz_mapping_address(unsigned int vm, unsigned int mapping)
{
	return FUZZ_MEMORY + (vm * FUZZ_MAPPINGS + mapping) * FUZZ_MEMORY_STRIDE;
}

static bool writes_extension(size_t byte)
{
	return byte < sizeof(uint64_t);
}

static bool writes_cap(size_t byte)
{
	return byte >= offsetof(struct gzvm_enable_cap, args[1]) &&
	       byte < offsetof(struct gzvm_enable_cap, args[2]);
}

/* All but what the caller says: immediate_exit and the padding behind it. */
static bool writes_run(size_t byte)
{
	return byte < offsetof(struct gzvm_vcpu_run, immediate_exit) ||
	       (byte >= offsetof(struct gzvm_vcpu_run, mmio) &&
		byte < sizeof(struct gzvm_vcpu_run));
}

static void fill_create_vm(struct chance *chance, const struct fuzz_target *target,
			   struct fuzz_call *call)
{
	(void)chance;
	call->moved_to = FUZZ_FD_VM(target->vm);
	*target->model = (struct fuzz_vm_model){ .step = 1 };
}

static void fill_extension(struct chance *chance, const struct fuzz_target *target,
			   struct fuzz_call *call)
{
	static const uint64_t caps[] = {
		GZVM_CAP_VM_GPA_SIZE, GZVM_CAP_PROTECTED_VM, GZVM_CAP_JINN,
		GZVM_CAP_ENABLE_DEMAND_PAGING,
	};

	(void)target;
	call->argument.capability = caps[chance_below(chance, COUNT(caps))];
}

static void fill_create_vcpu(struct chance *chance, const struct fuzz_target *target,
			     struct fuzz_call *call)
{
	(void)chance;
	call->value = target->model->next_vcpu++;
	call->moved_to = FUZZ_FD_VCPU(target->vm, call->value % FUZZ_VCPUS);
}

static void fill_region(struct chance *chance, const struct fuzz_target *target,
			struct fuzz_call *call)
{
	(void)target;
	call->argument.region = (struct gzvm_memory_region){
		.slot = chance_below(chance, GZVM_MAX_MEM_REGION),
		.guest_phys_addr = FUZZ_RAM_GPA,
		.memory_size = FUZZ_PAGE,
	};
}

static void fill_user_region(struct chance *chance, const struct fuzz_target *target,
			     struct fuzz_call *call)
{
	struct fuzz_vm_model *model = target->model;
	unsigned int slot = model->next_slot++;
	unsigned int mapping = slot % FUZZ_MAPPINGS;

	call->argument.user_region = (struct gzvm_userspace_memory_region){
		.slot = slot % GZVM_MAX_MEM_REGION,
		.flags = chance_below(chance, 3),
		.guest_phys_addr = FUZZ_RAM_GPA + slot * FUZZ_MEMORY_STRIDE,
		.memory_size = chance_percent(chance, 5) ? 0 : model->bytes[mapping],
		.userspace_addr = fuzz_mapping_address(target->vm, mapping),
	};
}

static void fill_line(struct chance *chance, const struct fuzz_target *target,
		      struct fuzz_call *call)
{
	(void)target;
	call->argument.line.irq = chance_below(chance, GIC_SPIS) |
				  chance_below(chance, 4) << GZVM_IRQ_VCPU_SHIFT |
				  chance_below(chance, 3) << GZVM_IRQ_TYPE_SHIFT;
	call->argument.line.level = chance_below(chance, 2);
}

static int eventfd_number(struct chance *chance)
{
	return FUZZ_FD_EVENTFD(chance_below(chance, FUZZ_EVENTFDS));
}

static void fill_irqfd(struct chance *chance, const struct fuzz_target *target,
		       struct fuzz_call *call)
{
	struct fuzz_vm_model *model = target->model;
	struct gzvm_irqfd *irqfd = &call->argument.irqfd;
	struct gzvm_irqfd *memory;

	if (model->irqfd_count && chance_percent(chance, 50)) {
		*irqfd = model->irqfds[chance_below(chance, FUZZ_REMEMBERED)];
		irqfd->flags |= GZVM_IRQFD_FLAG_DEASSIGN;
		return;
	}
	irqfd->fd = eventfd_number(chance);
	irqfd->gsi = chance_below(chance, GIC_SPIS);
	if (chance_percent(chance, 25)) {
		irqfd->flags = GZVM_IRQFD_FLAG_RESAMPLE;
		irqfd->resamplefd = eventfd_number(chance);
	}
	/* The first fills all places, so that none is ever empty. */
	do {
		memory = &model->irqfds[model->irqfd_count++ % FUZZ_REMEMBERED];
		*memory = *irqfd;
	} while (model->irqfd_count < FUZZ_REMEMBERED);
}

static void fill_new_doorbell(struct chance *chance, struct gzvm_ioeventfd *doorbell)
{
	static const uint32_t widths[] = { 1, 2, 4, 8, 0 };

	doorbell->addr = FUZZ_DOORBELL_GPA + 8 * chance_below(chance, DOORBELLS);
	doorbell->len = widths[chance_below(chance, COUNT(widths))];
	doorbell->fd = eventfd_number(chance);
	if (doorbell->len && chance_percent(chance, 60)) {
		doorbell->flags = GZVM_IOEVENTFD_FLAG_DATAMATCH;
		doorbell->datamatch = chance_below(chance, 8);
	}
}

static void fill_doorbell(struct chance *chance, const struct fuzz_target *target,
			  struct fuzz_call *call)
{
	struct fuzz_vm_model *model = target->model;
	struct gzvm_ioeventfd *doorbell = &call->argument.doorbell;
	struct gzvm_ioeventfd *memory;

	if (model->doorbell_count && chance_percent(chance, 45)) {
		*doorbell = model->doorbells[chance_below(chance, FUZZ_REMEMBERED)];
		doorbell->flags |= GZVM_IOEVENTFD_FLAG_DEASSIGN;
		return;
	}
	fill_new_doorbell(chance, doorbell);
	do {
		memory = &model->doorbells[model->doorbell_count++ % FUZZ_REMEMBERED];
		*memory = *doorbell;
	} while (model->doorbell_count < FUZZ_REMEMBERED);
}

static void fill_cap(struct chance *chance, const struct fuzz_target *target,
		     struct fuzz_call *call)
{
	struct gzvm_enable_cap *cap = &call->argument.cap;

	(void)target;
	if (chance_percent(chance, 60)) {
		cap->cap = GZVM_CAP_JINN;
		cap->args[0] = GZVM_JINN_GET_ONE_REG;
		return;
	}
	cap->cap = GZVM_CAP_PROTECTED_VM;
	cap->args[0] = chance_below(chance, 3);
	cap->args[1] = FUZZ_RAM_GPA;
}

static void fill_device(struct chance *chance, const struct fuzz_target *target,
			struct fuzz_call *call)
{
	struct gzvm_create_device *device = &call->argument.device;

	device->dev_type = target->model->step % 2 ? GZVM_DEV_TYPE_ARM_VGIC_V3_DIST :
						     GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST;
	device->dev_addr = device->dev_type ? FUZZ_GICR_GPA : FUZZ_GICD_GPA;
	device->dev_reg_size = device->dev_type ? 0x20000 : 0x10000;
	if (chance_percent(chance, 25)) {
		device->attr_addr = fuzz_mapping_address(target->vm, 0);
		device->attr_size = 1 + chance_below(chance, FUZZ_PAGE);
	}
}

static void fill_dtb(struct chance *chance, const struct fuzz_target *target,
		     struct fuzz_call *call)
{
	call->argument.dtb.dtb_addr = FUZZ_RAM_GPA;
	call->argument.dtb.dtb_size = target->model->bytes[0] >> chance_below(chance, 4);
}

static void fill_run(struct chance *chance, const struct fuzz_target *target,
		     struct fuzz_call *call)
{
	struct gzvm_vcpu_run *run = &call->argument.run;

	(void)target;
	/* Only 1 has a meaning. */
	run->immediate_exit = chance_percent(chance, 5) ? 1 : chance_below(chance, 2) * 0xa5;
	/* The answer to a load or to a call; the rest must have no effect. */
	for (size_t i = offsetof(struct gzvm_vcpu_run, mmio); i < 80; i++)
		call->argument.bytes[i] = chance_word(chance);
}

/* What the guest's loads, stores and calls find in x0 and x1. */
static const uint64_t general_values[] = {
	FUZZ_DOORBELL_GPA, FUZZ_DOORBELL_GPA + 8, FUZZ_DOORBELL_GPA + 24,
	FUZZ_RAM_GPA + 0x800, FUZZ_RAM_GPA + FUZZ_MEMORY_STRIDE, FUZZ_GICD_GPA,
	FUZZ_GICR_GPA + 0x10000, 0x84000008, 0x84000009, 0xc4000003, 0x86000001,
	0xc6000009, 0, 1, 2, ~0ULL,
};

/* EL1h and EL1t with interrupts masked, EL1h with them open, EL0, EL2h, AArch32. */
static const uint64_t states[] = {
	0x3c5, 0x3c5, 0x3c4, 0x5, 0x0, 0x3c9, 0x1d3, ~0ULL,
};

void fuzz_fill_values(uint64_t *page)
{
	for (size_t i = 0; i < FUZZ_PROGRAM_ENTRIES; i++)
		page[FUZZ_VALUES_PC + i] = FUZZ_RAM_GPA + 4 * i;
	for (size_t i = 0; i < COUNT(states); i++)
		page[FUZZ_VALUES_STATE + i] = states[i];
	for (size_t i = 0; i < COUNT(general_values); i++)
		page[FUZZ_VALUES_GENERAL + i] = general_values[i];
}

static void choose_register(struct fuzz_call *call, unsigned int offset, unsigned int value)
{
	call->argument.reg.id = GZVM_REG_CORE64(offset);
	call->argument.reg.addr = FUZZ_VALUES + value * sizeof(uint64_t);
}

/* The first steps of a VM set what its guest needs, in the order of this table. */
static void fill_register(struct chance *chance, const struct fuzz_target *target,
			  struct fuzz_call *call)
{
	unsigned int general = FUZZ_VALUES_GENERAL + chance_below(chance, COUNT(general_values));
	unsigned int choice = chance_below(chance, 8);

	if (target->model->step >= FUZZ_STEP_REGISTERS && target->model->step < FUZZ_FURNISHED)
		choice = target->model->step - FUZZ_STEP_REGISTERS;
	switch (choice) {
	case 0:
		choose_register(call, GZVM_CORE_PC,
				FUZZ_VALUES_PC + chance_below(chance, FUZZ_PROGRAM_ENTRIES));
		break;
	case 1:
		choose_register(call, GZVM_CORE_PSTATE,
				FUZZ_VALUES_STATE +
				(chance_percent(chance, 80) ? 0 :
				 chance_below(chance, COUNT(states))));
		break;
	case 2:
		choose_register(call, GZVM_CORE_X(0), general);
		break;
	case 3:
		choose_register(call, GZVM_CORE_X(1), general);
		break;
	case 4:
		choose_register(call, GZVM_CORE_SP_EL1, general);
		break;
	default:
		choose_register(call, GZVM_CORE_X(chance_below(chance, 31)), general);
	}
}

static void fill_get_register(struct chance *chance, const struct fuzz_target *target,
			      struct fuzz_call *call)
{
	call->argument.reg.id = GZVM_REG_CORE64(GZVM_CORE_X(chance_below(chance, 34)));
	call->argument.reg.addr = fuzz_mapping_address(target->vm, 0) + 0x900;
}

/*
 * EBADF and ENOTTY are allowed everywhere: another thread may have closed the
 * descriptor, and the number may be something else by now.
 */
const struct fuzz_type fuzz_types[FUZZ_TYPES] = {
	[FUZZ_CREATE_VM] = {
		"CREATE_VM", GZVM_CREATE_VM, FUZZ_ON_DEVICE, 1, 0, NULL, true,
		{ EINVAL, ENOMEM, EMFILE }, fill_create_vm },
	[FUZZ_DEVICE_CHECK_EXTENSION] = {
		"CHECK_EXTENSION (device)", GZVM_CHECK_EXTENSION, FUZZ_ON_DEVICE, 4,
		sizeof(uint64_t), writes_extension, true,
		{ EINVAL, EFAULT, EOPNOTSUPP }, fill_extension },
	[FUZZ_VM_CHECK_EXTENSION] = {
		"CHECK_EXTENSION (VM)", GZVM_CHECK_EXTENSION, FUZZ_ON_VM, 4,
		sizeof(uint64_t), writes_extension, true,
		{ EFAULT, EOPNOTSUPP }, fill_extension },
	[FUZZ_CREATE_VCPU] = {
		"CREATE_VCPU", GZVM_CREATE_VCPU, FUZZ_ON_VM, 4, 0, NULL, true,
		{ EINVAL, EEXIST, ENOMEM, EMFILE }, fill_create_vcpu },
	[FUZZ_SET_MEMORY_REGION] = {
		"SET_MEMORY_REGION", GZVM_SET_MEMORY_REGION, FUZZ_ON_VM, 1,
		sizeof(struct gzvm_memory_region), NULL, false,
		{ ENOTTY }, fill_region },
	[FUZZ_SET_USER_MEMORY_REGION] = {
		"SET_USER_MEMORY_REGION", GZVM_SET_USER_MEMORY_REGION, FUZZ_ON_VM, 5,
		sizeof(struct gzvm_userspace_memory_region), NULL, true,
		{ EINVAL, EEXIST, EFAULT, ENOMEM, EOPNOTSUPP }, fill_user_region },
	[FUZZ_IRQ_LINE] = {
		"IRQ_LINE", GZVM_IRQ_LINE, FUZZ_ON_VM, 10, sizeof(struct gzvm_irq_level), NULL,
		true, { EFAULT, EINVAL }, fill_line },
	[FUZZ_IRQFD] = {
		"IRQFD", GZVM_IRQFD, FUZZ_ON_VM, 16, sizeof(struct gzvm_irqfd), NULL, true,
		{ EFAULT, EINVAL, EBUSY, ENOMEM }, fill_irqfd },
	[FUZZ_IOEVENTFD] = {
		"IOEVENTFD", GZVM_IOEVENTFD, FUZZ_ON_VM, 22, sizeof(struct gzvm_ioeventfd), NULL,
		true, { EFAULT, EINVAL, EEXIST, ENOSPC, ENOENT, ENOMEM }, fill_doorbell },
	[FUZZ_ENABLE_CAP] = {
		"ENABLE_CAP", GZVM_ENABLE_CAP, FUZZ_ON_VM, 2, sizeof(struct gzvm_enable_cap),
		writes_cap, true, { EFAULT, EINVAL, EOPNOTSUPP, ENOMEM }, fill_cap },
	[FUZZ_CREATE_DEVICE] = {
		"CREATE_DEVICE", GZVM_CREATE_DEVICE, FUZZ_ON_VM, 3,
		sizeof(struct gzvm_create_device), NULL, true,
		{ EFAULT, EINVAL, ENOMEM }, fill_device },
	[FUZZ_SET_DTB_CONFIG] = {
		"SET_DTB_CONFIG", GZVM_SET_DTB_CONFIG, FUZZ_ON_VM, 4,
		sizeof(struct gzvm_dtb_config), NULL, true,
		{ EFAULT, EINVAL }, fill_dtb },
	[FUZZ_RUN] = {
		"RUN", GZVM_RUN, FUZZ_ON_VCPU, 14, sizeof(struct gzvm_vcpu_run), writes_run, true,
		{ EFAULT, EINVAL, EINTR, EBUSY, ENOMEM }, fill_run },
	[FUZZ_GET_ONE_REG] = {
		"GET_ONE_REG", GZVM_GET_ONE_REG, FUZZ_ON_VCPU, 4, sizeof(struct gzvm_one_reg), NULL,
		true, { EFAULT, EINVAL, EBUSY, EOPNOTSUPP }, fill_get_register },
	[FUZZ_SET_ONE_REG] = {
		"SET_ONE_REG", GZVM_SET_ONE_REG, FUZZ_ON_VCPU, 12, sizeof(struct gzvm_one_reg),
		NULL, true, { EFAULT, EINVAL, EBUSY, EOPNOTSUPP }, fill_register },
};
