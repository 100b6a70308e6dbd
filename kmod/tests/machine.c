// SPDX-License-Identifier: GPL-2.0-only
/* Building and releasing a machine. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

int machine_error(const char *format, ...)
{
	int error = errno;
	va_list args;

	fprintf(stderr, "gzvm: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fprintf(stderr, "\n");
	return -1;
}

static int create_ram(struct machine *m)
{
	struct gzvm_userspace_memory_region region = {
		.slot = 0,
		.flags = GZVM_USER_MEM_REGION_GUEST_MEM,
		.guest_phys_addr = MACHINE_RAM_BASE,
		.memory_size = m->ram_bytes,
	};

	m->memory_fd = memfd_create("guest-ram", MFD_CLOEXEC);
	if (m->memory_fd < 0 || ftruncate(m->memory_fd, m->ram_bytes))
		return machine_error("cannot create 0x%llx bytes of RAM",
				     (unsigned long long)m->ram_bytes);
	m->ram = mmap(NULL, m->ram_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory_fd, 0);
	if (m->ram == MAP_FAILED) {
		m->ram = NULL;
		return machine_error("cannot map RAM");
	}
	region.userspace_addr = (uintptr_t)m->ram;
	if (ioctl(m->vm_fd, GZVM_SET_USER_MEMORY_REGION, &region))
		return machine_error("GZVM_SET_USER_MEMORY_REGION slot 0 at 0x%llx, 0x%llx bytes",
				     MACHINE_RAM_BASE, (unsigned long long)m->ram_bytes);
	return 0;
}

static int create_gic(struct machine *m)
{
	struct gzvm_create_device distributor = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_DIST,
		.dev_addr = MACHINE_GICD_BASE,
		.dev_reg_size = MACHINE_GICD_BYTES,
	};
	struct gzvm_create_device redistributor = {
		.dev_type = GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST,
		.dev_addr = MACHINE_GICR_BASE,
		.dev_reg_size = MACHINE_GICR_BYTES * m->vcpu_count,
	};

	if (ioctl(m->vm_fd, GZVM_CREATE_DEVICE, &distributor))
		return machine_error("GZVM_CREATE_DEVICE for the GIC distributor");
	if (ioctl(m->vm_fd, GZVM_CREATE_DEVICE, &redistributor))
		return machine_error("GZVM_CREATE_DEVICE for the GIC redistributor");
	return 0;
}

static int create_vcpus(struct machine *m, unsigned int count)
{
	for (unsigned int id = 0; id < count; id++) {
		struct machine_vcpu *vcpu = &m->vcpus[id];

		vcpu->machine = m;
		vcpu->id = id;
		vcpu->fd = ioctl(m->vm_fd, GZVM_CREATE_VCPU, (unsigned long)id);
		if (vcpu->fd < 0)
			return machine_error("GZVM_CREATE_VCPU %u", id);
	}
	return 0;
}

struct machine *machine_create(unsigned int vcpu_count, uint64_t ram_bytes)
{
	struct machine *m = calloc(1, sizeof(*m));
	pthread_condattr_t clock;

	if (!m) {
		machine_error("cannot allocate a machine");
		return NULL;
	}
	m->device_fd = m->vm_fd = m->memory_fd = -1;
	for (unsigned int i = 0; i < GZVM_MAX_VCPUS; i++)
		m->vcpus[i].fd = -1;
	m->vcpu_count = vcpu_count;
	m->ram_bytes = ram_bytes;
	m->outcome = MACHINE_RUNNING;
	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&m->ended, &clock);
	pthread_condattr_destroy(&clock);

	m->device_fd = open("/dev/gzvm", O_RDWR | O_CLOEXEC);
	if (m->device_fd < 0) {
		machine_error("cannot open /dev/gzvm");
		goto err_destroy;
	}
	m->vm_fd = ioctl(m->device_fd, GZVM_CREATE_VM, 0UL);
	if (m->vm_fd < 0) {
		machine_error("GZVM_CREATE_VM");
		goto err_destroy;
	}
	if (create_ram(m) || create_gic(m) || create_vcpus(m, vcpu_count))
		goto err_destroy;
	return m;

err_destroy:
	machine_destroy(m);
	return NULL;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void machine_destroy(struct machine *m)
{
	if (!m)
		return;
	for (unsigned int i = 0; i < m->doorbell_count; i++)
		close_if_open(m->doorbells[i].fd);
	for (unsigned int i = 0; i < m->interrupt_count; i++) {
		close_if_open(m->interrupts[i].fd);
		close_if_open(m->interrupts[i].resample_fd);
	}
	for (unsigned int i = 0; i < GZVM_MAX_VCPUS; i++)
		close_if_open(m->vcpus[i].fd);
	close_if_open(m->vm_fd);
	close_if_open(m->device_fd);
	if (m->ram)
		munmap(m->ram, m->ram_bytes);
	close_if_open(m->memory_fd);
	pthread_cond_destroy(&m->ended);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

int machine_load(struct machine *m, const char *path, uint64_t gpa)
{
	uint64_t offset = gpa - MACHINE_RAM_BASE;
	struct stat status;
	uint64_t done = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status)) {
		close_if_open(fd);
		return machine_error("cannot read %s", path);
	}
	errno = 0;
	if (gpa < MACHINE_RAM_BASE || offset > m->ram_bytes ||
	    (uint64_t)status.st_size > m->ram_bytes - offset) {
		close(fd);
		return machine_error("%s (0x%llx bytes) does not fit into RAM at 0x%llx", path,
				     (unsigned long long)status.st_size, (unsigned long long)gpa);
	}
	while (done < (uint64_t)status.st_size) {
		ssize_t got = read(fd, m->ram + offset + done, status.st_size - done);

		if (got <= 0) {
			close(fd);
			return machine_error("cannot read %s", path);
		}
		done += got;
	}
	close(fd);
	return 0;
}

int machine_load_kernel(struct machine *m, const char *path)
{
	/* The arm64 Image header: text_offset at 8, magic "ARM\x64" at 56. */
	const uint8_t *header = m->ram + MACHINE_KERNEL_OFFSET;
	uint64_t text_offset;

	if (machine_load(m, path, MACHINE_RAM_BASE + MACHINE_KERNEL_OFFSET))
		return -1;
	memcpy(&text_offset, header + 8, sizeof(text_offset));
	errno = 0;
	if (memcmp(header + 56, "ARM\x64", 4) || text_offset)
		return machine_error("%s is not an arm64 Image with text_offset 0", path);
	m->entry = MACHINE_RAM_BASE + MACHINE_KERNEL_OFFSET;
	return 0;
}

int machine_load_dtb(struct machine *m, const char *path)
{
	struct gzvm_dtb_config config = {
		.dtb_addr = MACHINE_RAM_BASE + m->ram_bytes - MACHINE_DTB_BYTES,
		.dtb_size = MACHINE_DTB_BYTES,
	};

	if (machine_load(m, path, config.dtb_addr))
		return -1;
	if (ioctl(m->vm_fd, GZVM_SET_DTB_CONFIG, &config))
		return machine_error("GZVM_SET_DTB_CONFIG 0x%llx",
				     (unsigned long long)config.dtb_addr);
	m->device_tree = config.dtb_addr;
	return 0;
}

int machine_add_doorbell(struct machine *m, const struct machine_doorbell *doorbell)
{
	struct machine_doorbell *d = &m->doorbells[m->doorbell_count];
	struct gzvm_ioeventfd request = {
		.addr = doorbell->address,
		.len = doorbell->length,
		.datamatch = doorbell->match ? doorbell->data : 0,
		.flags = doorbell->match ? GZVM_IOEVENTFD_FLAG_DATAMATCH : 0,
	};

	errno = 0;
	if (m->doorbell_count == MACHINE_MAX_DOORBELLS)
		return machine_error("more than %d doorbells", MACHINE_MAX_DOORBELLS);
	*d = *doorbell;
	d->kernel_rings = d->user_rings = 0;
	d->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (d->fd < 0)
		return machine_error("eventfd");
	m->doorbell_count++;
	request.fd = d->fd;
	if (d->in_kernel && ioctl(m->vm_fd, GZVM_IOEVENTFD, &request))
		return machine_error("GZVM_IOEVENTFD 0x%llx/%u", (unsigned long long)d->address,
				     d->length);
	return 0;
}

int machine_add_interrupt(struct machine *m, const struct machine_interrupt *interrupt)
{
	struct machine_interrupt *i = &m->interrupts[m->interrupt_count];
	struct gzvm_irqfd request = { .gsi = interrupt->gsi };

	errno = 0;
	if (m->interrupt_count == MACHINE_MAX_INTERRUPTS)
		return machine_error("more than %d interrupts", MACHINE_MAX_INTERRUPTS);
	*i = *interrupt;
	i->fd = i->resample_fd = -1;
	m->interrupt_count++;
	if (!i->by_irqfd)
		return 0;
	i->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	i->resample_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (i->fd < 0 || i->resample_fd < 0)
		return machine_error("eventfd");
	request.fd = i->fd;
	if (i->resample) {
		request.flags = GZVM_IRQFD_FLAG_RESAMPLE;
		request.resamplefd = i->resample_fd;
	}
	if (ioctl(m->vm_fd, GZVM_IRQFD, &request))
		return machine_error("GZVM_IRQFD %u", i->gsi);
	return 0;
}
