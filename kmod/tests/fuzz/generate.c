// SPDX-License-Identifier: GPL-2.0-only
/* Which step comes next. Looks at its own numbers and models only. */
#include <string.h>

#include "fuzz.h"

/* Percent of the steps. */
#define SHARE_ACTIONS		15
#define SHARE_FURNISH		70
#define SHARE_FOREIGN_VM	15
#define SHARE_MUTATED		25

/* What a VM needs for its guest to run; the first is what a new model has done. */
static const struct {
	enum fuzz_action action;
	enum fuzz_name name;
} furnishing[FUZZ_FURNISHED] = {
	{ FUZZ_CALL, FUZZ_CREATE_VM },
	{ FUZZ_MAP, 0 },
	{ FUZZ_CALL, FUZZ_SET_USER_MEMORY_REGION },
	{ FUZZ_CALL, FUZZ_CREATE_DEVICE },	/* distributor: an odd step */
	{ FUZZ_CALL, FUZZ_CREATE_DEVICE },
	{ FUZZ_CALL, FUZZ_CREATE_VCPU },
	{ FUZZ_CALL, FUZZ_CREATE_VCPU },
	[FUZZ_STEP_REGISTERS] =
	{ FUZZ_CALL, FUZZ_SET_ONE_REG },
	{ FUZZ_CALL, FUZZ_SET_ONE_REG },
	{ FUZZ_CALL, FUZZ_SET_ONE_REG },
	{ FUZZ_CALL, FUZZ_SET_ONE_REG },
};

/**
 * fuzz_generator_init() - begin a row of steps
 * @generator: the generator
 * @seed: of the campaign
 * @thread: number of the thread
 * @threads: how many there are
 */
void fuzz_generator_init(struct fuzz_generator *generator, uint64_t seed, unsigned int thread,
			 unsigned int threads)
{
	memset(generator, 0, sizeof(*generator));
	generator->chance.state = chance_mix(seed) + thread;
	generator->thread = thread;
	generator->threads = threads;
}

static void choose_mapping(struct chance *chance, struct fuzz_vm_model *model, unsigned int vm,
			   unsigned int mapping, struct fuzz_step *step)
{
	static const uint64_t sizes[] = { FUZZ_PAGE, 16 * FUZZ_PAGE, 16 * FUZZ_PAGE, 2ULL << 20 };

	model->bytes[mapping] = sizes[chance_below(chance, COUNT(sizes))];
	step->action = FUZZ_MAP;
	step->subject = vm * FUZZ_MAPPINGS + mapping;
	step->bytes = model->bytes[mapping];
}

static void choose_action(struct fuzz_generator *g, const struct fuzz_target *target,
			  struct fuzz_step *step)
{
	struct chance *chance = &g->chance;
	unsigned int eventfd = FUZZ_FD_EVENTFD(chance_below(chance, FUZZ_EVENTFDS));
	unsigned int mapping = chance_below(chance, FUZZ_MAPPINGS);
	unsigned int choice = chance_below(chance, 100);

	step->subject = eventfd;
	if (choice < 60) {
		step->action = FUZZ_RING;
	} else if (choice < 70) {
		step->action = FUZZ_DRAIN;
	} else if (choice < 82) {
		step->action = FUZZ_NEW_EVENTFD;
	} else if (choice < 83) {
		step->action = FUZZ_CLOSE;
	} else if (choice < 87) {
		step->action = FUZZ_CLOSE;
		step->subject = FUZZ_FD_VCPU(target->vm, target->vcpu);
	} else if (choice < 90) {
		step->action = FUZZ_CLOSE;
		step->subject = FUZZ_FD_VM(target->vm);
		*target->model = (struct fuzz_vm_model){ .step = 0 };
	} else if (choice < 96) {
		choose_mapping(chance, target->model, target->vm, mapping, step);
	} else {
		step->action = choice < 98 ? FUZZ_UNMAP : FUZZ_PROTECT;
		step->subject = target->vm * FUZZ_MAPPINGS + mapping;
		step->bytes = target->model->bytes[mapping];
	}
}

static enum fuzz_name choose_name(struct chance *chance)
{
	unsigned int sum = 0, choice;
	size_t i;

	for (i = 0; i < FUZZ_TYPES; i++)
		sum += fuzz_types[i].weight;
	choice = chance_below(chance, sum);
	for (i = 0; choice >= fuzz_types[i].weight; i++)
		choice -= fuzz_types[i].weight;
	return i;
}

static int fd_of(enum fuzz_fd_kind kind, const struct fuzz_target *target)
{
	switch (kind) {
	case FUZZ_ON_DEVICE:
		return FUZZ_FD_DEVICE;
	case FUZZ_ON_VM:
		return FUZZ_FD_VM(target->vm);
	default:
		return FUZZ_FD_VCPU(target->vm, target->vcpu);
	}
}

static void make_call(struct fuzz_generator *g, const struct fuzz_target *target,
		      enum fuzz_name name, bool spoil, struct fuzz_call *call)
{
	const struct fuzz_type *type = &fuzz_types[name];

	call->type = type;
	call->request = type->request;
	call->fd = fd_of(type->kind, target);
	call->moved_to = -1;
	type->fill(&g->chance, target, call);
	if (spoil)
		fuzz_mutate(&g->chance, call);
}

static void furnish(struct fuzz_generator *g, const struct fuzz_target *target,
		    struct fuzz_step *step)
{
	struct fuzz_vm_model *model = target->model;
	unsigned int number = model->step;

	step->action = furnishing[number].action;
	if (step->action == FUZZ_MAP)
		choose_mapping(&g->chance, model, target->vm, 0, step);
	else
		make_call(g, target, furnishing[number].name, false, &step->call);
	/* CREATE_VM has made a new model. */
	model->step = number + 1;
}

/* Everything that the kernel will see of a call. */
static uint64_t digest(const struct fuzz_call *call)
{
	uint64_t sum = chance_mix(call->request ^ (uint64_t)call->fd << 32);

	sum = chance_mix(sum ^ call->value ^ (uint64_t)call->place << 60);
	for (size_t i = 0; i < sizeof(call->argument.words) / sizeof(uint32_t); i++)
		sum = chance_mix(sum ^ call->argument.words[i]);
	return sum;
}

static void choose_target(struct fuzz_generator *g, struct fuzz_vm_model *scratch,
			  struct fuzz_target *target)
{
	unsigned int own = chance_below(&g->chance, FUZZ_OWN_VMS);
	unsigned int other = chance_below(&g->chance, g->threads);

	target->vcpu = chance_percent(&g->chance, 80) ? 0 : chance_below(&g->chance, FUZZ_VCPUS);
	target->model = &g->models[own];
	target->vm = g->thread * FUZZ_OWN_VMS + own;
	if (other != g->thread && chance_percent(&g->chance, SHARE_FOREIGN_VM)) {
		/* What another thread's VM has is a guess, which leaves no trace. */
		*scratch = *target->model;
		target->model = scratch;
		target->vm = other * FUZZ_OWN_VMS + own;
	}
}

/**
 * fuzz_generate() - the next step of a thread
 * @generator: the generator
 * @step: out: the step
 */
void fuzz_generate(struct fuzz_generator *generator, struct fuzz_step *step)
{
	struct chance *chance = &generator->chance;
	struct fuzz_vm_model scratch;
	struct fuzz_target target;

	memset(step, 0, sizeof(*step));
	choose_target(generator, &scratch, &target);
	if (target.model != &scratch && target.model->step < FUZZ_FURNISHED &&
	    chance_percent(chance, SHARE_FURNISH))
		furnish(generator, &target, step);
	else if (chance_percent(chance, SHARE_ACTIONS))
		choose_action(generator, &target, step);
	else
		make_call(generator, &target, choose_name(chance),
			  chance_percent(chance, SHARE_MUTATED), &step->call);
	if (step->action == FUZZ_CALL)
		generator->checksum = chance_mix(generator->checksum ^ digest(&step->call));
}
