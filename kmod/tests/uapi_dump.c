// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the ABI of <linux/gzvm.h>, as the C compiler lays it out, as one JSON
 * object: {"structs": {NAME: {"size": N, "fields": {FIELD: {"offset": N,
 * "size": N}}}}, "constants": {NAME: N}}. Sizes and offsets are bytes. Members
 * of a union have dotted names. Constants are unsigned and may exceed 2^63.
 *
 * The layouts of other languages are compared with this output.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/gzvm.h>

struct field {
	const char *name;
	size_t offset;
	size_t size;
};

struct structure {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t field_count;
};

struct constant {
	const char *name;
	uint64_t value;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FIELD(type, member) \
	{ #member, offsetof(struct type, member), sizeof(((struct type *)0)->member) }
#define STRUCTURE(type) { #type, sizeof(struct type), type##_fields, COUNT(type##_fields) }
#define CONSTANT(name) { #name, (uint64_t)(name) }
/* An ioctl word is unsigned, but _IOC() may compute it as a signed int. */
#define IOCTL(name) { #name, (uint32_t)(name) }

static const struct field gzvm_enable_cap_fields[] = {
	FIELD(gzvm_enable_cap, cap),
	FIELD(gzvm_enable_cap, args),
};

static const struct field gzvm_memory_region_fields[] = {
	FIELD(gzvm_memory_region, slot),
	FIELD(gzvm_memory_region, flags),
	FIELD(gzvm_memory_region, guest_phys_addr),
	FIELD(gzvm_memory_region, memory_size),
};

static const struct field gzvm_userspace_memory_region_fields[] = {
	FIELD(gzvm_userspace_memory_region, slot),
	FIELD(gzvm_userspace_memory_region, flags),
	FIELD(gzvm_userspace_memory_region, guest_phys_addr),
	FIELD(gzvm_userspace_memory_region, memory_size),
	FIELD(gzvm_userspace_memory_region, userspace_addr),
};

static const struct field gzvm_dtb_config_fields[] = {
	FIELD(gzvm_dtb_config, dtb_addr),
	FIELD(gzvm_dtb_config, dtb_size),
};

static const struct field gzvm_create_device_fields[] = {
	FIELD(gzvm_create_device, dev_type),
	FIELD(gzvm_create_device, id),
	FIELD(gzvm_create_device, flags),
	FIELD(gzvm_create_device, dev_addr),
	FIELD(gzvm_create_device, dev_reg_size),
	FIELD(gzvm_create_device, attr_addr),
	FIELD(gzvm_create_device, attr_size),
};

static const struct field gzvm_irq_level_fields[] = {
	FIELD(gzvm_irq_level, irq),
	FIELD(gzvm_irq_level, status),
	FIELD(gzvm_irq_level, level),
};

static const struct field gzvm_irqfd_fields[] = {
	FIELD(gzvm_irqfd, fd),
	FIELD(gzvm_irqfd, gsi),
	FIELD(gzvm_irqfd, flags),
	FIELD(gzvm_irqfd, resamplefd),
	FIELD(gzvm_irqfd, pad),
};

static const struct field gzvm_ioeventfd_fields[] = {
	FIELD(gzvm_ioeventfd, datamatch),
	FIELD(gzvm_ioeventfd, addr),
	FIELD(gzvm_ioeventfd, len),
	FIELD(gzvm_ioeventfd, fd),
	FIELD(gzvm_ioeventfd, flags),
	FIELD(gzvm_ioeventfd, pad),
};

static const struct field gzvm_one_reg_fields[] = {
	FIELD(gzvm_one_reg, id),
	FIELD(gzvm_one_reg, addr),
};

static const struct field gzvm_vcpu_run_fields[] = {
	FIELD(gzvm_vcpu_run, exit_reason),
	FIELD(gzvm_vcpu_run, immediate_exit),
	FIELD(gzvm_vcpu_run, padding1),
	FIELD(gzvm_vcpu_run, mmio.phys_addr),
	FIELD(gzvm_vcpu_run, mmio.data),
	FIELD(gzvm_vcpu_run, mmio.size),
	FIELD(gzvm_vcpu_run, mmio.reg_nr),
	FIELD(gzvm_vcpu_run, mmio.is_write),
	FIELD(gzvm_vcpu_run, mmio.padding),
	FIELD(gzvm_vcpu_run, fail_entry.hardware_entry_failure_reason),
	FIELD(gzvm_vcpu_run, fail_entry.cpu),
	FIELD(gzvm_vcpu_run, fail_entry.padding),
	FIELD(gzvm_vcpu_run, exception.exception),
	FIELD(gzvm_vcpu_run, exception.error_code),
	FIELD(gzvm_vcpu_run, exception.fault_gpa),
	FIELD(gzvm_vcpu_run, exception.reserved),
	FIELD(gzvm_vcpu_run, hypercall.args),
	FIELD(gzvm_vcpu_run, internal.suberror),
	FIELD(gzvm_vcpu_run, internal.ndata),
	FIELD(gzvm_vcpu_run, internal.data),
	FIELD(gzvm_vcpu_run, system_event.type),
	FIELD(gzvm_vcpu_run, system_event.ndata),
	FIELD(gzvm_vcpu_run, system_event.data),
	FIELD(gzvm_vcpu_run, padding2),
};

static const struct structure structures[] = {
	STRUCTURE(gzvm_enable_cap),
	STRUCTURE(gzvm_memory_region),
	STRUCTURE(gzvm_userspace_memory_region),
	STRUCTURE(gzvm_dtb_config),
	STRUCTURE(gzvm_create_device),
	STRUCTURE(gzvm_irq_level),
	STRUCTURE(gzvm_irqfd),
	STRUCTURE(gzvm_ioeventfd),
	STRUCTURE(gzvm_one_reg),
	STRUCTURE(gzvm_vcpu_run),
};

/* Completeness against the header is checked by uapi_dump_test.sh. */
static const struct constant constants[] = {
	CONSTANT(GZVM_IOC_MAGIC),
	CONSTANT(GZVM_MAX_VCPUS),
	CONSTANT(GZVM_MAX_MEM_REGION),
	CONSTANT(GZVM_CAP_VM_GPA_SIZE),
	CONSTANT(GZVM_CAP_PROTECTED_VM),
	CONSTANT(GZVM_CAP_BLOCK_BASED_DEMAND_PAGING),
	CONSTANT(GZVM_CAP_ENABLE_DEMAND_PAGING),
	CONSTANT(GZVM_CAP_ENABLE_IDLE),
	CONSTANT(GZVM_CAP_QUERY_HYP_BATCH_PAGES),
	CONSTANT(GZVM_CAP_QUERY_DESTROY_BATCH_PAGES),
	CONSTANT(GZVM_CAP_JINN),
	CONSTANT(GZVM_JINN_DATAMATCH_SHARED),
	CONSTANT(GZVM_JINN_NO_LOST_EXIT),
	CONSTANT(GZVM_JINN_SLOT_DELETE),
	CONSTANT(GZVM_JINN_GET_ONE_REG),
	CONSTANT(GZVM_JINN_DISCARD),
	CONSTANT(GZVM_JINN_READ_ONLY),
	CONSTANT(GZVM_CAP_PVM_SET_PVMFW_GPA),
	CONSTANT(GZVM_CAP_PVM_GET_PVMFW_SIZE),
	CONSTANT(GZVM_CAP_PVM_SET_PROTECTED_VM),
	CONSTANT(GZVM_USER_MEM_REGION_GUEST_MEM),
	CONSTANT(GZVM_USER_MEM_REGION_PROTECT_FW),
	CONSTANT(GZVM_USER_MEM_REGION_STATIC_SWIOTLB),
	CONSTANT(GZVM_USER_MEM_REGION_READ_ONLY),
	CONSTANT(GZVM_DEV_TYPE_ARM_VGIC_V3_DIST),
	CONSTANT(GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST),
	CONSTANT(GZVM_DEV_TYPE_MAX),
	CONSTANT(GZVM_IRQ_VCPU2_SHIFT),
	CONSTANT(GZVM_IRQ_VCPU2_MASK),
	CONSTANT(GZVM_IRQ_TYPE_SHIFT),
	CONSTANT(GZVM_IRQ_TYPE_MASK),
	CONSTANT(GZVM_IRQ_VCPU_SHIFT),
	CONSTANT(GZVM_IRQ_VCPU_MASK),
	CONSTANT(GZVM_IRQ_NUM_SHIFT),
	CONSTANT(GZVM_IRQ_NUM_MASK),
	CONSTANT(GZVM_IRQ_TYPE_CPU),
	CONSTANT(GZVM_IRQ_TYPE_SPI),
	CONSTANT(GZVM_IRQ_TYPE_PPI),
	CONSTANT(GZVM_IRQ_CPU_IRQ),
	CONSTANT(GZVM_IRQ_CPU_FIQ),
	CONSTANT(GZVM_IRQFD_FLAG_DEASSIGN),
	CONSTANT(GZVM_IRQFD_FLAG_RESAMPLE),
	CONSTANT(GZVM_IOEVENTFD_FLAG_DATAMATCH),
	CONSTANT(GZVM_IOEVENTFD_FLAG_PIO),
	CONSTANT(GZVM_IOEVENTFD_FLAG_DEASSIGN),
	CONSTANT(GZVM_IOEVENTFD_VALID_FLAG_MASK),
	CONSTANT(GZVM_REG_ARCH_MASK),
	CONSTANT(GZVM_REG_GENERIC),
	CONSTANT(GZVM_REG_ARM),
	CONSTANT(GZVM_REG_ARM64),
	CONSTANT(GZVM_REG_SIZE_SHIFT),
	CONSTANT(GZVM_REG_SIZE_MASK),
	CONSTANT(GZVM_REG_SIZE_U8),
	CONSTANT(GZVM_REG_SIZE_U16),
	CONSTANT(GZVM_REG_SIZE_U32),
	CONSTANT(GZVM_REG_SIZE_U64),
	CONSTANT(GZVM_REG_SIZE_U128),
	CONSTANT(GZVM_REG_CLASS_SHIFT),
	CONSTANT(GZVM_REG_CLASS_MASK),
	CONSTANT(GZVM_REG_CLASS_CORE),
	CONSTANT(GZVM_REG_CLASS_DEMUX),
	CONSTANT(GZVM_REG_CLASS_SYSREG),
	CONSTANT(GZVM_REG_INDEX_MASK),
	CONSTANT(GZVM_REG_CORE64(GZVM_CORE_X(0))),
	CONSTANT(GZVM_REG_CORE64(GZVM_CORE_X(30))),
	CONSTANT(GZVM_REG_CORE64(GZVM_CORE_PC)),
	CONSTANT(GZVM_REG_CORE64(GZVM_CORE_PSTATE)),
	CONSTANT(GZVM_CORE_X(0)),
	CONSTANT(GZVM_CORE_X(30)),
	CONSTANT(GZVM_CORE_SP),
	CONSTANT(GZVM_CORE_PC),
	CONSTANT(GZVM_CORE_PSTATE),
	CONSTANT(GZVM_CORE_SP_EL1),
	CONSTANT(GZVM_CORE_ELR_EL1),
	CONSTANT(GZVM_CORE_SPSR_EL1),
	CONSTANT(GZVM_EXIT_UNKNOWN),
	CONSTANT(GZVM_EXIT_MMIO),
	CONSTANT(GZVM_EXIT_HYPERCALL),
	CONSTANT(GZVM_EXIT_IRQ),
	CONSTANT(GZVM_EXIT_EXCEPTION),
	CONSTANT(GZVM_EXIT_DEBUG),
	CONSTANT(GZVM_EXIT_FAIL_ENTRY),
	CONSTANT(GZVM_EXIT_INTERNAL_ERROR),
	CONSTANT(GZVM_EXIT_SYSTEM_EVENT),
	CONSTANT(GZVM_EXIT_SHUTDOWN),
	CONSTANT(GZVM_EXIT_GZ),
	CONSTANT(GZVM_EXIT_IDLE),
	CONSTANT(GZVM_EXIT_IPI),
	CONSTANT(GZVM_EXCEPTION_UNKNOWN),
	CONSTANT(GZVM_EXCEPTION_PAGE_FAULT),
	CONSTANT(GZVM_SYSTEM_EVENT_SHUTDOWN),
	CONSTANT(GZVM_SYSTEM_EVENT_RESET),
	CONSTANT(GZVM_SYSTEM_EVENT_CRASH),
	CONSTANT(GZVM_SYSTEM_EVENT_WAKEUP),
	CONSTANT(GZVM_SYSTEM_EVENT_SUSPEND),
	CONSTANT(GZVM_SYSTEM_EVENT_SEV_TERM),
	CONSTANT(GZVM_SYSTEM_EVENT_S2IDLE),
	IOCTL(GZVM_CREATE_VM),
	IOCTL(GZVM_CHECK_EXTENSION),
	IOCTL(GZVM_SET_MEMORY_REGION),
	IOCTL(GZVM_CREATE_VCPU),
	IOCTL(GZVM_SET_USER_MEMORY_REGION),
	IOCTL(GZVM_IRQ_LINE),
	IOCTL(GZVM_IRQFD),
	IOCTL(GZVM_IOEVENTFD),
	IOCTL(GZVM_ENABLE_CAP),
	IOCTL(GZVM_CREATE_DEVICE),
	IOCTL(GZVM_SET_DTB_CONFIG),
	IOCTL(GZVM_RUN),
	IOCTL(GZVM_GET_ONE_REG),
	IOCTL(GZVM_SET_ONE_REG),
};

static const char *separator(size_t index, size_t count)
{
	return index + 1 < count ? "," : "";
}

static void print_structure(const struct structure *s)
{
	printf("    \"%s\": {\"size\": %zu, \"fields\": {\n", s->name, s->size);
	for (size_t i = 0; i < s->field_count; i++)
		printf("      \"%s\": {\"offset\": %zu, \"size\": %zu}%s\n", s->fields[i].name,
		       s->fields[i].offset, s->fields[i].size, separator(i, s->field_count));
	printf("    }}");
}

int main(void)
{
	printf("{\n  \"structs\": {\n");
	for (size_t i = 0; i < COUNT(structures); i++) {
		print_structure(&structures[i]);
		printf("%s\n", separator(i, COUNT(structures)));
	}
	printf("  },\n  \"constants\": {\n");
	for (size_t i = 0; i < COUNT(constants); i++)
		printf("    \"%s\": %" PRIu64 "%s\n", constants[i].name, constants[i].value,
		       separator(i, COUNT(constants)));
	printf("  }\n}\n");
	return fflush(stdout) ? 1 : 0;
}
