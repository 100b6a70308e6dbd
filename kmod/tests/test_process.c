// SPDX-License-Identifier: GPL-2.0-only
/* What depends on the process: its address space, and how much it may pin. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gzvm_test.h"

#define NOBODY		65534
#define LOCKED_PAGES	16

/* Return: what @act gives in a child, which has inherited all descriptors. */
static int in_child(int (*act)(int argument), int argument)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		bail_out("fork");
	if (!child)
		_exit(act(argument));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const unsigned long vm_requests[] = {
	GZVM_CHECK_EXTENSION, GZVM_CREATE_VCPU, GZVM_SET_USER_MEMORY_REGION, GZVM_IRQ_LINE,
	GZVM_IRQFD, GZVM_IOEVENTFD, GZVM_ENABLE_CAP, GZVM_CREATE_DEVICE, GZVM_SET_DTB_CONFIG,
	GZVM_SET_MEMORY_REGION,
};

static const unsigned long vcpu_requests[] = {
	GZVM_RUN, GZVM_SET_ONE_REG, GZVM_GET_ONE_REG, GZVM_CREATE_VCPU,
};

static int count_wrong(int fd, const unsigned long *requests, size_t count)
{
	static char zeros[sizeof(struct gzvm_vcpu_run)];
	int wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += ioctl(fd, requests[i], zeros) != -1 || errno != EIO;
	return wrong;
}

static int count_wrong_of_vm(int vm)
{
	return count_wrong(vm, vm_requests, COUNT(vm_requests));
}

static int count_wrong_of_vcpu(int vcpu)
{
	return count_wrong(vcpu, vcpu_requests, COUNT(vcpu_requests));
}

void test_foreign_process(void)
{
	int vm = create_vm();
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);

	if (vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	is_number(in_child(count_wrong_of_vm, vm), 0,
		  "each ioctl of a VM is EIO in another process, also an unknown one");
	is_number(in_child(count_wrong_of_vcpu, vcpu), 0, "and each of a vCPU");
	is_number(counter("vcpus"), 1, "no vCPU has been created there");
	close(vcpu);
	close(vm);
}

static int set_slot(int vm, uint32_t slot, uint64_t pages, void *memory)
{
	const struct gzvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = RAM_GPA + slot * RAM_BYTES,
		.memory_size = pages * PAGE_BYTES,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region) ? errno : 0;
}

enum verdict {
	AS_DOCUMENTED,
	TOO_MUCH_REFUSED,
	LIMIT_IGNORED,
	REFUSAL_CHARGED,
	NOT_GIVEN_BACK,
	NO_PRIVILEGE_DROPPED,
};

/* Root may lock what it likes: the limit is for others. */
static int lock_memory(int device)
{
	const struct rlimit limit = {
		.rlim_cur = LOCKED_PAGES * PAGE_BYTES,
		.rlim_max = LOCKED_PAGES * PAGE_BYTES,
	};
	void *half = map_shared(LOCKED_PAGES / 2 * PAGE_BYTES);
	void *rest = map_shared(LOCKED_PAGES / 2 * PAGE_BYTES);
	void *page = map_shared(PAGE_BYTES);
	int vm;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) || setresuid(NOBODY, NOBODY, NOBODY))
		return NO_PRIVILEGE_DROPPED;
	vm = ioctl(device, GZVM_CREATE_VM, 0UL);
	if (set_slot(vm, 0, LOCKED_PAGES / 2, half))
		return TOO_MUCH_REFUSED;
	if (set_slot(vm, 0, LOCKED_PAGES / 2, half) != EEXIST)
		return REFUSAL_CHARGED;
	if (set_slot(vm, 1, LOCKED_PAGES / 2, rest))
		return TOO_MUCH_REFUSED;
	if (set_slot(vm, 2, 1, page) != ENOMEM)
		return LIMIT_IGNORED;
	close(vm);
	vm = ioctl(device, GZVM_CREATE_VM, 0UL);
	if (set_slot(vm, 0, LOCKED_PAGES / 2, half) || set_slot(vm, 1, LOCKED_PAGES / 2, rest))
		return NOT_GIVEN_BACK;
	return AS_DOCUMENTED;
}

void test_locked_memory(void)
{
	int device = open_device();

	is_number(in_child(lock_memory, device), AS_DOCUMENTED,
		  "slots count against RLIMIT_MEMLOCK, refused ones do not, a VM's end gives back");
	close(device);
}

static void set_descriptor_limit(rlim_t limit)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now))
		bail_out("getrlimit");
	now.rlim_cur = limit;
	if (setrlimit(RLIMIT_NOFILE, &now))
		bail_out("setrlimit");
}

/* What has no descriptor must not be there either: its number can be had afterwards. */
void test_no_descriptor(void)
{
	struct rlimit before;
	int device = open_device();
	int vm = create_vm();
	int vcpu, highest = create_eventfd();

	if (getrlimit(RLIMIT_NOFILE, &before))
		bail_out("getrlimit");
	/* The kernel gives the lowest number, so all up to this one are in use. */
	set_descriptor_limit(highest + 1);
	is_errno(ioctl(device, GZVM_CREATE_VM, 0UL), EMFILE,
		 "a VM without a descriptor is not created");
	is_errno(ioctl(vm, GZVM_CREATE_VCPU, 0UL), EMFILE, "nor is a vCPU");
	set_descriptor_limit(before.rlim_cur);
	is_number(counter("vms"), 1, "the driver counts the VM that there is");
	is_number(counter("vcpus"), 0, "and no vCPU");
	vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);
	is_errno(vcpu, 0, "the vCPU's number is still free");
	close(vcpu);
	close(highest);
	close(vm);
	close(device);
}
