// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of each ioctl fails once. /proc/thread-self/fail-nth makes the
 * N-th allocation of this thread fail, and reads 0 when it has (kernel
 * documentation, fault-injection/fault-injection.rst).
 *
 * A call may get through in spite of it: a VM does without its folder in debugfs,
 * the kernel tries some allocations twice, and some are its detectors' own. But
 * each ioctl that allocates has to have failed in one place at least.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"

/* No ioctl allocates so often. */
#define MOST_ALLOCATIONS	200
#define FAIL_NTH		"/proc/thread-self/fail-nth"
#define KNOBS			"/sys/kernel/debug/"

/* A VM with all that an ioctl needs to succeed. */
struct fixture {
	struct small_vm small;
	int device;
	int eventfd;
	int resamplefd;
	void *fresh;		/* a page that nobody has touched */
	int made;		/* descriptor that the call has returned */
};

static long call_create_vm(struct fixture *f)
{
	return f->made = ioctl(f->device, GZVM_CREATE_VM, 0UL);
}

static long call_create_vcpu(struct fixture *f)
{
	return f->made = ioctl(f->small.vm, GZVM_CREATE_VCPU, 1UL);
}

static long call_set_region(struct fixture *f)
{
	return set_page(f->small.vm, 1, RAM_GPA + RAM_BYTES, f->fresh);
}

static long call_doorbell(struct fixture *f)
{
	return assign_doorbell(f->small.vm, DOORBELL_GPA, 4, f->eventfd);
}

static long call_irqfd(struct fixture *f)
{
	struct gzvm_irqfd irqfd = {
		.fd = f->eventfd,
		.gsi = 35,
		.flags = GZVM_IRQFD_FLAG_RESAMPLE,
		.resamplefd = f->resamplefd,
	};

	return ioctl(f->small.vm, GZVM_IRQFD, &irqfd);
}

static long create_distributor(struct fixture *f)
{
	struct gzvm_create_device device = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
		.dev_addr = 0x08000000,
		.dev_reg_size = 0x10000,
	};

	return ioctl(f->small.vm, GZVM_CREATE_DEVICE, &device);
}

static long call_create_device(struct fixture *f)
{
	char attributes[64] = "";
	struct gzvm_create_device device = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST,
		.dev_addr = 0x080a0000,
		.dev_reg_size = 0x20000,
		.attr_addr = (uintptr_t)attributes,
		.attr_size = sizeof(attributes),
	};

	return ioctl(f->small.vm, GZVM_CREATE_DEVICE, &device);
}

static long call_irq_line(struct fixture *f)
{
	struct gzvm_irq_level line = { .irq = 35 };

	return ioctl(f->small.vm, GZVM_IRQ_LINE, &line);
}

static long call_set_register(struct fixture *f)
{
	return set_register(f->small.vcpu, GZVM_CORE_X(5), 1);
}

/* The guest stores to the fresh page: the driver has to pin what it has to allocate. */
static long call_run(struct fixture *f)
{
	return ioctl(f->small.vcpu, GZVM_RUN, &f->small.run);
}

static const struct {
	const char *name;
	long (*call)(struct fixture *fixture);
	bool allocates;
} calls[] = {
	{ "CREATE_VM", call_create_vm, true },
	{ "CREATE_VCPU", call_create_vcpu, true },
	{ "SET_USER_MEMORY_REGION", call_set_region, true },
	{ "IOEVENTFD", call_doorbell, true },
	{ "IRQFD", call_irqfd, true },
	{ "CREATE_DEVICE", call_create_device, true },
	{ "IRQ_LINE", call_irq_line, false },
	{ "SET_ONE_REG", call_set_register, false },
	{ "RUN", call_run, true },
};

static void fixture_start(struct fixture *f, uint32_t *code)
{
	small_vm_start(&f->small, code);
	f->device = open_device();
	f->eventfd = create_eventfd();
	f->resamplefd = create_eventfd();
	f->fresh = map_shared(PAGE_BYTES);
	f->made = -1;
	/* x0 is an address in slot 2. */
	if (create_distributor(f) ||
	    set_page(f->small.vm, 2, RAM_GPA + 2 * RAM_BYTES, f->fresh) ||
	    set_register(f->small.vcpu, GZVM_CORE_X(0), RAM_GPA + 2 * RAM_BYTES))
		bail_out("the fixture");
}

static void fixture_stop(struct fixture *f)
{
	if (f->made >= 0)
		close(f->made);
	small_vm_stop(&f->small);
	close(f->device);
	close(f->eventfd);
	close(f->resamplefd);
	munmap(f->fresh, PAGE_BYTES);
}

static void set_fail_nth(int file, unsigned int number)
{
	char text[16];
	int bytes = snprintf(text, sizeof(text), "%u", number);

	if (pwrite(file, text, bytes, 0) != bytes)
		bail_out(FAIL_NTH);
}

/* Return: whether an allocation has failed since set_fail_nth(). */
static bool has_failed(int file)
{
	char text[16] = "";

	if (pread(file, text, sizeof(text) - 1, 0) <= 0)
		bail_out(FAIL_NTH);
	return !atoi(text);
}

struct counters {
	long values[5];
};

static struct counters read_counters(void)
{
	static const char *const names[] = {
		"vms", "vcpus", "doorbells", "irqfds", "pinned_pages",
	};
	struct counters counters;

	for (size_t i = 0; i < COUNT(names); i++)
		counters.values[i] = counter(names[i]);
	return counters;
}

/* RUN may keep the pages that it has pinned before; all others go back to where they were. */
static bool is_undone(const struct counters *before, bool runs)
{
	struct counters now = read_counters();

	if (runs)
		now.values[4] = before->values[4];
	return !memcmp(&now, before, sizeof(now));
}

/**
 * struct trial - what has become of a call
 * @injected: an allocation has failed; when not, none was left
 * @refused: the call has failed, too
 * @right: as it should
 */
struct trial {
	bool injected;
	bool refused;
	bool right;
};

static struct trial try_call(size_t i, int file, unsigned int number, uint32_t *code)
{
	bool runs = calls[i].call == call_run;
	struct trial trial = { 0 };
	struct counters before;
	struct fixture fixture;
	int error;

	fixture_start(&fixture, code);
	before = read_counters();
	set_fail_nth(file, number);
	trial.refused = calls[i].call(&fixture) < 0;
	error = errno;
	trial.injected = has_failed(file);
	set_fail_nth(file, 0);

	trial.right = !trial.refused ||
		      (trial.injected && error == ENOMEM && is_undone(&before, runs) &&
		       calls[i].call(&fixture) >= 0);
	fixture_stop(&fixture);
	trial.right &= counters_become_zero();
	if (!trial.right)
		diag("%s, allocation %u: %s", calls[i].name, number,
		     trial.refused ? strerror(error) : "success");
	return trial;
}

static void test_call(size_t i, int file, uint32_t *code)
{
	unsigned int number = 0, refused = 0, faults = 0;
	struct trial trial;

	do {
		trial = try_call(i, file, ++number, code);
		refused += trial.refused;
		faults += !trial.right;
	} while (trial.injected && number < MOST_ALLOCATIONS);
	ok(!faults && number < MOST_ALLOCATIONS && !!refused == calls[i].allocates,
	   "%s survives the failure of each of %u allocations, for %u with ENOMEM", calls[i].name,
	   number - 1, refused);
}

static void set_knob(const char *name, const char *value)
{
	char path[128];
	int file;

	snprintf(path, sizeof(path), KNOBS "%s", name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	/* A kernel may have been built with some kinds of failures only. */
	if (file < 0)
		return;
	if (write(file, value, strlen(value)) < 0)
		bail_out(path);
	close(file);
}

void stress_allocations(unsigned int rounds)
{
	static const uint32_t code[] = { STR_X(1, 0), STR_W(1, 3), BACK(2) };
	uint32_t *page;
	int file;

	(void)rounds;
	file = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (file < 0) {
		skip("each ioctl survives the failure of each of its allocations",
		     "this kernel injects no failures");
		return;
	}
	set_knob("failslab/ignore-gfp-wait", "N");
	set_knob("failslab/verbose", "0");
	set_knob("fail_page_alloc/ignore-gfp-wait", "N");
	set_knob("fail_page_alloc/ignore-gfp-highmem", "N");
	set_knob("fail_page_alloc/min-order", "0");
	set_knob("fail_page_alloc/verbose", "0");
	/*
	 * Copies from and to user space can be made to fail too, which would hit the
	 * reads of fail-nth. None is between these two addresses.
	 */
	set_knob("fail_usercopy/require-start", "1");
	set_knob("fail_usercopy/require-end", "2");
	page = small_vm_map_code(code, COUNT(code));
	for (size_t i = 0; i < COUNT(calls); i++)
		test_call(i, file, page);
	munmap(page, PAGE_BYTES);
	close(file);
}
