// SPDX-License-Identifier: GPL-2.0-only
/* What the test programs of /dev/gzvm share. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

#define COUNTER_DIRECTORY	"/sys/kernel/gzvm/"
/* Releases may be left to a worker of the kernel: look again so often. */
#define COUNTER_POLLS		300
#define COUNTER_POLL_NS		10000000L

void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

int open_device(void)
{
	int fd = open("/dev/gzvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail_out("cannot open /dev/gzvm");
	return fd;
}

int create_vm(void)
{
	int device = open_device();
	int vm = ioctl(device, GZVM_CREATE_VM, 0UL);

	if (vm < 0)
		bail_out("GZVM_CREATE_VM");
	close(device);
	return vm;
}

int create_eventfd(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		bail_out("eventfd");
	return fd;
}

uint64_t drain(int eventfd)
{
	uint64_t count;

	return read(eventfd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

void *map_shared(size_t bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	void *memory;

	if (fd < 0 || ftruncate(fd, bytes))
		bail_out("memfd");
	/* Each mapping has a file of its own, so the kernel cannot merge neighbours. */
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		bail_out("mmap");
	close(fd);
	return memory;
}

void *map_edge(size_t bytes)
{
	char *pages = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || munmap(pages + PAGE_BYTES, PAGE_BYTES))
		bail_out("mmap");
	return pages + PAGE_BYTES - bytes;
}

long counter(const char *name)
{
	char path[sizeof(COUNTER_DIRECTORY) + 32];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), COUNTER_DIRECTORY "%s", name);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

bool counters_become_zero(void)
{
	static const char *const names[] = {
		"vms", "vcpus", "doorbells", "irqfds", "pinned_pages",
	};
	const struct timespec pause = { .tv_nsec = COUNTER_POLL_NS };
	size_t zero = 0;

	for (int i = 0; i < COUNTER_POLLS && zero < COUNT(names); i++) {
		if (i)
			nanosleep(&pause, NULL);
		for (zero = 0; zero < COUNT(names) && !counter(names[zero]); zero++)
			;
	}
	if (zero < COUNT(names))
		diag("counter %s is %ld", names[zero], counter(names[zero]));
	return zero == COUNT(names);
}

void program_start(struct program *p, const uint32_t *code, size_t instructions)
{
	program_start_in(p, map_shared(RAM_BYTES), code, instructions);
}

void program_start_in(struct program *p, uint32_t *ram, const uint32_t *code, size_t instructions)
{
	struct gzvm_userspace_memory_region region = {
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_BYTES,
	};

	memset(p, 0, sizeof(*p));
	p->vm = create_vm();
	p->ram = ram;
	memcpy(p->ram, code, instructions * sizeof(*code));
	region.userspace_addr = (uintptr_t)p->ram;
	if (ioctl(p->vm, GZVM_SET_USER_MEMORY_REGION, &region))
		bail_out("GZVM_SET_USER_MEMORY_REGION");
	p->vcpu = ioctl(p->vm, GZVM_CREATE_VCPU, 0UL);
	if (p->vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	if (set_register(p->vcpu, GZVM_CORE_PC, RAM_GPA) ||
	    set_register(p->vcpu, GZVM_CORE_PSTATE, PSTATE_EL1H))
		bail_out("GZVM_SET_ONE_REG");
}

void program_stop(struct program *p)
{
	close(p->vcpu);
	close(p->vm);
	munmap(p->ram, RAM_BYTES);
}

int set_register(int vcpu, unsigned int offset, uint64_t value)
{
	struct gzvm_one_reg reg = { .id = GZVM_REG_CORE64(offset), .addr = (uintptr_t)&value };

	return ioctl(vcpu, GZVM_SET_ONE_REG, &reg);
}

int run(struct program *p)
{
	return ioctl(p->vcpu, GZVM_RUN, &p->run);
}

static int change_doorbell(int vm, uint64_t address, uint32_t length, int eventfd, uint32_t flags)
{
	struct gzvm_ioeventfd doorbell = {
		.addr = address,
		.len = length,
		.fd = eventfd,
		.flags = flags,
	};

	return ioctl(vm, GZVM_IOEVENTFD, &doorbell);
}

int assign_doorbell(int vm, uint64_t address, uint32_t length, int eventfd)
{
	return change_doorbell(vm, address, length, eventfd, 0);
}

int deassign_doorbell(int vm, uint64_t address, uint32_t length, int eventfd)
{
	return change_doorbell(vm, address, length, eventfd, GZVM_IOEVENTFD_FLAG_DEASSIGN);
}
