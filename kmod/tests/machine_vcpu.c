// SPDX-License-Identifier: GPL-2.0-only
/* The vCPU thread and what it does with each exit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "machine.h"

/* PL011 registers (Arm DDI 0183): data, flags, and the identification at the end. */
#define UART_DR			0x00
#define UART_FR			0x18
#define UART_FR_TX_RX_EMPTY	0x90
#define UART_ID			0xfe0

void machine_end(struct machine *m, enum machine_outcome outcome)
{
	pthread_mutex_lock(&m->lock);
	if (m->outcome == MACHINE_RUNNING) {
		m->outcome = outcome;
		pthread_cond_signal(&m->ended);
	}
	pthread_mutex_unlock(&m->lock);
}

static void put_console(struct machine *m, char c)
{
	pthread_mutex_lock(&m->lock);
	/* The last byte stays zero, so that the console is a string. */
	if (m->console_bytes < sizeof(m->console) - 1)
		m->console[m->console_bytes++] = c;
	if (m->echo) {
		putchar(c);
		fflush(stdout);
	}
	pthread_mutex_unlock(&m->lock);
}

static uint64_t read_uart(uint64_t offset)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	if (offset == UART_FR)
		return UART_FR_TX_RX_EMPTY;
	if (offset >= UART_ID && offset < UART_ID + 4 * sizeof(id))
		return id[(offset - UART_ID) / 4];
	return 0;
}

static uint64_t access_uart(struct machine *m, const struct machine_access *access)
{
	uint64_t offset = access->address - MACHINE_UART_BASE;

	if (!access->is_write)
		return read_uart(offset);
	if (offset == UART_DR)
		put_console(m, (char)access->data);
	return 0;
}

static bool rings(const struct machine_doorbell *d, const struct machine_access *access)
{
	return access->is_write && d->address == access->address &&
	       (!d->length || d->length == access->size) &&
	       (!d->match || d->data == access->data);
}

/* Return: true when the access is a store that a doorbell matches. */
static bool ring_doorbell(struct machine *m, const struct machine_access *access)
{
	bool rung = false;

	pthread_mutex_lock(&m->lock);
	for (unsigned int i = 0; i < m->doorbell_count && !rung; i++) {
		rung = rings(&m->doorbells[i], access);
		if (rung)
			m->doorbells[i].user_rings++;
	}
	pthread_mutex_unlock(&m->lock);
	return rung;
}

static void record_access(struct machine *m, const struct machine_access *access)
{
	pthread_mutex_lock(&m->lock);
	if (m->access_count < MACHINE_MAX_ACCESSES)
		m->accesses[m->access_count++] = *access;
	pthread_mutex_unlock(&m->lock);
}

static bool within(uint64_t address, uint64_t base, uint64_t bytes)
{
	return address >= base && address - base < bytes;
}

static void handle_mmio(struct machine_vcpu *vcpu)
{
	struct machine *m = vcpu->machine;
	struct machine_access access = {
		.address = vcpu->run.mmio.phys_addr,
		.size = vcpu->run.mmio.size,
		.is_write = vcpu->run.mmio.is_write,
	};
	uint64_t answer = 0;

	errno = 0;
	if (access.size != 1 && access.size != 2 && access.size != 4 && access.size != 8) {
		machine_error("vcpu %u: MMIO exit with size %llu", vcpu->id,
			      (unsigned long long)access.size);
		machine_end(m, MACHINE_FAILED);
		return;
	}
	if (access.is_write)
		memcpy(&access.data, vcpu->run.mmio.data, access.size);
	vcpu->mmio_exits++;

	if (within(access.address, MACHINE_UART_BASE, MACHINE_UART_BYTES)) {
		answer = access_uart(m, &access);
	} else if (ring_doorbell(m, &access)) {
		;
	} else if (within(access.address, MACHINE_DOORBELL_BASE, MACHINE_DOORBELL_BYTES)) {
		record_access(m, &access);
	} else {
		machine_error("vcpu %u: unmapped %s at 0x%llx/%llu data 0x%llx", vcpu->id,
			      access.is_write ? "write" : "read",
			      (unsigned long long)access.address, (unsigned long long)access.size,
			      (unsigned long long)access.data);
		machine_end(m, MACHINE_UNMAPPED);
	}
	if (!access.is_write)
		memcpy(vcpu->run.mmio.data, &answer, sizeof(answer));
}

static void handle_system_event(struct machine_vcpu *vcpu)
{
	vcpu->system_events++;
	switch (vcpu->run.system_event.type) {
	case GZVM_SYSTEM_EVENT_SHUTDOWN:
		machine_end(vcpu->machine, MACHINE_POWERED_OFF);
		break;
	case GZVM_SYSTEM_EVENT_RESET:
		machine_end(vcpu->machine, MACHINE_RESET);
		break;
	default:
		errno = 0;
		machine_error("vcpu %u: system event %u", vcpu->id, vcpu->run.system_event.type);
		machine_end(vcpu->machine, MACHINE_CRASHED);
	}
}

static void handle_exit(struct machine_vcpu *vcpu)
{
	const struct gzvm_vcpu_run *run = &vcpu->run;

	errno = 0;
	switch (run->exit_reason) {
	case GZVM_EXIT_MMIO:
		handle_mmio(vcpu);
		return;
	case GZVM_EXIT_SYSTEM_EVENT:
		handle_system_event(vcpu);
		return;
	case GZVM_EXIT_EXCEPTION:
		machine_error("vcpu %u: exception %u, ESR 0x%x, gpa 0x%llx", vcpu->id,
			      run->exception.exception, run->exception.error_code,
			      (unsigned long long)run->exception.fault_gpa);
		break;
	case GZVM_EXIT_FAIL_ENTRY:
		machine_error("vcpu %u: entry failed on CPU %u, reason 0x%llx", vcpu->id,
			      run->fail_entry.cpu,
			      (unsigned long long)run->fail_entry.hardware_entry_failure_reason);
		break;
	case GZVM_EXIT_INTERNAL_ERROR:
		machine_error("vcpu %u: internal error %u", vcpu->id, run->internal.suberror);
		break;
	default:
		machine_error("vcpu %u: exit reason 0x%x, not one for user space", vcpu->id,
			      run->exit_reason);
	}
	machine_end(vcpu->machine, MACHINE_CRASHED);
}

static bool is_over(struct machine *m)
{
	bool over;

	pthread_mutex_lock(&m->lock);
	over = m->stopping || m->outcome != MACHINE_RUNNING;
	pthread_mutex_unlock(&m->lock);
	return over;
}

void *machine_vcpu_main(void *argument)
{
	struct machine_vcpu *vcpu = argument;

	while (!is_over(vcpu->machine)) {
		if (!ioctl(vcpu->fd, GZVM_RUN, &vcpu->run)) {
			vcpu->returns++;
			handle_exit(vcpu);
		} else if (errno == EINTR) {
			vcpu->interruptions++;
		} else {
			machine_error("vcpu %u: GZVM_RUN", vcpu->id);
			machine_end(vcpu->machine, MACHINE_FAILED);
		}
	}
	return NULL;
}
