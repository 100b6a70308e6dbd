/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VM with one vCPU, on /dev/gzvm or on /dev/kvm: just enough of both for the
 * same guest to do the same. A VM belongs to
 * the thread that created it. Functions return 0, or -1 after one line on stderr.
 */
#ifndef _GZVM_TESTS_BENCH_BACKEND_H
#define _GZVM_TESTS_BENCH_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* gpa of the guest's RAM and of its GICv3. */
#define BENCH_RAM_BASE		0x40000000ULL
#define BENCH_GICD_BASE		0x08000000ULL
#define BENCH_GICD_BYTES	0x00010000ULL
#define BENCH_GICR_BASE		0x080a0000ULL
#define BENCH_GICR_BYTES	0x00020000ULL
/* Stores here hand a result to user space. */
#define BENCH_RESULT		0x0c000000ULL
/* Doorbells lie from here on, below BENCH_RESULT. */
#define BENCH_DOORBELLS		0x0b000000ULL

/* EL1h, DAIF masked. */
#define BENCH_PSTATE		0x3c5ULL

/**
 * struct bench_doorbell - an ioeventfd
 * @address: gpa
 * @length: width of the store in bytes, 0 for any
 * @match: rings for @data only
 * @data: zero-extended value of the store
 * @eventfd: what it signals, owned by the caller
 */
struct bench_doorbell {
	uint64_t address;
	uint32_t length;
	bool match;
	uint64_t data;
	int eventfd;
};

/**
 * struct bench_access - the guest's access that ended a run
 * @address: gpa
 * @data: what is stored
 * @is_write: a store; else a load
 * @answer: where the data of a load is taken from by the next run
 */
struct bench_access {
	uint64_t address;
	uint64_t data;
	bool is_write;
	uint8_t *answer;
};

/** enum bench_register - the vCPU's registers that the benchmark sets */
enum bench_register {
	BENCH_X0 = 0,		/* BENCH_X0 + n is xn */
	BENCH_PC = 31,
};

/**
 * struct bench_vm - a virtual machine
 * @run: the run buffer of the backend, @run_bytes large
 * @ram: user address of @ram_bytes at BENCH_RAM_BASE
 *
 * File descriptors are -1 and pointers NULL where there is nothing to release.
 */
struct bench_vm {
	int device_fd;
	int vm_fd;
	int gic_fd;
	int vcpu_fd;
	void *run;
	size_t run_bytes;
	void *ram;
	size_t ram_bytes;
};

/**
 * struct bench_backend - what differs between the two interfaces
 * @name: of the backend on the command line
 * @create: fill in everything but @ram and @ram_bytes, which are there; what has been acquired
 *          when it fails is released by @destroy
 * @destroy: release what @create has acquired
 * @set_register: give a register of the vCPU a value
 * @set_doorbell: assign or deassign an ioeventfd
 * @bind_interrupt: let an eventfd raise SPI number @spi (INTID - 32)
 * @run: enter the guest until an access comes to user space
 */
struct bench_backend {
	const char *name;
	int (*create)(struct bench_vm *vm);
	void (*destroy)(struct bench_vm *vm);
	int (*set_register)(struct bench_vm *vm, enum bench_register reg, uint64_t value);
	int (*set_doorbell)(struct bench_vm *vm, const struct bench_doorbell *doorbell,
			    bool assign);
	int (*bind_interrupt)(struct bench_vm *vm, uint32_t spi, int eventfd);
	int (*run)(struct bench_vm *vm, struct bench_access *access);
};

extern const struct bench_backend gzvm_backend;
extern const struct bench_backend kvm_backend;

/** bench_error() - print "bench: ..." with errno's text; Return: -1 */
int bench_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** bench_close() - close a file descriptor that is open and forget it */
void bench_close(int *fd);

/** bench_backend() - the one of that name, NULL when there is none */
const struct bench_backend *bench_backend(const char *name);

#endif /* _GZVM_TESTS_BENCH_BACKEND_H */
