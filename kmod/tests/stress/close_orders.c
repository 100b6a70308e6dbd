// SPDX-License-Identifier: GPL-2.0-only
/* All that a VM consists of, closed in every order. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"

#define GSI	34

/* The first three keep the VM alive. */
enum part { VM, VCPU_0, VCPU_1, IRQFD, DOORBELL, MEMORY, PARTS };

static const char *const part_names[PARTS] = {
	"VM", "vCPU 0", "vCPU 1", "irqfd", "doorbell", "memory",
};

/* A VM in full use: its guest has run, rung its doorbell and has memory pinned. */
struct whole {
	struct small_vm small;
	int fds[MEMORY];
};

static bool whole_start(struct whole *whole, const uint32_t *code, size_t instructions)
{
	struct gzvm_irqfd irqfd = { .gsi = GSI };

	small_vm_start(&whole->small, small_vm_map_code(code, instructions));
	whole->fds[VM] = whole->small.vm;
	whole->fds[VCPU_0] = whole->small.vcpu;
	whole->fds[VCPU_1] = ioctl(whole->fds[VM], GZVM_CREATE_VCPU, 1UL);
	whole->fds[IRQFD] = create_eventfd();
	whole->fds[DOORBELL] = create_eventfd();
	irqfd.fd = whole->fds[IRQFD];
	return whole->fds[VCPU_1] >= 0 && !ioctl(whole->fds[VM], GZVM_IRQFD, &irqfd) &&
	       !assign_doorbell(whole->fds[VM], DOORBELL_GPA, 4, whole->fds[DOORBELL]) &&
	       !ioctl(whole->fds[VCPU_0], GZVM_RUN, &whole->small.run) &&
	       drain(whole->fds[DOORBELL]) == 1 && counter("pinned_pages") > 0;
}

static void drop(struct whole *whole, enum part part)
{
	if (part == MEMORY)
		munmap(whole->small.code, PAGE_BYTES);
	else
		close(whole->fds[part]);
}

static bool drop_in_order(struct whole *whole, const enum part *order)
{
	unsigned int alive = 3;
	bool right = true;

	for (int i = 0; i < PARTS; i++) {
		drop(whole, order[i]);
		alive -= order[i] <= VCPU_1;
		right &= counter("vms") == !!alive;
	}
	return counters_become_zero() && right;
}

static void describe(const enum part *order)
{
	char text[128] = "";

	for (int i = 0; i < PARTS; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			 i ? ", " : "", part_names[order[i]]);
	diag("failed: %s", text);
}

/* Into the next permutation in the order of the dictionary. Return: false after the last. */
static bool permute(enum part *order)
{
	int i = PARTS - 2, j = PARTS - 1;
	enum part other;

	while (i >= 0 && order[i] > order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] < order[i])
		j--;
	other = order[i];
	order[i] = order[j];
	order[j] = other;
	for (i++, j = PARTS - 1; i < j; i++, j--) {
		other = order[i];
		order[i] = order[j];
		order[j] = other;
	}
	return true;
}

void stress_close_orders(unsigned int rounds)
{
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 3), BACK(2) };
	enum part order[PARTS] = { VM, VCPU_0, VCPU_1, IRQFD, DOORBELL, MEMORY };
	unsigned int orders = 0, faults = 0;
	struct whole whole;

	(void)rounds;
	do {
		bool right = whole_start(&whole, code, COUNT(code));

		right &= drop_in_order(&whole, order);
		if (!right)
			describe(order);
		faults += !right;
		orders++;
	} while (permute(order) && faults < 10);
	ok(!faults && orders == 720, "a VM ends with its last fd in each of %u orders", orders);
}
