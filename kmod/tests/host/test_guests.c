// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bare-metal guests that look at gzhyp from inside, without Linux below them; and
 * the host's own timer while a guest never leaves by itself.
 */
#include "host.h"

#define GUEST_BYTES		0x1000000UL
#define SPIN_TICKS		62500UL		/* a millisecond */
#define SPINS			200U
/* An emulator may stand still for a while; a host whose timer is lost stands still forever. */
#define LATE_TICKS		(2 * 62500000UL)

#define IMAGE(name) extern const u64 guest_##name[], guest_##name##_end[];
IMAGE(gic_priority)
IMAGE(gic_state)
IMAGE(gic_fuzz)
IMAGE(psci)
IMAGE(sgi_all)
IMAGE(smp)
IMAGE(spin)
IMAGE(timers)
#undef IMAGE

/**
 * struct guest_case - a guest and how it should end
 * @passes: its lines that begin with PASS
 */
struct guest_case {
	const char *name;
	const u64 *image, *end;
	u32 vcpus;
	u32 event;
	u32 passes;
};

#define CASE(guest, vcpus, event, passes)							\
	{ #guest " with " #vcpus " vCPUs", guest_##guest, guest_##guest##_end, vcpus, event,	\
	  passes }

static const struct guest_case cases[] = {
	CASE(gic_priority, 1, GUEST_POWERED_OFF, 8),
	CASE(gic_state, 2, GUEST_POWERED_OFF, 7),
	CASE(gic_fuzz, 2, GUEST_POWERED_OFF, 1),
	CASE(sgi_all, 1, GUEST_POWERED_OFF, 1),
	CASE(sgi_all, 2, GUEST_POWERED_OFF, 1),
	CASE(sgi_all, 8, GUEST_POWERED_OFF, 1),
	CASE(smp, 8, GUEST_POWERED_OFF, 1),
	CASE(psci, 1, GUEST_RESET, 4),
	CASE(psci, 8, GUEST_RESET, 4),
	CASE(timers, 1, GUEST_POWERED_OFF, 8),
	CASE(timers, 8, GUEST_POWERED_OFF, 8),
};

static struct guest guests[2];

static bool create(u32 at, const struct guest_case *c)
{
	return guest_create(&guests[at], SPARE_BASE + at * GUEST_BYTES, c->image, c->end, c->vcpus);
}

static bool ended_well(struct guest *guest, const struct guest_case *c)
{
	bool right = guest->event == c->event && guest_lines(guest, "PASS ") == c->passes &&
		     !guest_lines(guest, "FAIL");

	if (!right)
		guest_show_console(guest);
	return right;
}

static void test_case(const struct guest_case *c)
{
	bool right = create(0, c);

	if (right) {
		guests_run(guests, 1);
		right = ended_well(&guests[0], c);
	}
	ok(right, c->name);
	guest_destroy(&guests[0]);
}

/* What one guest does to its GIC must not be seen by another. */
static void test_neighbours(void)
{
	static const struct guest_case pair[] = {
		CASE(gic_fuzz, 2, GUEST_POWERED_OFF, 1),
		CASE(sgi_all, 4, GUEST_POWERED_OFF, 1),
	};
	bool right = create(0, &pair[0]) && create(1, &pair[1]);

	if (right) {
		guests_run(guests, 2);
		right = ended_well(&guests[0], &pair[0]) & ended_well(&guests[1], &pair[1]);
		if (host_cpus() > 1)
			ok(guests[1].moves > 10, "vCPUs move between CPUs");
	}
	ok(right, "a guest that abuses its GIC leaves another alone");
	guest_destroy(&guests[0]);
	guest_destroy(&guests[1]);
}

static u64 now(void)
{
	u64 value;

	asm volatile("isb; mrs %0, cntpct_el0" : "=r"(value));
	return value;
}

/* The guest never traps: only the host's timer ends its runs, each time when it should. */
static void test_host_timer(void)
{
	static const struct guest_case spin = CASE(spin, 1, GUEST_RUNS, 0);
	u32 early = 0, late = 0, others = 0;

	if (!ok(create(0, &spin), "a guest that spins is created"))
		return;
	for (u32 i = 0; i < SPINS; i++) {
		u64 tuple = gzvm_hvc_tuple(guests[0].machine.vm, 0);
		u64 start = now(), passed;

		tick_start(SPIN_TICKS);
		hvc(GZVM_HVC_RUN, tuple, 0, 0, 0, 0);
		passed = now() - start;
		tick_stop();
		if ((u32)hvc_result == GZVM_EXIT_MMIO)
			continue;
		others += (u32)hvc_result != GZVM_EXIT_IRQ;
		early += passed < SPIN_TICKS;
		late += passed > LATE_TICKS;
	}
	ok(!others, "a guest that spins leaves by interrupts of the host only");
	ok(!early && !late, "the host's timer comes in time while it runs");
	guest_destroy(&guests[0]);
}

void test_guests(void)
{
	for (u32 i = 0; i < COUNT(cases); i++)
		test_case(&cases[i]);
	test_neighbours();
	test_host_timer();
}
