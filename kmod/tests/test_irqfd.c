// SPDX-License-Identifier: GPL-2.0-only
/* What GZVM_IRQFD and GZVM_IRQ_LINE accept. That interrupts arrive, the guests show. */
#include <errno.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

/* gzhyp's GIC has SPIs 0..255. */
#define HYPERVISOR_SPIS	256
/* INTID 32..1019 are SPIs. */
#define LAST_SPI	987

static long irqfd(int vm, struct gzvm_irqfd request)
{
	return ioctl(vm, GZVM_IRQFD, &request);
}

static void create_gic(int vm)
{
	struct gzvm_create_device device = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
		.dev_addr = 0x08000000,
		.dev_reg_size = 0x10000,
	};

	if (ioctl(vm, GZVM_CREATE_DEVICE, &device))
		bail_out("GZVM_CREATE_DEVICE");
}

static void test_refused(int vm, int eventfd)
{
	uint32_t fd = eventfd;

	is_errno(ioctl(vm, GZVM_IRQFD, 8UL), EFAULT, "an irqfd from nowhere is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = -1 }), EBADF, "fd -1 is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = vm }), EINVAL,
		 "an fd that is no eventfd is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .flags = 1u << 2 }), EINVAL,
		 "an unknown flag is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .pad = { 1 } }), EINVAL,
		 "a set first padding byte is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .pad = { [15] = 1 } }), EINVAL,
		 "a set last padding byte is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .gsi = LAST_SPI + 1 }), EINVAL,
		 "SPI 988 is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .gsi = ~0u }), EINVAL,
		 "SPI 2^32 - 1 is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .gsi = HYPERVISOR_SPIS }), EINVAL,
		 "an SPI that the hypervisor lacks is refused");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .gsi = LAST_SPI }), EINVAL,
		 "SPI 987 too");
	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = fd, .flags = GZVM_IRQFD_FLAG_RESAMPLE,
						.resamplefd = -1 }), EBADF,
		 "a resamplefd of -1 is refused");
	is_number(counter("irqfds"), 0, "what is refused leaves no irqfd");
}

static void test_assign(int vm, int eventfd)
{
	struct gzvm_irqfd request = { .fd = eventfd, .gsi = 20 };
	struct gzvm_irqfd other = request;

	is_errno(irqfd(vm, request), 0, "an irqfd is assigned");
	is_number(counter("irqfds"), 1, "the driver counts one");
	is_errno(irqfd(vm, request), EBUSY, "its eventfd is taken");
	other.gsi = 21;
	is_errno(irqfd(vm, other), EBUSY, "for another SPI too");
	other.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(irqfd(vm, other), 0, "deassigning what is not there is no error");
	is_number(counter("irqfds"), 1, "and changes nothing");
	request.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(irqfd(vm, request), 0, "it is deassigned");
	is_number(counter("irqfds"), 0, "and gone when the call returns");
	request.flags = 0;
	is_errno(irqfd(vm, request), 0, "it can be assigned again");
	request.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	irqfd(vm, request);
}

static void test_last_spi(int vm, int eventfd)
{
	struct gzvm_irqfd request = { .fd = eventfd, .gsi = HYPERVISOR_SPIS - 1 };

	is_errno(irqfd(vm, request), 0, "the last SPI of the hypervisor is assigned");
	request.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(irqfd(vm, request), 0, "and deassigned");
}

static void test_resample(int vm, int eventfd)
{
	int resamplefd = create_eventfd();
	struct gzvm_irqfd request = {
		.fd = eventfd,
		.gsi = 4,
		.flags = GZVM_IRQFD_FLAG_RESAMPLE,
		.resamplefd = resamplefd,
	};

	is_errno(irqfd(vm, request), 0, "an irqfd with a resamplefd is assigned");
	request.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(irqfd(vm, request), 0, "and deassigned");
	close(resamplefd);
}

static void test_signals_are_consumed(int vm, int eventfd)
{
	struct gzvm_irqfd request = { .fd = eventfd, .gsi = 20 };
	const uint64_t one = 1;
	bool written;

	written = write(eventfd, &one, sizeof(one)) == sizeof(one);
	is_errno(irqfd(vm, request), 0, "an irqfd is assigned to an eventfd that is signalled");
	ok(written && !drain(eventfd), "the driver takes the signal");
	written = write(eventfd, &one, sizeof(one)) == sizeof(one);
	ok(written && !drain(eventfd), "and the next one");
	request.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(irqfd(vm, request), 0, "it is deassigned");
	written = write(eventfd, &one, sizeof(one)) == sizeof(one);
	ok(written && drain(eventfd) == 1, "then signals are nobody's");
}

static void test_closed_eventfd(int vm)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int eventfd = create_eventfd();

	is_errno(irqfd(vm, (struct gzvm_irqfd){ .fd = eventfd, .gsi = 3 }), 0,
		 "an irqfd is assigned");
	close(eventfd);
	for (int i = 0; i < 300 && counter("irqfds"); i++)
		nanosleep(&pause, NULL);
	is_number(counter("irqfds"), 0, "and ends with its eventfd");
}

static long irq_line(int vm, uint32_t irq, uint32_t level)
{
	struct gzvm_irq_level line = { .irq = irq, .level = level };

	return ioctl(vm, GZVM_IRQ_LINE, &line);
}

static void test_irq_line(int vm)
{
	is_errno(ioctl(vm, GZVM_IRQ_LINE, 8UL), EFAULT, "a level from nowhere is refused");
	is_errno(irq_line(vm, LAST_SPI + 1, 1), EINVAL, "SPI 988 is refused");
	is_errno(irq_line(vm, GZVM_IRQ_NUM_MASK, 1), EINVAL, "SPI 65535 is refused");
	is_errno(irq_line(vm, 0, 1), 0, "SPI 0 is raised");
	is_errno(irq_line(vm, 0, 0), 0, "and lowered");
	is_errno(irq_line(vm, GZVM_IRQ_TYPE_SPI << GZVM_IRQ_TYPE_SHIFT | 20, 1), 0,
		 "the type of an SPI is accepted");
}

void test_irqfd(void)
{
	int vm = create_vm();
	int vcpu = ioctl(vm, GZVM_CREATE_VCPU, 0UL);
	int eventfd = create_eventfd();

	if (vcpu < 0)
		bail_out("GZVM_CREATE_VCPU");
	create_gic(vm);
	test_refused(vm, eventfd);
	test_assign(vm, eventfd);
	test_last_spi(vm, eventfd);
	test_resample(vm, eventfd);
	test_signals_are_consumed(vm, eventfd);
	test_closed_eventfd(vm);
	test_irq_line(vm);
	close(eventfd);
	close(vcpu);
	close(vm);
}
