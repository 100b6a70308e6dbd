// SPDX-License-Identifier: GPL-2.0-only
/* A guest that stores to memory while that memory becomes a slot. */
#include <errno.h>
#include <sys/ioctl.h>

#include "stress.h"

#define VALUE		0x1122334455667788ULL
/* Slot 0 has the code. */
#define SLOTS		(GZVM_MAX_MEM_REGION - 1)
/* The guest's stores take turns: after so many exits one is behind the slot's making. */
#define RUNS		4

struct stage {
	uint32_t *code;
	uint64_t *pages[SLOTS];
	struct small_vm small;
	unsigned int number;
};

static uint64_t slot_gpa(unsigned int number)
{
	return RAM_GPA + (number + 1) * RAM_BYTES;
}

static unsigned int set_slot(void *stage)
{
	const struct stage *s = stage;

	return set_page(s->small.vm, s->number + 1, slot_gpa(s->number),
			s->pages[s->number]) != 0;
}

/* An exit is of a store to where no memory is yet, or of the one after it. */
static unsigned int run_once(struct stage *s)
{
	const struct gzvm_vcpu_run *run = &s->small.run;

	return ioctl(s->small.vcpu, GZVM_RUN, &s->small.run) ||
	       run->exit_reason != GZVM_EXIT_MMIO ||
	       (run->mmio.phys_addr != slot_gpa(s->number) &&
		run->mmio.phys_addr != STRESS_EXIT_GPA);
}

static unsigned int run_guest(void *stage)
{
	unsigned int faults = 0;

	for (int i = 0; i < RUNS; i++)
		faults += run_once(stage);
	return faults;
}

static void prepare(void *stage, unsigned int round)
{
	struct stage *s = stage;

	s->number = round % SLOTS;
	if (!s->number) {
		if (round)
			small_vm_stop(&s->small);
		small_vm_start(&s->small, s->code);
		set_register(s->small.vcpu, GZVM_CORE_X(1), VALUE);
	}
	*s->pages[s->number] = 0;
	set_register(s->small.vcpu, GZVM_CORE_X(0), slot_gpa(s->number));
}

static unsigned int judge(void *stage, unsigned int round)
{
	struct stage *s = stage;
	volatile uint64_t *word = s->pages[s->number];
	unsigned int faults = 0;

	(void)round;
	for (int i = 0; i < RUNS && *word != VALUE; i++)
		faults += run_once(s);
	return faults + (*word != VALUE);
}

void stress_page_faults(unsigned int rounds)
{
	static const uint32_t code[] = { STR_X(1, 0), STR_W(1, 3), BACK(2) };
	static unsigned int (*const roles[])(void *) = { set_slot, run_guest };
	static const struct team team = { roles, COUNT(roles), prepare, judge };
	struct stage stage = { .code = small_vm_map_code(code, COUNT(code)) };

	for (unsigned int i = 0; i < SLOTS; i++)
		stage.pages[i] = map_shared(PAGE_BYTES);
	is_number(team_play(&team, &stage, rounds), 0,
		  "a store finds its memory while that becomes a slot");
	small_vm_stop(&stage.small);
}
