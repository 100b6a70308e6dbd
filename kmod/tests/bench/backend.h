/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VM with one vCPU and one page of code, on /dev/gzvm or on /dev/kvm: just
 * enough of both for the same guest to ring the same doorbells. A VM belongs to
 * the thread that created it. Functions return 0, or -1 after one line on stderr.
 */
#ifndef _GZVM_TESTS_BENCH_BACKEND_H
#define _GZVM_TESTS_BENCH_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* gpa and size of the guest's RAM, gpa of its GICv3. */
#define BENCH_RAM_BASE		0x40000000ULL
#define BENCH_RAM_BYTES		0x00200000ULL
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

/** struct bench_store - the guest's store that ended a run */
struct bench_store {
	uint64_t address;
	uint64_t data;
};

/** enum bench_register - the vCPU's registers that the benchmark sets */
enum bench_register {
	BENCH_X0 = 0,		/* BENCH_X0 + n is xn */
	BENCH_PC = 31,
};

/**
 * struct bench_vm - a virtual machine
 * @run: the run buffer of the backend, @run_bytes large
 * @ram: user address of BENCH_RAM_BYTES at BENCH_RAM_BASE
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
};

/**
 * struct bench_backend - what differs between the two interfaces
 * @name: of the backend on the command line
 * @create: fill in everything but @ram, which is there; what has been acquired
 *          when it fails is released by @destroy
 * @destroy: release what @create has acquired
 * @set_register: give a register of the vCPU a value
 * @set_doorbell: assign or deassign an ioeventfd
 * @run: enter the guest until a store comes to user space
 */
struct bench_backend {
	const char *name;
	int (*create)(struct bench_vm *vm);
	void (*destroy)(struct bench_vm *vm);
	int (*set_register)(struct bench_vm *vm, enum bench_register reg, uint64_t value);
	int (*set_doorbell)(struct bench_vm *vm, const struct bench_doorbell *doorbell,
			    bool assign);
	int (*run)(struct bench_vm *vm, struct bench_store *store);
};

extern const struct bench_backend gzvm_backend;
extern const struct bench_backend kvm_backend;

/** bench_error() - print "doorbell_bench: ..." with errno's text; Return: -1 */
int bench_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** bench_close() - close a file descriptor that is open and forget it */
void bench_close(int *fd);

/* guest.S: position-independent code; x1, x2, x4, x6 are its parameters. */
extern const uint8_t bench_guest[];
extern const uint8_t bench_guest_end[];
extern const uint8_t bench_calls[];
extern const uint8_t bench_calls_end[];

#endif /* _GZVM_TESTS_BENCH_BACKEND_H */
