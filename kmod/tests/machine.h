/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small virtual machine on /dev/gzvm: RAM, GICv3, vCPU threads, a PL011 that
 * prints, and doorbells that are counted. The runner and the guest tests are
 * made of it. Functions return 0, or -1 after one line on stderr that says what
 * failed; a machine belongs to the thread that created it.
 */
#ifndef _GZVM_TESTS_MACHINE_H
#define _GZVM_TESTS_MACHINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gzvm.h>

#define MACHINE_RAM_BASE	0x40000000ULL
#define MACHINE_KERNEL_OFFSET	0x00200000ULL
#define MACHINE_DTB_BYTES	0x00200000ULL
#define MACHINE_GICD_BASE	0x08000000ULL
#define MACHINE_GICD_BYTES	0x00010000ULL
#define MACHINE_GICR_BASE	0x080a0000ULL
#define MACHINE_GICR_BYTES	0x00020000ULL
#define MACHINE_UART_BASE	0x09000000ULL
#define MACHINE_UART_BYTES	0x00001000ULL
/* Accesses here that ring no doorbell are recorded; loads read as zero. */
#define MACHINE_DOORBELL_BASE	0x0b000000ULL
#define MACHINE_DOORBELL_BYTES	0x01000000ULL

#define MACHINE_MAX_DOORBELLS	32
#define MACHINE_MAX_ACCESSES	64
#define MACHINE_MAX_INTERRUPTS	8
#define MACHINE_CONSOLE_BYTES	8192

/* How a run ended; also the runner's exit status. */
enum machine_outcome {
	MACHINE_POWERED_OFF = 0,	/* PSCI SYSTEM_OFF */
	MACHINE_FAILED = 1,		/* the host side failed, see stderr */
	MACHINE_RESET = 2,		/* PSCI SYSTEM_RESET */
	MACHINE_CRASHED = 3,		/* crash event, exception or internal error exit */
	MACHINE_UNMAPPED = 4,		/* access to an address that nothing answers */
	MACHINE_TIMED_OUT = 5,
	MACHINE_RUNNING = -1,
};

/**
 * struct machine_doorbell - a doorbell and what rang it
 * @address: gpa
 * @length: store width in bytes, 0 for any
 * @match: rings only for @data
 * @data: zero-extended value of the store
 * @in_kernel: registered by GZVM_IOEVENTFD; else matched after the exit
 * @fd: the eventfd, or -1
 * @kernel_rings: sum of the eventfd's counts, valid when the run has ended
 * @user_rings: stores that matched in user space
 */
struct machine_doorbell {
	uint64_t address;
	uint32_t length;
	bool match;
	uint64_t data;
	bool in_kernel;
	int fd;
	uint64_t kernel_rings;
	uint64_t user_rings;
};

/** struct machine_access - an MMIO exit in the doorbell window that rang nothing */
struct machine_access {
	uint64_t address;
	uint64_t size;
	uint64_t data;
	bool is_write;
};

/**
 * struct machine_interrupt - an interrupt that the host raises once
 * @gsi: SPI index (INTID - 32)
 * @at_ms: milliseconds after the start
 * @by_irqfd: through an eventfd and GZVM_IRQFD; else by GZVM_IRQ_LINE
 * @resample: with an irqfd: count how often the guest ends it
 * @fd: the eventfd, or -1
 * @resample_fd: eventfd of the ends, or -1
 * @ends: how often it was signalled, valid when the run has ended
 */
struct machine_interrupt {
	uint32_t gsi;
	unsigned int at_ms;
	bool by_irqfd;
	bool resample;
	int fd;
	int resample_fd;
	uint64_t ends;
};

struct machine;

struct machine_vcpu {
	struct machine *machine;
	unsigned int id;
	int fd;
	bool started;
	pthread_t thread;
	struct gzvm_vcpu_run run;
	uint64_t returns;		/* of GZVM_RUN with 0 */
	uint64_t mmio_exits;
	uint64_t system_events;
	uint64_t interruptions;		/* GZVM_RUN that ended with EINTR */
};

/**
 * struct machine - a virtual machine
 * @lock: protects @outcome, @console*, @accesses, doorbells' @user_rings
 * @ended: signalled when @outcome is set
 * @echo: copy the console to stdout
 */
struct machine {
	int device_fd;
	int vm_fd;
	int memory_fd;
	uint8_t *ram;
	uint64_t ram_bytes;
	uint64_t entry;
	uint64_t device_tree;
	unsigned int vcpu_count;
	struct machine_vcpu vcpus[GZVM_MAX_VCPUS];
	unsigned int doorbell_count;
	struct machine_doorbell doorbells[MACHINE_MAX_DOORBELLS];
	unsigned int interrupt_count;
	struct machine_interrupt interrupts[MACHINE_MAX_INTERRUPTS];
	bool echo;

	pthread_mutex_t lock;
	pthread_cond_t ended;
	enum machine_outcome outcome;
	bool stopping;
	unsigned int access_count;
	struct machine_access accesses[MACHINE_MAX_ACCESSES];
	size_t console_bytes;
	char console[MACHINE_CONSOLE_BYTES];
};

/**
 * machine_create() - open /dev/gzvm and build a VM with RAM, GIC and vCPUs
 * @vcpu_count: 1..GZVM_MAX_VCPUS
 * @ram_bytes: size of RAM at MACHINE_RAM_BASE, a multiple of 2 MiB
 *
 * Return: the machine, to be given to machine_destroy(), or NULL.
 */
struct machine *machine_create(unsigned int vcpu_count, uint64_t ram_bytes);
/** machine_destroy() - release everything; NULL is allowed */
void machine_destroy(struct machine *machine);

/** machine_load_kernel() - load an arm64 Image and make it the entry point */
int machine_load_kernel(struct machine *machine, const char *path);
/** machine_load_dtb() - load a device tree at the end of RAM, its gpa goes to x0 */
int machine_load_dtb(struct machine *machine, const char *path);
/** machine_load() - load a file at a gpa */
int machine_load(struct machine *machine, const char *path, uint64_t gpa);

/** machine_add_doorbell() - create the eventfd and, if @in_kernel, register it */
int machine_add_doorbell(struct machine *machine, const struct machine_doorbell *doorbell);
/** machine_add_interrupt() - plan an interrupt for machine_run(), in the order of time */
int machine_add_interrupt(struct machine *machine, const struct machine_interrupt *interrupt);

/**
 * machine_run() - start every vCPU, wait for the end, stop every vCPU
 * @timeout_ms: give up after so many milliseconds
 *
 * Can be called once per machine.
 */
enum machine_outcome machine_run(struct machine *machine, unsigned int timeout_ms);

/* machine_vcpu.c */
void *machine_vcpu_main(void *vcpu);
/** machine_end() - set the outcome unless it is set; any thread, @lock not held */
void machine_end(struct machine *machine, enum machine_outcome outcome);
/** machine_error() - print "gzvm: ..." with errno's text on stderr; Return: -1 */
int machine_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* _GZVM_TESTS_MACHINE_H */
