// SPDX-License-Identifier: GPL-2.0-only
/* As many VMs as the hypervisor has, all running at once in one process. */
#include <pthread.h>
#include <string.h>

#include "gzvm_test.h"

#define VMS	32
#define REPORTS	100

/* It tells a number, each time one more. */
static const uint32_t count_up[] = { ADD_1(1, 1), STR_X(1, 0), BACK(2) };

struct small_vm {
	struct program program;
	pthread_t thread;
	uint64_t first;
	int right;
};

static void *collect_reports(void *argument)
{
	struct small_vm *vm = argument;

	for (uint64_t i = 1; i <= REPORTS; i++) {
		uint64_t got = 0;

		if (run(&vm->program) || vm->program.run.exit_reason != GZVM_EXIT_MMIO)
			break;
		memcpy(&got, vm->program.run.mmio.data, sizeof(got));
		vm->right += got == vm->first + i;
	}
	return NULL;
}

static void start(struct small_vm *vm, int number)
{
	program_start(&vm->program, count_up, COUNT(count_up));
	vm->first = number * 1000;
	vm->right = 0;
	set_register(vm->program.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(vm->program.vcpu, GZVM_CORE_X(1), vm->first);
}

void test_many_vms(void)
{
	static struct small_vm vms[VMS];
	int right = 0;

	for (int i = 0; i < VMS; i++)
		start(&vms[i], i);
	ok(counter("vms") == VMS, "32 VMs exist at once");
	for (int i = 0; i < VMS; i++)
		if (pthread_create(&vms[i].thread, NULL, collect_reports, &vms[i]))
			bail_out("pthread_create");
	for (int i = 0; i < VMS; i++) {
		pthread_join(vms[i].thread, NULL);
		right += vms[i].right;
	}
	if (!ok(right == VMS * REPORTS, "and run at once, each with registers of its own"))
		diag("%d right reports of %d", right, VMS * REPORTS);
	for (int i = 0; i < VMS; i++)
		program_stop(&vms[i].program);
}
