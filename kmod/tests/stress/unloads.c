// SPDX-License-Identifier: GPL-2.0-only
/* Unloading the module while it is in use, and under a race for its use. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

#define MODULE_FILE	"/lib/modules/gzvm.ko"
/* udev or devtmpfs makes the node; it is there at once, or within this many looks. */
#define NODE_POLLS	300
#define NODE_POLL_NS	10000000L

static int unload(void)
{
	return syscall(SYS_delete_module, "gzvm", O_NONBLOCK);
}

static bool load(void)
{
	const struct timespec pause = { .tv_nsec = NODE_POLL_NS };
	int file = open(MODULE_FILE, O_RDONLY | O_CLOEXEC);
	long result = syscall(SYS_finit_module, file, "", 0);

	close(file);
	for (int i = 0; !result && access("/dev/gzvm", R_OK | W_OK); i++) {
		if (i == NODE_POLLS)
			return false;
		nanosleep(&pause, NULL);
	}
	return !result;
}

static void test_in_use(void)
{
	int device = open_device();
	int vm = ioctl(device, GZVM_CREATE_VM, 0UL);
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);

	is_errno(unload(), EAGAIN, "the module stays while all its fds are open");
	close(vm);
	is_errno(unload(), EAGAIN, "while a vCPU fd and /dev/gzvm are");
	close(device);
	is_errno(unload(), EAGAIN, "while only a vCPU fd is");
	close(vcpu);
	is_errno(unload(), 0, "it goes when none is");
	ok(access("/dev/gzvm", F_OK) && access("/sys/kernel/gzvm", F_OK),
	   "with its device and its counters");
	is_errno(unload(), ENOENT, "only once");
	if (!ok(load(), "it can be loaded again"))
		bail_out(MODULE_FILE);
	device = open_device();
	is_errno(unload(), EAGAIN, "the module stays while only /dev/gzvm is open");
	close(device);
	vm = create_vm();
	is_errno(unload(), EAGAIN, "and while only a VM fd is");
	close(vm);
}

struct users {
	bool over;
	unsigned int uses;
	unsigned int faults;
};

/* While the module is away there is nothing to open; what is opened has to work. */
static void *use(void *argument)
{
	struct users *users = argument;

	while (!__atomic_load_n(&users->over, __ATOMIC_RELAXED)) {
		int device = open("/dev/gzvm", O_RDWR | O_CLOEXEC);
		int vm, vcpu;

		if (device < 0)
			continue;
		vm = ioctl(device, GZVM_CREATE_VM, 0UL);
		close(device);
		vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);
		__atomic_add_fetch(vm < 0 || vcpu < 0 ? &users->faults : &users->uses, 1,
				   __ATOMIC_RELAXED);
		close(vm);
		close(vcpu);
	}
	return NULL;
}

static void test_race(unsigned int rounds)
{
	struct users users = { 0 };
	unsigned int unloads = 0, refusals = 0, others = 0;
	bool loaded = true;
	pthread_t thread;

	errno = pthread_create(&thread, NULL, use, &users);
	if (errno)
		bail_out("pthread_create");
	while (loaded && unloads < rounds) {
		if (!unload()) {
			unloads++;
			loaded = load();
		} else if (errno == EAGAIN) {
			refusals++;
		} else {
			others++;
		}
	}
	__atomic_store_n(&users.over, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	ok(loaded && !others, "the module goes and comes %u times while it is used", unloads);
	ok(refusals && users.uses, "when it is in use it stays (%u times; %u uses)", refusals,
	   users.uses);
	is_number(users.faults, 0, "and what could be opened could be used");
}

void stress_unloads(unsigned int rounds)
{
	if (access("/sys/module/gzvm/refcnt", F_OK) || access(MODULE_FILE, R_OK)) {
		skip("the module can be unloaded", "gzvm is not a module of " MODULE_FILE);
		return;
	}
	test_in_use();
	test_race(rounds);
}
