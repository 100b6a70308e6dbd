// SPDX-License-Identifier: GPL-2.0-only
/* What a VM may have at most, and that asking for more costs nothing. */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "gzvm_test.h"
#include "witness.h"

#define MOST_DOORBELLS	16384
/* A page lost in each refusal would be several times the tolerance. */
#define REFUSALS	10000
#define TOLERANCE	(REFUSALS * PAGE_BYTES / 4)

static uint64_t doorbell_address(unsigned int i)
{
	return DOORBELL_GPA + 4ULL * i;
}

static void test_doorbells(int vm)
{
	int eventfd = create_eventfd();
	unsigned int assigned = 0;

	while (assigned < MOST_DOORBELLS &&
	       !assign_doorbell(vm, doorbell_address(assigned), 4, eventfd))
		assigned++;
	is_number(assigned, MOST_DOORBELLS, "a VM has 16384 doorbells");
	is_errno(assign_doorbell(vm, doorbell_address(assigned), 4, eventfd), ENOSPC,
		 "and no more");
	is_errno(assign_doorbell(vm, doorbell_address(0), 4, eventfd), EEXIST,
		 "a collision is told first");
	is_errno(deassign_doorbell(vm, doorbell_address(0), 4, eventfd), 0,
		 "when one is taken away");
	is_errno(assign_doorbell(vm, doorbell_address(assigned), 4, eventfd), 0,
		 "another can come");
	close(eventfd);
}

struct subject {
	int vm;
	int vcpu;
	int eventfd;
	void *memory;
};

static long refuse_vcpu(const struct subject *s)
{
	return ioctl(s->vm, GZVM_CREATE_VCPU, 0UL);
}

static long refuse_slot(const struct subject *s)
{
	const struct gzvm_userspace_memory_region region = {
		.slot = 1,
		/* Where slot 0 is. */
		.guest_phys_addr = RAM_GPA,
		.memory_size = PAGE_BYTES,
		.userspace_addr = (uintptr_t)s->memory,
	};

	return ioctl(s->vm, GZVM_SET_USER_MEMORY_REGION, &region);
}

static long refuse_attributes(const struct subject *s)
{
	const struct gzvm_create_device device = {
		.attr_addr = (uintptr_t)s->memory,
		.attr_size = PAGE_BYTES + 1,
	};

	return ioctl(s->vm, GZVM_CREATE_DEVICE, &device);
}

static long refuse_doorbell(const struct subject *s)
{
	return assign_doorbell(s->vm, DOORBELL_GPA, 4, s->eventfd);
}

static long refuse_irqfd(const struct subject *s)
{
	const struct gzvm_irqfd irqfd = {
		.fd = s->eventfd,
		.flags = GZVM_IRQFD_FLAG_RESAMPLE,
		.resamplefd = -1,
	};

	return ioctl(s->vm, GZVM_IRQFD, &irqfd);
}

static long refuse_register(const struct subject *s)
{
	return set_register(s->vcpu, 0x10000, 1);
}

/* A page of zeros is no capability. */
static long refuse_capability(const struct subject *s)
{
	return ioctl(s->vm, GZVM_ENABLE_CAP, s->memory);
}

/* Pages that each CPU keeps for its next allocations, which do not count as free. */
static uint64_t kept_pages(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	unsigned long count;
	uint64_t sum = 0;
	char line[256];

	if (!file)
		bail_out("/proc/zoneinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %lu", &count) == 1)
			sum += count;
	fclose(file);
	return sum;
}

static uint64_t free_memory(void)
{
	struct sysinfo info;

	if (sysinfo(&info))
		bail_out("sysinfo");
	return (uint64_t)info.freeram * info.mem_unit + kept_pages() * PAGE_BYTES;
}

static void test_refusals(const struct subject *s)
{
	static const struct {
		const char *name;
		long (*refuse)(const struct subject *subject);
		int error;
	} rows[] = {
		{ "a vCPU that exists", refuse_vcpu, EEXIST },
		{ "a slot that overlaps", refuse_slot, EEXIST },
		{ "attributes of more than a page", refuse_attributes, EINVAL },
		{ "a doorbell that collides", refuse_doorbell, EEXIST },
		{ "a resamplefd that is none", refuse_irqfd, EBADF },
		{ "a register that there is not", refuse_register, EINVAL },
		{ "a capability that there is not", refuse_capability, EINVAL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int log = kernel_log_open();
		uint64_t before = free_memory(), lost;
		unsigned int refused = 0;

		for (int n = 0; n < REFUSALS; n++)
			refused += rows[i].refuse(s) < 0 && errno == rows[i].error;
		lost = before - free_memory();
		is_number(refused, REFUSALS, rows[i].name);
		/* Other processes may also have given memory back. */
		if (!ok((int64_t)lost < (int64_t)TOLERANCE, "costs no memory when it is refused"))
			diag("%llu KiB", (unsigned long long)lost / 1024);
		ok(log >= 0 && !kernel_log_complaints(log, true), "nor a line in the kernel's log");
		close(log);
	}
}

/* A VM with slot 0, vCPU 0 and a doorbell: what asks for them again is refused. */
static void subject_start(struct subject *s)
{
	struct gzvm_userspace_memory_region region = {
		.guest_phys_addr = RAM_GPA,
		.memory_size = PAGE_BYTES,
	};

	s->vm = create_vm();
	s->eventfd = create_eventfd();
	s->memory = map_shared(PAGE_BYTES);
	region.userspace_addr = (uintptr_t)s->memory;
	s->vcpu = ioctl(s->vm, GZVM_CREATE_VCPU, 0UL);
	if (s->vcpu < 0 || ioctl(s->vm, GZVM_SET_USER_MEMORY_REGION, &region) ||
	    assign_doorbell(s->vm, DOORBELL_GPA, 4, s->eventfd))
		bail_out("the VM");
}

void test_limits(void)
{
	struct subject subject;
	int vm = create_vm();

	test_doorbells(vm);
	close(vm);
	subject_start(&subject);
	test_refusals(&subject);
	close(subject.vcpu);
	close(subject.vm);
	close(subject.eventfd);
	munmap(subject.memory, PAGE_BYTES);
}
