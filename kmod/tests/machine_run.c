// SPDX-License-Identifier: GPL-2.0-only
/* Starting, interrupting and stopping the vCPUs of a machine. */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

/* EL1h, DAIF masked: the state that the arm64 boot protocol asks for. */
#define PSTATE_BOOT		0x3c5ULL
/* Time between two kicks of a vCPU that has not left GZVM_RUN yet. */
#define KICK_INTERVAL_MS	10
#define KICK_SIGNAL		SIGUSR1

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

static int set_line(struct machine *m, uint32_t gsi, uint32_t level)
{
	struct gzvm_irq_level line = { .irq = gsi, .level = level };

	if (ioctl(m->vm_fd, GZVM_IRQ_LINE, &line))
		return machine_error("GZVM_IRQ_LINE %u level %u", gsi, level);
	return 0;
}

static int raise_interrupt(struct machine *m, const struct machine_interrupt *interrupt)
{
	const uint64_t one = 1;

	if (!interrupt->by_irqfd)
		return set_line(m, interrupt->gsi, 1) || set_line(m, interrupt->gsi, 0);
	if (write(interrupt->fd, &one, sizeof(one)) != sizeof(one))
		return machine_error("cannot signal the irqfd of SPI %u", interrupt->gsi);
	return 0;
}

static void wait_for_end(struct machine *m, unsigned int timeout_ms)
{
	struct timespec start, deadline;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned int i = 0; i < m->interrupt_count; i++) {
		deadline = after_ms(&start, m->interrupts[i].at_ms);
		wait_until(m, &deadline);
		if (raise_interrupt(m, &m->interrupts[i]))
			machine_end(m, MACHINE_FAILED);
	}
	deadline = after_ms(&start, timeout_ms);
	wait_until(m, &deadline);
	machine_end(m, MACHINE_TIMED_OUT);
}

/* What an eventfd has counted; none counts nothing. */
static uint64_t read_count(int eventfd)
{
	uint64_t count;

	return read(eventfd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

enum machine_outcome machine_run(struct machine *m, unsigned int timeout_ms)
{
	if (set_registers(m) || start_vcpus(m))
		machine_end(m, MACHINE_FAILED);
	wait_for_end(m, timeout_ms);
	stop_vcpus(m);
	for (unsigned int i = 0; i < m->doorbell_count; i++)
		m->doorbells[i].kernel_rings = read_count(m->doorbells[i].fd);
	for (unsigned int i = 0; i < m->interrupt_count; i++)
		m->interrupts[i].ends = read_count(m->interrupts[i].resample_fd);
	return m->outcome;
}
