/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host without an operating system: it runs at EL1 right above gzhyp, on QEMU's
 * "virt", and says what it likes in its hypercalls. Results are TAP on the PL011.
 *
 * All memory is Device memory, because the MMU is off; that gzhyp sees it cached is
 * no matter under emulation only.
 */
#ifndef _GZVM_TESTS_HOST_H
#define _GZVM_TESTS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gzvm.h>
#include <gzvm_hvc.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define PAGE_BYTES	4096UL
#define HYP_BASE	0x40000000UL
#define HYP_END		0x42000000UL
#define RAM_END		0xc0000000UL
#define UART_BASE	0x09000000UL
#define MAX_CPUS	8
#define SMCCC_UNKNOWN	(-1)

/*
 * Pages that are given to VMs, and may end up with anything in them. Those from
 * SPARE_BASE on belong to nobody until a test takes them.
 */
#define POOL_BASE	0x44000000UL
#define POOL_PAGES	256UL
#define SPARE_BASE	0x48000000UL

/* host.c: console, TAP, the CPUs, exceptions. */
void print(const char *text);
void print_number(u64 value);
void print_hex(u64 value);
bool ok(bool passed, const char *name);
bool is_status(s32 got, s32 expected, const char *name);
/* Prints the plan and ends the machine. */
__attribute__((noreturn)) void finish(void);
/* ESR_EL1 of the last synchronous exception; its instruction was stepped over. */
extern volatile u64 host_last_exception;
/* How many CPUs there are; the others are turned on at the first call. */
u32 host_cpus(void);
/* Runs @function on CPU @cpu, from 1; host_join() waits for the end on all of them. */
void host_start_cpu(u32 cpu, void (*function)(void));
void host_join(void);
u32 host_this_cpu(void);
u64 host_smc(u64 function, u64 x1, u64 x2, u64 x3);

/* random.c: the same sequence for the same seed. */
struct random {
	u64 state;
};
u64 random_next(struct random *random);
u64 random_below(struct random *random, u64 end);

/* call.c: hypercalls. */

/** struct call - x0..x7 of a hypercall, before and after it */
struct call {
	u64 x[8];
};

/* Issues it. False when x8..x30 came back changed. */
bool hypercall(struct call *call);
/* x0 after call @number (SMC64 form) with x1..x5; *x1_out, if wanted, is x1 after it. */
s32 hvc(u32 number, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5);
extern u64 hvc_result;

/* tick.c, for each CPU: a host interrupt that ends a RUN. */
void tick_init(void);
/* The next host interrupt comes in @ticks of the counter. */
void tick_start(u64 ticks);
void tick_stop(void);

/* machine.c: VMs for the tests that need one that works. */

/** struct machine - a VM with one vCPU and some pages of memory */
struct machine {
	u64 vm;
	u64 run;		/* PA of the run area */
	u64 memory;		/* PA of its pages */
	u64 pages;
};

#define MACHINE_GPA	0x40000000UL

/* Memory of @pages, run area and buffer are taken from @pa on. False when gzhyp refuses. */
bool machine_create(struct machine *machine, u64 pa, u64 pages);
void machine_destroy(struct machine *machine);
s32 machine_set(const struct machine *machine, u32 offset, u64 value);
/* RUN until something but a host interrupt or a re-entry happens; 0 after @limit times. */
u32 machine_run(const struct machine *machine, u32 limit);
static inline struct gzvm_vcpu_run *machine_exit(const struct machine *machine)
{
	return (struct gzvm_vcpu_run *)machine->run;
}

/* guest.c: bare-metal guests with several vCPUs and a console. */

#define GUEST_PAGES	1024UL

/* How a guest ended. */
#define GUEST_RUNS		0
#define GUEST_POWERED_OFF	1
#define GUEST_RESET		2
#define GUEST_FAILED		3

/**
 * struct guest - a VM with all that a guest of ../../guests needs
 * @event: GUEST_*
 * @moves: how often a vCPU ran on another CPU than before
 */
struct guest {
	struct machine machine;
	u32 vcpus;
	volatile u32 event;
	volatile u32 moves;
	volatile u32 last_cpu[GZVM_MAX_VCPUS];
	u32 taken[GZVM_MAX_VCPUS];
	u32 console_bytes;
	char console[4096];
};

/* Memory and run areas of @vcpus vCPUs are taken from @pa on, less than 16 MiB. */
bool guest_create(struct guest *guest, u64 pa, const u64 *image, const u64 *end, u32 vcpus);
void guest_destroy(struct guest *guest);
/* Runs all of them on all CPUs until each has ended, or two minutes. */
void guests_run(struct guest *guests, u32 count);
/* How many lines of the console begin with @start. */
u32 guest_lines(const struct guest *guest, const char *start);
void guest_show_console(struct guest *guest);

/* suite.c or bench.c: what this image is for. */
void run_all(void);

/* The tests. */
void test_calls(void);
void test_aborts(void);
void test_hostile_calls(void);
void test_hostile_guests(void);
void test_guests(void);
void test_many_vms(void);
void test_protection(void);
void test_blocks(void);
void test_read_only(void);

#endif /* _GZVM_TESTS_HOST_H */
