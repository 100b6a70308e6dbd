/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctl fuzzer: what its parts know of each other.
 *
 * What is called depends on the seed alone, never on what a call returned: each
 * thread keeps a model of what should exist. Descriptors have fixed numbers and
 * arguments fixed addresses, so that a row of calls can be repeated bit by bit.
 */
#ifndef _GZVM_FUZZ_H
#define _GZVM_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gzvm.h>

#include "../gzvm_test.h"
#include "chance.h"

#define FUZZ_MAX_THREADS	4
/* VMs that a thread calls its own; it disturbs those of the others now and then. */
#define FUZZ_OWN_VMS		2
#define FUZZ_VMS		(FUZZ_MAX_THREADS * FUZZ_OWN_VMS)
#define FUZZ_VCPUS		4
#define FUZZ_EVENTFDS		16
#define FUZZ_MAPPINGS		2

/*
 * Numbers of descriptors. The kernel gives the lowest free number to a new one,
 * which stays below until it is moved to its place.
 */
#define FUZZ_FD_DEVICE		64
#define FUZZ_FD_NULL		65
#define FUZZ_FD_PIPE		66
#define FUZZ_FD_NEVER_OPEN	67
#define FUZZ_FD_VM(vm)		(72 + 8 * (vm))
#define FUZZ_FD_VCPU(vm, vcpu)	(FUZZ_FD_VM(vm) + 1 + (vcpu))
#define FUZZ_FD_EVENTFD(i)	(72 + 8 * FUZZ_VMS + (i))
#define FUZZ_FD_END		FUZZ_FD_EVENTFD(FUZZ_EVENTFDS)

/* User addresses: of the threads' arguments, and of what becomes guest memory. */
#define FUZZ_ARGUMENTS		0x200000000ULL
#define FUZZ_ARGUMENTS_STRIDE	0x10000ULL
#define FUZZ_MEMORY		0x210000000ULL
#define FUZZ_MEMORY_STRIDE	0x1000000ULL

/* Page of values for SET_ONE_REG, and where in it, in words, which are. */
#define FUZZ_VALUES		0x20f000000ULL
#define FUZZ_VALUES_PC		0
#define FUZZ_VALUES_STATE	16
#define FUZZ_VALUES_GENERAL	32
#define FUZZ_PROGRAM_ENTRIES	8

/* The steps that furnish a VM; generate.c has the table. */
#define FUZZ_STEP_REGISTERS	7
#define FUZZ_FURNISHED		11

#define FUZZ_PAGE		4096ULL
#define FUZZ_RAM_GPA		0x40000000ULL
#define FUZZ_DOORBELL_GPA	0x0b000000ULL
#define FUZZ_GICD_GPA		0x08000000ULL
#define FUZZ_GICR_GPA		0x080a0000ULL

#define FUZZ_REMEMBERED		16
#define FUZZ_MAX_ARGUMENT	264
/* Bytes behind an argument that have to stay as they are. */
#define FUZZ_GUARD		64

/** enum fuzz_fd_kind - which descriptor a request belongs on */
enum fuzz_fd_kind {
	FUZZ_ON_DEVICE,
	FUZZ_ON_VM,
	FUZZ_ON_VCPU,
};

/** enum fuzz_place - where an argument lies */
enum fuzz_place {
	FUZZ_PLACE_WRITABLE,
	FUZZ_PLACE_UNALIGNED,
	FUZZ_PLACE_READ_ONLY,
	FUZZ_PLACE_HALF_UNMAPPED,	/* its second half */
	FUZZ_PLACE_NO_ACCESS,
	FUZZ_PLACE_NULL,
	FUZZ_PLACE_LOW,			/* page 0 */
	FUZZ_PLACE_KERNEL,
	FUZZ_PLACE_NON_CANONICAL,
	FUZZ_PLACES,
};

/**
 * struct fuzz_vm_model - what a thread believes of a VM of its own
 * @step: next step of its furnishing; FUZZ_FURNISHED when there is none
 * @next_vcpu: id of the next vCPU
 * @next_slot: the next memory slot
 * @bytes: size of each of its mappings
 * @doorbells: assigned lately, to be deassigned
 * @irqfds: the same
 */
struct fuzz_vm_model {
	unsigned int step;
	unsigned int next_vcpu;
	unsigned int next_slot;
	uint64_t bytes[FUZZ_MAPPINGS];
	struct gzvm_ioeventfd doorbells[FUZZ_REMEMBERED];
	unsigned int doorbell_count;
	struct gzvm_irqfd irqfds[FUZZ_REMEMBERED];
	unsigned int irqfd_count;
};

/**
 * struct fuzz_call - an ioctl before it is made
 * @type: what it began as
 * @request: request word
 * @fd: descriptor number
 * @moved_to: number that a descriptor which it returns is moved to, or -1
 * @place: where @argument is put
 * @value: the argument when it is an integer
 * @argument: the bytes at the argument's address
 * @mutated: something has been made wrong by intent
 */
struct fuzz_call {
	const struct fuzz_type *type;
	unsigned long request;
	int fd;
	int moved_to;
	enum fuzz_place place;
	uint64_t value;
	union {
		uint8_t bytes[FUZZ_MAX_ARGUMENT];
		uint32_t words[FUZZ_MAX_ARGUMENT / 4];
		uint64_t capability;
		struct gzvm_memory_region region;
		struct gzvm_userspace_memory_region user_region;
		struct gzvm_irq_level line;
		struct gzvm_irqfd irqfd;
		struct gzvm_ioeventfd doorbell;
		struct gzvm_enable_cap cap;
		struct gzvm_create_device device;
		struct gzvm_dtb_config dtb;
		struct gzvm_one_reg reg;
		struct gzvm_vcpu_run run;
	} argument;
	bool mutated;
};

/**
 * struct fuzz_target - what a call is about
 * @model: the thread's model of the VM; a scratch copy for the VM of another thread
 * @vm: number of the VM
 * @vcpu: number of the vCPU's descriptor in the VM
 */
struct fuzz_target {
	struct fuzz_vm_model *model;
	unsigned int vm;
	unsigned int vcpu;
};

/**
 * struct fuzz_type - an ioctl
 * @name: for people
 * @request: request word
 * @kind: where it belongs
 * @weight: how often it is called, relative to the others
 * @bytes: size of the argument; 0 for an integer
 * @may_write: may the driver write this byte of the argument? NULL: none
 * @deep: it has to succeed now and then
 * @errors: every errno that is documented for it, up to the first 0
 * @fill: makes an argument that is right as far as the model knows
 */
struct fuzz_type {
	const char *name;
	unsigned long request;
	enum fuzz_fd_kind kind;
	unsigned int weight;
	unsigned int bytes;
	bool (*may_write)(size_t byte);
	bool deep;
	int errors[8];
	void (*fill)(struct chance *chance, const struct fuzz_target *target,
		     struct fuzz_call *call);
};

/** enum fuzz_name - index of fuzz_types[] */
enum fuzz_name {
	FUZZ_CREATE_VM,
	FUZZ_DEVICE_CHECK_EXTENSION,
	FUZZ_VM_CHECK_EXTENSION,
	FUZZ_CREATE_VCPU,
	FUZZ_SET_MEMORY_REGION,
	FUZZ_SET_USER_MEMORY_REGION,
	FUZZ_IRQ_LINE,
	FUZZ_IRQFD,
	FUZZ_IOEVENTFD,
	FUZZ_ENABLE_CAP,
	FUZZ_CREATE_DEVICE,
	FUZZ_SET_DTB_CONFIG,
	FUZZ_RUN,
	FUZZ_GET_ONE_REG,
	FUZZ_SET_ONE_REG,
	FUZZ_TYPES,
};

/* types.c */
extern const struct fuzz_type fuzz_types[FUZZ_TYPES];

/** fuzz_address() - user address of a place for @bytes, of thread @thread */
uint64_t fuzz_address(unsigned int thread, enum fuzz_place place, unsigned int bytes);
/** fuzz_fill_values() - make the page at FUZZ_VALUES */
void fuzz_fill_values(uint64_t *page);
/** fuzz_mapping_address() - user address of what becomes memory of a VM */
uint64_t fuzz_mapping_address(unsigned int vm, unsigned int mapping);

/**
 * struct fuzz_step - what a thread does next: an ioctl, or one of these
 *
 * An action is no ioctl. @subject is the number of a descriptor or mapping.
 */
struct fuzz_step {
	enum fuzz_action {
		FUZZ_CALL,
		FUZZ_CLOSE,
		FUZZ_RING,
		FUZZ_DRAIN,
		FUZZ_NEW_EVENTFD,
		FUZZ_MAP,
		FUZZ_UNMAP,
		FUZZ_PROTECT,
	} action;
	unsigned int subject;
	uint64_t bytes;
	struct fuzz_call call;
};

/**
 * struct fuzz_generator - where the steps of one thread come from
 * @checksum: of all calls so far; equal for equal rows of calls
 */
struct fuzz_generator {
	struct chance chance;
	unsigned int thread;
	unsigned int threads;
	struct fuzz_vm_model models[FUZZ_OWN_VMS];
	uint64_t checksum;
};

/* generate.c */
void fuzz_generator_init(struct fuzz_generator *generator, uint64_t seed, unsigned int thread,
			 unsigned int threads);
void fuzz_generate(struct fuzz_generator *generator, struct fuzz_step *step);

/* mutate.c */
void fuzz_mutate(struct chance *chance, struct fuzz_call *call);

/* pool.c: descriptors and mappings; each call may race with all others */
void fuzz_pool_open(void);
void fuzz_pool_close(void);
void fuzz_act(const struct fuzz_step *step);
/** fuzz_keep() - move a new descriptor to its place, or close it */
void fuzz_keep(int fd, int moved_to);

/* errno 1..133; what lies above, the kernel keeps to itself. */
#define FUZZ_ERRNOS		134

/**
 * struct fuzz_tally - what became of the calls
 * @results: by type and errno; those with another request than they began with
 *           are in the row FUZZ_TYPES
 * @undocumented: calls with an errno that their ioctl does not document
 * @overwritten: calls that changed bytes that they must not
 */
struct fuzz_tally {
	uint64_t results[FUZZ_TYPES + 1][FUZZ_ERRNOS];
	uint64_t calls;
	uint64_t undocumented;
	uint64_t overwritten;
};

/* tally.c */
void fuzz_tally_count(struct fuzz_tally *tally, const struct fuzz_call *call, int error);
void fuzz_tally_add(struct fuzz_tally *sum, const struct fuzz_tally *tally);
void fuzz_tally_print(const struct fuzz_tally *tally);
/** fuzz_tally_successes() - calls that did not fail */
uint64_t fuzz_tally_successes(const struct fuzz_tally *tally);

/**
 * struct fuzz_campaign - a run of the fuzzer
 * @seed: decides everything
 * @calls: ioctls in all
 * @threads: 1..FUZZ_MAX_THREADS
 * @seconds: ends earlier after so many; 0 for never
 * @tally: out
 * @checksum: out: of the calls of all threads
 * @hung: out: a call did not return
 */
struct fuzz_campaign {
	uint64_t seed;
	uint64_t calls;
	unsigned int threads;
	unsigned int seconds;
	struct fuzz_tally tally;
	uint64_t checksum;
	bool hung;
};

/* campaign.c */
void fuzz_campaign_run(struct fuzz_campaign *campaign);

#endif /* _GZVM_FUZZ_H */
