/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctl tests, one function for each area, and what they share. Helpers end
 * the program when the host cannot do what a test needs to begin with.
 */
#ifndef _GZVM_TESTS_GZVM_TEST_H
#define _GZVM_TESTS_GZVM_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gzvm.h>

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PAGE_BYTES	4096ULL
#define RAM_GPA		0x40000000ULL
#define RAM_BYTES	(2ULL << 20)
#define DOORBELL_GPA	0x0b000000ULL
#define PSTATE_EL1H	0x3c5ULL

void test_device(void);
void test_memory(void);
void test_slots(void);
void test_paging(void);
void test_huge_pages(void);
void test_read_only(void);
void test_protected(void);
void test_vcpu(void);
void test_run(void);
void test_guest_calls(void);
void test_interrupted_run(void);
void test_ioeventfd(void);
void test_ioeventfd_collisions(void);
void test_doorbell_races(void);
void test_irqfd(void);
void test_debugfs(void);
void test_tracepoints(void);
void test_bad_pointers(void);
void test_bad_sizes(void);
void test_exit_records(void);
void test_foreign_process(void);
void test_locked_memory(void);
void test_no_descriptor(void);
void test_replaced_memory(void);
void test_restart(void);
void test_idle(void);
void test_host_cpus(void);
void test_many_vms(void);
void test_limits(void);
void test_lifetime(void);
void test_killed_processes(void);

/** bail_out() - end the program: this host cannot be tested */
void bail_out(const char *what) __attribute__((noreturn));

/** open_device() - open /dev/gzvm */
int open_device(void);
/** create_vm() - a new VM fd; the device fd it came from is closed again */
int create_vm(void);
/** create_eventfd() - a non-blocking eventfd */
int create_eventfd(void);
/** drain() - what an eventfd has counted since it was drained last */
uint64_t drain(int eventfd);
/** map_shared() - fresh shared memory in one mapping of its own */
void *map_shared(size_t bytes);
/** map_edge() - @bytes that can be written, at the end of a page, with nothing behind */
void *map_edge(size_t bytes);
/** set_paging() - how new VMs get their memory: '0' at once, '1' by page, '2' by block */
bool set_paging(char way);
/** counter() - a live-object count of the driver, or -1 when it does not say */
long counter(const char *name);
/** counters_become_zero() - wait, a few seconds at most, for all counters to be 0 */
bool counters_become_zero(void);

/**
 * struct program - a VM with one vCPU that executes a few instructions
 * @ram: RAM_BYTES at RAM_GPA; the instructions come first
 */
struct program {
	int vm;
	int vcpu;
	uint32_t *ram;
	struct gzvm_vcpu_run run;
};

/** program_start() - create the VM and put vCPU 0 before the first instruction */
void program_start(struct program *program, const uint32_t *code, size_t instructions);
/** program_start_in() - the same in RAM_BYTES of the caller's, which are the program's now */
void program_start_in(struct program *program, uint32_t *ram, const uint32_t *code,
		      size_t instructions);
/** program_stop() - release it */
void program_stop(struct program *program);
/** set_register() - set a core register by its byte offset in the core registers */
int set_register(int vcpu, unsigned int offset, uint64_t value);
/** run() - GZVM_RUN; Return: 0 or -1 with errno */
int run(struct program *program);

/** assign_doorbell() - GZVM_IOEVENTFD without data */
int assign_doorbell(int vm, uint64_t address, uint32_t length, int eventfd);
/** deassign_doorbell() - the reverse */
int deassign_doorbell(int vm, uint64_t address, uint32_t length, int eventfd);

/*
 * A64 instructions of the programs (Arm ARM C6.2); n, t and m are X registers.
 * BACK() branches so many instructions back.
 */
#define STRB(t, n)	(0x39000000u | (n) << 5 | (t))
#define STRH(t, n)	(0x79000000u | (n) << 5 | (t))
#define STR_W(t, n)	(0xb9000000u | (n) << 5 | (t))
#define STR_X(t, n)	(0xf9000000u | (n) << 5 | (t))
#define LDRB(t, n)	(0x39400000u | (n) << 5 | (t))
#define LDR_W(t, n)	(0xb9400000u | (n) << 5 | (t))
#define LDR_X(t, n)	(0xf9400000u | (n) << 5 | (t))
#define ADD_1(d, n)	(0x91000400u | (n) << 5 | (d))
#define BACK(count)	(0x14000000u | (0x4000000u - (count)))
#define WFI		0xd503207fu
#define HVC		0xd4000002u

#endif /* _GZVM_TESTS_GZVM_TEST_H */
