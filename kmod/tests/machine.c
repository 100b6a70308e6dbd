// SPDX-License-Identifier: GPL-2.0-only
/* Building, running and releasing a machine. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* EL1h, DAIF masked: the state that the arm64 boot protocol asks for. */
#define PSTATE_BOOT		0x3c5ULL
/* Time between two kicks of a vCPU that has not left GZVM_RUN yet. */
#define KICK_INTERVAL_MS	10
#define KICK_SIGNAL		SIGUSR1

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

int machine_add_interrupt(struct machine *m, uint32_t gsi, unsigned int at_ms)
{
	errno = 0;
	if (m->interrupt_count == MACHINE_MAX_INTERRUPTS)
		return machine_error("more than %d interrupts", MACHINE_MAX_INTERRUPTS);
	m->interrupts[m->interrupt_count++] = (struct machine_interrupt){ gsi, at_ms };
	return 0;
}

static int set_register(struct machine_vcpu *vcpu, const char *name, uint64_t id, uint64_t value)
{
	struct gzvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vcpu->fd, GZVM_SET_ONE_REG, &reg))
		return machine_error("vcpu %u: GZVM_SET_ONE_REG %s", vcpu->id, name);
	return 0;
}

/* A powered-off vCPU accepts PSTATE only; CPU_ON gives it PC and x0. */
static int set_registers(struct machine *m)
{
	for (unsigned int i = 0; i < m->vcpu_count; i++)
		if (set_register(&m->vcpus[i], "pstate", GZVM_REG_CORE64(GZVM_CORE_PSTATE),
				 PSTATE_BOOT))
			return -1;
	if (set_register(&m->vcpus[0], "pc", GZVM_REG_CORE64(GZVM_CORE_PC), m->entry))
		return -1;
	return set_register(&m->vcpus[0], "x0", GZVM_REG_CORE64(GZVM_CORE_X(0)), m->device_tree);
}

static void ignore_signal(int number)
{
	(void)number;
}

static int start_vcpus(struct machine *m)
{
	/* No SA_RESTART: the signal has to end GZVM_RUN. */
	struct sigaction kick = { .sa_handler = ignore_signal };

	sigaction(KICK_SIGNAL, &kick, NULL);
	for (unsigned int i = 0; i < m->vcpu_count; i++) {
		struct machine_vcpu *vcpu = &m->vcpus[i];

		errno = pthread_create(&vcpu->thread, NULL, machine_vcpu_main, vcpu);
		if (errno)
			return machine_error("vcpu %u: cannot start its thread", i);
		vcpu->started = true;
	}
	return 0;
}

static struct timespec after_ms(const struct timespec *start, unsigned int ms)
{
	struct timespec t = *start;

	t.tv_sec += ms / 1000;
	t.tv_nsec += (ms % 1000) * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

/* A kick that comes just before the thread enters GZVM_RUN has no effect: repeat it. */
static void stop_vcpus(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	m->stopping = true;
	pthread_mutex_unlock(&m->lock);
	for (unsigned int i = 0; i < m->vcpu_count; i++) {
		struct machine_vcpu *vcpu = &m->vcpus[i];
		struct timespec now, deadline;

		if (!vcpu->started)
			continue;
		do {
			pthread_kill(vcpu->thread, KICK_SIGNAL);
			clock_gettime(CLOCK_REALTIME, &now);
			deadline = after_ms(&now, KICK_INTERVAL_MS);
		} while (pthread_timedjoin_np(vcpu->thread, NULL, &deadline) == ETIMEDOUT);
		vcpu->started = false;
	}
}

static void wait_until(struct machine *m, const struct timespec *deadline)
{
	pthread_mutex_lock(&m->lock);
	while (m->outcome == MACHINE_RUNNING &&
	       pthread_cond_timedwait(&m->ended, &m->lock, deadline) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&m->lock);
}

static int pulse(struct machine *m, uint32_t gsi)
{
	struct gzvm_irq_level line = { .irq = gsi, .level = 1 };

	if (ioctl(m->vm_fd, GZVM_IRQ_LINE, &line))
		return machine_error("GZVM_IRQ_LINE %u level 1", gsi);
	line = (struct gzvm_irq_level){ .irq = gsi, .level = 0 };
	if (ioctl(m->vm_fd, GZVM_IRQ_LINE, &line))
		return machine_error("GZVM_IRQ_LINE %u level 0", gsi);
	return 0;
}

/* The interrupts must have been added in the order of their times. */
static void wait_for_end(struct machine *m, unsigned int timeout_ms)
{
	struct timespec start, deadline;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned int i = 0; i < m->interrupt_count; i++) {
		deadline = after_ms(&start, m->interrupts[i].at_ms);
		wait_until(m, &deadline);
		if (pulse(m, m->interrupts[i].gsi))
			machine_end(m, MACHINE_FAILED);
	}
	deadline = after_ms(&start, timeout_ms);
	wait_until(m, &deadline);
	machine_end(m, MACHINE_TIMED_OUT);
}

enum machine_outcome machine_run(struct machine *m, unsigned int timeout_ms)
{
	if (set_registers(m) || start_vcpus(m))
		machine_end(m, MACHINE_FAILED);
	wait_for_end(m, timeout_ms);
	stop_vcpus(m);
	for (unsigned int i = 0; i < m->doorbell_count; i++) {
		struct machine_doorbell *d = &m->doorbells[i];

		if (read(d->fd, &d->kernel_rings, sizeof(d->kernel_rings)) < 0)
			d->kernel_rings = 0;
	}
	return m->outcome;
}
