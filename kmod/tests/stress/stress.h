/* SPDX-License-Identifier: GPL-2.0-only */
/* The hard tests: races, closes in every order, kills, unloads, failing allocations. */
#ifndef _GZVM_STRESS_H
#define _GZVM_STRESS_H

#include "../gzvm_test.h"
#include "../witness.h"

/* Address of the exits of the guests, where no doorbell is ever assigned. */
#define STRESS_EXIT_GPA		0x0c000000ULL

/**
 * struct small_vm - a VM with one page of memory and one vCPU
 * @code: the page, at RAM_GPA
 *
 * The vCPU is before the first instruction; x0 is DOORBELL_GPA, x3 is
 * STRESS_EXIT_GPA.
 */
struct small_vm {
	int vm;
	int vcpu;
	uint32_t *code;
	struct gzvm_vcpu_run run;
};

/** small_vm_map_code() - the page for any number of VMs, one after another */
uint32_t *small_vm_map_code(const uint32_t *code, size_t instructions);
/** small_vm_start() - @code: from small_vm_map_code() */
void small_vm_start(struct small_vm *small, uint32_t *code);
/** small_vm_stop() - close what is still open; the page stays */
void small_vm_stop(struct small_vm *small);
/** set_page() - put the page at @memory into a slot; Return: 0 or -1 with errno */
int set_page(int vm, uint32_t slot, uint64_t gpa, void *memory);

/**
 * struct team - threads that meet at the start and at the end of each round
 * @roles: what each does in a round, on @stage; counts what must not happen
 * @role_count: how many
 * @prepare: before each round, alone
 * @judge: after each round, alone; counts what must not be
 */
struct team {
	unsigned int (*const *roles)(void *stage);
	unsigned int role_count;
	void (*prepare)(void *stage, unsigned int round);
	unsigned int (*judge)(void *stage, unsigned int round);
};

/** team_play() - Return: how often something happened that must not */
unsigned int team_play(const struct team *team, void *stage, unsigned int rounds);

/** one_of() - is @result success, or errno one of the @errors, which end with 0? */
bool one_of(long result, const int *errors);

void stress_doorbells(unsigned int rounds);
void stress_runners(unsigned int rounds);
void stress_vcpu_numbers(unsigned int rounds);
void stress_page_faults(unsigned int rounds);
void stress_close_orders(unsigned int rounds);
void stress_kills(unsigned int rounds);
void stress_unloads(unsigned int rounds);
void stress_allocations(unsigned int rounds);

#endif /* _GZVM_STRESS_H */
