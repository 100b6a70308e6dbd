// SPDX-License-Identifier: GPL-2.0-only
/* Protected VMs as a VMM meets them: memory that gives SIGBUS, and comes back wiped. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gzvm_test.h"

#define DATA_OFFSET	(16 * PAGE_BYTES)
#define SECRET		0x5ec2e75eU

static long protect(int vm, uint64_t command)
{
	struct gzvm_enable_cap cap = { .cap = GZVM_CAP_PROTECTED_VM, .args = { command } };

	return ioctl(vm, GZVM_ENABLE_CAP, &cap);
}

/* The signal that a child gets when it reads @address; the memory is shared with it. */
static int signal_of_read(const volatile uint32_t *address)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		(void)*address;
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_refusals(void)
{
	struct gzvm_enable_cap size = {
		.cap = GZVM_CAP_PROTECTED_VM, .args = { GZVM_CAP_PVM_GET_PVMFW_SIZE, 77 },
	};
	int vm = create_vm();

	is_errno(ioctl(vm, GZVM_ENABLE_CAP, &size), EINVAL, "there is no firmware to ask for");
	is_number(size.args[1], 77, "and no size of it");
	is_errno(protect(vm, GZVM_CAP_PVM_SET_PVMFW_GPA), EOPNOTSUPP,
		 "a VM cannot be protected with firmware");
	is_errno(protect(vm, 3), EINVAL, "an unknown command is refused");
	close(vm);
}

static void test_memory_is_lost(void)
{
	/* Stores the secret, tells it to the host, stores at the end. */
	static const uint32_t code[] = { STR_W(1, 2), STR_W(1, 0), BACK(2) };
	struct program p;
	volatile uint32_t *data;

	program_start(&p, code, COUNT(code));
	data = &p.ram[DATA_OFFSET / sizeof(p.ram[0])];
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(p.vcpu, GZVM_CORE_X(1), SECRET);
	set_register(p.vcpu, GZVM_CORE_X(2), RAM_GPA + DATA_OFFSET);
	is_errno(protect(p.vm, GZVM_CAP_PVM_SET_PROTECTED_VM), 0, "a VM is protected");
	is_number(signal_of_read(data), 0, "memory that the guest has not touched is the host's");
	is_errno(run(&p), 0, "RUN returns");
	ok(p.run.exit_reason == GZVM_EXIT_MMIO && p.run.mmio.phys_addr == DOORBELL_GPA &&
	   !memcmp(p.run.mmio.data, &(uint32_t){ SECRET }, sizeof(uint32_t)),
	   "the guest runs and says what it wants to");
	is_number(signal_of_read(data), SIGBUS, "memory that it has touched gives SIGBUS");
	is_number(signal_of_read(p.ram), SIGBUS, "its code, too");
	is_errno(ioctl(p.vm, GZVM_ENABLE_CAP, p.ram), EFAULT,
		 "a system call that is given such memory fails");
	is_errno(set_register(p.vcpu, GZVM_CORE_PC, 0), EOPNOTSUPP,
		 "its registers are its own now");
	is_errno(run(&p), 0, "it goes on");
	close(p.vcpu);
	close(p.vm);
	ok(counters_become_zero(), "the VM is gone");
	is_number(signal_of_read(data), 0, "and its memory here again");
	ok(!*data && !p.ram[0], "wiped");
	munmap(p.ram, RAM_BYTES);
}

/* A slot cannot be taken from a guest that is protected. */
static void test_slots_stay(void)
{
	struct gzvm_userspace_memory_region nothing = { .slot = 0 };
	static const uint32_t code[] = { STR_W(1, 0) };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	protect(p.vm, GZVM_CAP_PVM_SET_PROTECTED_VM);
	is_errno(ioctl(p.vm, GZVM_SET_USER_MEMORY_REGION, &nothing), EOPNOTSUPP,
		 "a slot of a protected VM is not deleted");
	is_errno(run(&p), 0, "its guest runs all the same");
	program_stop(&p);
}

/* Where pages come one by one, all of them have to be there before the VM is protected. */
static void test_incomplete_memory(void)
{
	struct gzvm_userspace_memory_region region = {
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_BYTES,
	};
	int file = memfd_create("hole", MFD_CLOEXEC);
	void *memory;
	int vm;

	if (!ok(set_paging('1'), "pages can be given one by one") ||
	    ftruncate(file, RAM_BYTES / 2))
		return;
	vm = create_vm();
	memory = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	region.userspace_addr = (uintptr_t)memory;
	is_errno(ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region), 0, "memory with a hole is set");
	is_errno(protect(vm, GZVM_CAP_PVM_SET_PROTECTED_VM), EFAULT,
		 "a VM with incomplete memory is not protected");
	is_number(signal_of_read(memory), 0, "and the host keeps what there is");
	is_errno(ftruncate(file, RAM_BYTES), 0, "the hole is filled");
	is_errno(protect(vm, GZVM_CAP_PVM_SET_PROTECTED_VM), 0, "then it is protected");
	is_number(signal_of_read(memory), SIGBUS, "with all its memory at once");
	close(vm);
	munmap(memory, RAM_BYTES);
	close(file);
	set_paging('2');
}

void test_protected(void)
{
	test_refusals();
	test_memory_is_lost();
	test_slots_stay();
	test_incomplete_memory();
}
