// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzhyp's GIC against a simple model of GICv3, on the build machine, under sanitizers:
 * CPUs with four list registers each, whose guests access registers, acknowledge and end
 * interrupts by chance, while SPIs and timers come. What a guest acknowledges must be the
 * most urgent one by the model, and registers must tell the model's state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/interface.h"
#include "gicr.h"
#include "hostmap.h"
#include "timer.h"
#include "vm.h"

#undef memset
#undef memcpy

#include "tap.h"

#define OPERATIONS	300000UL
#define MAX_VCPUS	4
#define SPIS		48U		/* of them: more than list registers, few enough to meet */
#define FEW_SPIS	2U		/* so that the list registers are often empty */
#define INTIDS		(VGIC_PRIVATE + SPIS)
#define DIST		0x08000000UL
#define REDIST		0x080a0000UL
#define SGI_FRAME	0x10000UL
#define PATIENCE	120		/* seconds until a hang is one */
#define STORM		200		/* maintenance interrupts in a row that are too many */
#define NOBODY		(-1)

/** struct model_irq - an interrupt as the architecture describes it */
struct model_irq {
	bool pending, line, active, enabled, group1;
	u8 priority;
	u32 target;
	int holder;
};

/** struct model_cpu - what the guest of a vCPU has acknowledged, the last one on top */
struct model_cpu {
	struct model_irq private[VGIC_PRIVATE];
	u32 ended_count, taken_count;
	u32 taken[64];			/* acknowledged, not ended */
	u32 taken_group[64];
	u32 ended[INTIDS];		/* EOImode 1: ended, not deactivated */
	bool split;
};

static struct model_irq spis[SPIS];
static struct model_cpu model[MAX_VCPUS];
static u32 groups;
static u32 first_used, end_used;	/* the INTIDs that the operations are about */

struct cpu cpus[MAX_CPUS];
struct fake_cpu *fake_cpu;
static struct fake_cpu fakes[MAX_CPUS];
static u32 redistributors[MAX_CPUS][0x400];
static u32 current;			/* the CPU that is at EL2 */
static bool kicked[MAX_CPUS], waiting[MAX_CPUS], physically_active[MAX_CPUS];
static struct vcpu *runs[MAX_CPUS];	/* what each CPU runs */

static struct vm *vm;
static struct vcpu *vcpus[MAX_VCPUS];
static u32 vcpu_count;
static u64 run_areas[MAX_VCPUS][2 * PAGE_BYTES / sizeof(u64)];

static u64 state = 88172645463325252UL;
static u64 wrong, operation, acknowledged, nested, displaced_seen;

static u64 random_below(u64 end)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % end;
}

static u32 random_intid(void)
{
	return first_used + random_below(end_used - first_used);
}

static u32 random_spi(void)
{
	return random_below(end_used - VGIC_PRIVATE);
}

static bool expect(bool right, const char *what, u32 vcpu, u32 intid)
{
	if (!right && wrong++ < 10)
		diag("operation %lu: %s, vCPU %u, INTID %u", operation, what, vcpu, intid);
	return right;
}

/* What gzhyp calls elsewhere. */
struct cpu *this_cpu(void)
{
	return &cpus[current];
}

bool hostmap_share_range(u64 pa, u64 bytes)
{
	(void)pa;
	(void)bytes;
	return true;
}

void hostmap_unshare_range(u64 pa, u64 bytes)
{
	(void)pa;
	(void)bytes;
}

static void switch_to(u32 cpu)
{
	current = cpu;
	fake_cpu = &fakes[cpu];
}

bool vcpu_kick(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->vgic.dirty, 1, __ATOMIC_SEQ_CST);
	for (u32 cpu = 0; cpu < vcpu_count; cpu++)
		if (runs[cpu] == vcpu)
			kicked[cpu] |= cpu != current;
	return false;
}

/* A kicked CPU comes to EL2, and may not go on while somebody waits for it. */
static void bring_to_el2(u32 cpu)
{
	u32 before = current;

	switch_to(cpu);
	kicked[cpu] = false;
	vgic_sync(runs[cpu]);
	waiting[cpu] = true;
	switch_to(before);
}

void fake_yield(void)
{
	for (u32 cpu = 0; cpu < vcpu_count; cpu++)
		if (kicked[cpu] && cpu != current)
			bring_to_el2(cpu);
}

static void resume(u32 cpu)
{
	switch_to(cpu);
	waiting[cpu] = kicked[cpu] = false;
	vgic_flush(runs[cpu]);
	physically_active[cpu] = cpus[cpu].timer_active;
	displaced_seen += runs[cpu]->vgic.displaced != 0;
}

static bool virtual_timer_fires(u32 cpu)
{
	u64 control = fakes[cpu].registers[FAKE_cntv_ctl_el0];

	return control == (CNTV_CTL_ENABLE | CNTV_CTL_ISTATUS) && !physically_active[cpu];
}

/* Whatever brings a CPU to EL2 by itself does so now. Return: whether something did. */
static bool take_interrupts(u32 cpu)
{
	bool maintenance = interface_needs_maintenance(&fakes[cpu]);
	bool timer = virtual_timer_fires(cpu);

	if (!maintenance && !timer && !kicked[cpu] && !waiting[cpu])
		return false;
	switch_to(cpu);
	if (!waiting[cpu])
		vgic_sync(runs[cpu]);
	if (timer)
		timer_fired(runs[cpu]);
	resume(cpu);
	return true;
}

static void settle(void)
{
	u32 rounds = 0;
	bool again;

	do {
		again = false;
		for (u32 cpu = 0; cpu < vcpu_count; cpu++)
			again |= take_interrupts(cpu);
	} while (again && rounds++ < STORM);
	expect(!again, "interrupts of gzhyp's own without end", 0, 0);
}

static u32 cpu_of(u32 vcpu)
{
	u32 cpu = 0;

	while (runs[cpu] != vcpus[vcpu])
		cpu++;
	return cpu;
}

/* The guest of @vcpu traps; the caller does at EL2 what it wants, then end_trap(). */
static struct vcpu *trap(u32 vcpu)
{
	switch_to(cpu_of(vcpu));
	vgic_sync(vcpus[vcpu]);
	return vcpus[vcpu];
}

static void end_trap(u32 vcpu)
{
	resume(cpu_of(vcpu));
	settle();
}

static struct model_irq *irq_of(u32 vcpu, u32 intid)
{
	return intid < VGIC_PRIVATE ? &model[vcpu].private[intid] : &spis[intid - VGIC_PRIVATE];
}

static bool is_timer(u32 intid)
{
	return intid == VGIC_TIMER_INTID || intid == VGIC_PHYSICAL_TIMER_INTID;
}

static bool is_deliverable(u32 vcpu, u32 intid)
{
	const struct model_irq *irq = irq_of(vcpu, intid);

	return !irq->active && (irq->pending || irq->line) && irq->enabled &&
	       (groups & (irq->group1 ? 2 : 1)) &&
	       (intid < VGIC_PRIVATE || irq->target == vcpu);
}

static bool is_signalled(u32 vcpu, const struct model_irq *irq)
{
	const struct fake_cpu *cpu = &fakes[cpu_of(vcpu)];

	return cpu->registers[FAKE_S3_4_C12_C11_7] &
	       (irq->group1 ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0);
}

/* The priority of the most urgent interrupt for @vcpu: of both groups, and of @group. */
static u32 best_priority(u32 vcpu, int group)
{
	u32 best = 256;

	for (u32 intid = 0; intid < INTIDS; intid++) {
		const struct model_irq *irq = irq_of(vcpu, intid);

		if (is_deliverable(vcpu, intid) && is_signalled(vcpu, irq) &&
		    (group == NOBODY || irq->group1 == group) && irq->priority < best)
			best = irq->priority;
	}
	return best;
}

static void took(u32 vcpu, u32 intid, u32 group)
{
	struct model_cpu *m = &model[vcpu];
	struct model_irq *irq = irq_of(vcpu, intid);

	irq->pending = false;
	irq->active = true;
	irq->holder = vcpu;
	m->taken[m->taken_count] = intid;
	m->taken_group[m->taken_count++] = group;
	acknowledged++;
	nested += m->taken_count > INTERFACE_LRS;
}

static void acknowledge(u32 vcpu)
{
	struct fake_cpu *cpu = &fakes[cpu_of(vcpu)];
	u32 group = random_below(4) != 0;
	u32 best = best_priority(vcpu, NOBODY), running = interface_running(cpu);
	bool due = best < interface_mask(cpu) && best / 8 * 8 < running;
	bool may_be_none = !due || best_priority(vcpu, !group) == best;
	u32 got = interface_acknowledge(cpu, group);

	if (got == INTERFACE_NONE) {
		expect(may_be_none || best_priority(vcpu, group) != best,
		       "a pending interrupt does not come", vcpu, best);
		return;
	}
	if (expect(got < INTIDS && due && is_deliverable(vcpu, got), "an interrupt that is not due",
		   vcpu, got) &&
	    expect(irq_of(vcpu, got)->priority == best && irq_of(vcpu, got)->group1 == group,
		   "not the most urgent interrupt", vcpu, got))
		took(vcpu, got, group);
	settle();
}

static void release(u32 vcpu, u32 intid)
{
	struct model_irq *irq = irq_of(vcpu, intid);

	if (irq->active && irq->holder == (int)vcpu) {
		irq->active = false;
		irq->holder = NOBODY;
	}
}

static void end(u32 vcpu)
{
	struct model_cpu *m = &model[vcpu];
	u32 cpu = cpu_of(vcpu), intid;

	if (!m->taken_count)
		return;
	intid = m->taken[--m->taken_count];
	if (interface_end(&fakes[cpu], m->taken_group[m->taken_count], intid))
		physically_active[cpu] = false;
	if (m->split)
		m->ended[m->ended_count++] = intid;
	else
		release(vcpu, intid);
	settle();
}

/* In any order. */
static void deactivate(u32 vcpu)
{
	struct model_cpu *m = &model[vcpu];
	u32 cpu = cpu_of(vcpu), at, intid;

	if (!m->ended_count)
		return;
	at = random_below(m->ended_count);
	intid = m->ended[at];
	m->ended[at] = m->ended[--m->ended_count];
	release(vcpu, intid);
	if (fakes[cpu].registers[FAKE_S3_4_C12_C11_0] & ICH_HCR_TDIR) {
		vgic_deactivate(trap(vcpu), intid);
		end_trap(vcpu);
		return;
	}
	if (interface_deactivate(&fakes[cpu], intid))
		physically_active[cpu] = false;
	settle();
}

/* EOImode changes when nothing is acknowledged or waits for its deactivation. */
static void change_mode(u32 vcpu)
{
	struct model_cpu *m = &model[vcpu];

	if (m->taken_count || m->ended_count || random_below(16))
		return;
	m->split = !m->split;
	fakes[cpu_of(vcpu)].registers[FAKE_S3_4_C12_C11_7] ^= ICH_VMCR_VEOIM;
}

enum bank {
	GROUP = 0x080, ENABLE = 0x100, DISABLE = 0x180, PEND = 0x200, UNPEND = 0x280,
	ACTIVATE = 0x300, DEACTIVATE = 0x380,
};

static u64 frame(u32 owner, u32 intid)
{
	return intid < VGIC_PRIVATE ? REDIST + owner * VGIC_REDIST_STRIDE + SGI_FRAME : DIST;
}

static u64 access_register(u32 vcpu, u64 gpa, u32 size, bool write, u64 value)
{
	vgic_mmio(trap(vcpu), gpa, size, write, &value);
	end_trap(vcpu);
	return value;
}

static void write_model(struct model_irq *irq, enum bank bank, u32 intid)
{
	switch (bank) {
	case ENABLE:
		irq->enabled = true;
		break;
	case DISABLE:
		irq->enabled = false;
		break;
	case PEND:
		irq->pending |= !is_timer(intid);
		break;
	case UNPEND:
		irq->pending = false;
		break;
	case ACTIVATE:
		irq->active = true;
		break;
	case DEACTIVATE:
		irq->active = false;
		irq->holder = NOBODY;
		break;
	case GROUP:
		irq->group1 = !irq->group1;
		break;
	}
}

/*
 * An interrupt that its CPU holds is left alone by ICACTIVER when that CPU has nested
 * others, because its ends say nothing but how many there were, or when it will still
 * deactivate by name, perhaps when another CPU holds the interrupt.
 */
static bool is_buried(const struct model_irq *irq)
{
	return irq->active && irq->holder != NOBODY &&
	       (model[irq->holder].taken_count > 1 || model[irq->holder].split);
}

/* Acknowledged and not ended: an end will name it, whoever has made it active since. */
static bool will_be_ended(u32 owner, u32 intid)
{
	for (u32 vcpu = 0; vcpu < vcpu_count; vcpu++) {
		if (intid < VGIC_PRIVATE && vcpu != owner)
			continue;
		for (u32 i = 0; i < model[vcpu].taken_count; i++)
			if (model[vcpu].taken[i] == intid)
				return true;
	}
	return false;
}

static void write_bank(u32 vcpu)
{
	static const enum bank banks[] = {
		GROUP, ENABLE, ENABLE, ENABLE, DISABLE, PEND, PEND, PEND, PEND, PEND, UNPEND,
		ACTIVATE, DEACTIVATE, DEACTIVATE, DEACTIVATE,
	};
	enum bank bank = banks[random_below(ARRAY_SIZE(banks))];
	u32 owner = random_below(vcpu_count), intid = random_intid(), word = intid / 32;
	struct model_irq *irq = irq_of(owner, intid);
	u64 value = BIT(intid % 32);

	if ((bank == DEACTIVATE && is_buried(irq)) ||
	    (bank == ACTIVATE && will_be_ended(owner, intid)))
		return;
	write_model(irq, bank, intid);
	if (bank == GROUP) {
		value = 0;
		for (u32 i = word * 32; i < MIN(INTIDS, word * 32 + 32); i++)
			value |= (u64)irq_of(owner, i)->group1 << i % 32;
	}
	access_register(vcpu, frame(owner, intid) + bank + word * 4, 4, true, value);
}

static void write_priority(u32 vcpu)
{
	u32 owner = random_below(vcpu_count), intid = random_intid();
	struct model_irq *irq = irq_of(owner, intid);
	u32 priority = random_below(32) * 8;

	/* The architecture leaves open what a change does to an active interrupt. */
	if (irq->active)
		return;
	irq->priority = priority;
	access_register(vcpu, frame(owner, intid) + 0x400 + intid, 1, true, priority);
}

static void write_target(u32 vcpu)
{
	u32 intid = VGIC_PRIVATE + random_spi(), target = random_below(vcpu_count + 1);

	irq_of(0, intid)->target = target;
	access_register(vcpu, DIST + 0x6000 + intid * 8, 8, true, target);
}

static void write_groups(u32 vcpu)
{
	groups = random_below(8) ? 3 : random_below(4);
	access_register(vcpu, DIST, 4, true, groups);
}

static u64 model_word(u32 owner, enum bank bank, u32 word)
{
	u64 value = 0;

	for (u32 intid = word * 32; intid < MIN(INTIDS, word * 32 + 32); intid++) {
		const struct model_irq *irq = irq_of(owner, intid);
		bool bit = bank == GROUP ? irq->group1 :
			   bank <= DISABLE ? irq->enabled :
			   bank <= UNPEND ? irq->pending || irq->line : irq->active;

		value |= (u64)bit << intid % 32;
	}
	return value;
}

static void read_bank(u32 vcpu)
{
	enum bank bank = GROUP + random_below(7) * 0x80;
	u32 owner = random_below(vcpu_count), word = random_below((INTIDS + 31) / 32);
	u64 got = access_register(vcpu, frame(owner, word * 32) + bank + word * 4, 4, false, 0);
	u64 differences = (u32)(got ^ model_word(owner, bank, word));

	/* gzhyp knows of the virtual timer's level only what the timer's interrupt has told. */
	if (!word && (bank == PEND || bank == UNPEND))
		differences &= ~BIT(VGIC_TIMER_INTID);
	expect(!differences, "a register tells something else", owner,
	       word * 32 + __builtin_ctzl(differences | BIT(63)));
}

static void send_sgi(u32 vcpu)
{
	u32 intid = first_used ? 1 : random_below(16), targets = random_below(1U << vcpu_count);
	bool all = !random_below(4);

	for (u32 target = 0; target < vcpu_count; target++)
		if (all ? target != vcpu : targets >> target & 1)
			model[target].private[intid].pending = true;
	vgic_send_sgi(trap(vcpu), (u64)intid << 24 | (all ? BIT(40) : targets));
	end_trap(vcpu);
}

/* From the host, on whatever CPU. */
static void raise_spi(u32 vcpu)
{
	u32 spi = random_spi();

	spis[spi].pending = true;
	trap(vcpu);
	vgic_irq_line(vm, spi, 1);
	end_trap(vcpu);
}

static void change_interface(u32 vcpu)
{
	struct fake_cpu *cpu = &fakes[cpu_of(vcpu)];
	u64 *vmcr = &cpu->registers[FAKE_S3_4_C12_C11_7];

	switch (random_below(3)) {
	case 0:
		interface_set_mask(cpu, random_below(4) ? 0xf8 : random_below(32) * 8);
		break;
	case 1:
		*vmcr ^= ICH_VMCR_VENG0;
		break;
	default:
		*vmcr = random_below(4) ? *vmcr | ICH_VMCR_VENG1 : *vmcr & ~ICH_VMCR_VENG1;
	}
	settle();
}

static void change_virtual_timer(u32 vcpu)
{
	struct model_irq *irq = irq_of(vcpu, VGIC_TIMER_INTID);

	trap(vcpu);
	irq->line = !irq->line;
	fake_cpu->registers[FAKE_cntv_ctl_el0] =
		irq->line ? CNTV_CTL_ENABLE | CNTV_CTL_ISTATUS : 0;
	end_trap(vcpu);
}

static void change_physical_timer(u32 vcpu)
{
	struct model_irq *irq = irq_of(vcpu, VGIC_PHYSICAL_TIMER_INTID);
	struct vcpu *v = trap(vcpu);

	irq->line = !irq->line;
	v->physical_timer_ctl = irq->line ? CNTV_CTL_ENABLE : 0;
	timer_physical_changed(v);
	end_trap(vcpu);
}

/* Two vCPUs leave and enter again, each where the other was. */
static void swap(u32 vcpu)
{
	u32 a = cpu_of(vcpu), b = random_below(vcpu_count);
	struct vcpu *first = runs[a], *second = runs[b];
	u32 pair[2] = { a, b };
	struct vcpu *enters[2] = { second, first };

	if (a == b)
		return;
	for (u32 i = 0; i < 2; i++) {
		switch_to(pair[i]);
		vgic_sync(runs[pair[i]]);
		vgic_unload(runs[pair[i]]);
		timer_unload(runs[pair[i]]);
	}
	for (u32 i = 0; i < 2; i++) {
		struct vcpu *v = enters[i];
		bool asserted = model[v->id].private[VGIC_TIMER_INTID].line;

		switch_to(pair[i]);
		runs[pair[i]] = v;
		timer_load(v);
		fake_cpu->registers[FAKE_cntv_ctl_el0] =
			asserted ? CNTV_CTL_ENABLE | CNTV_CTL_ISTATUS : 0;
		vgic_load(v);
		resume(pair[i]);
	}
	settle();
}

/* An SPI that preempts whatever @vcpu has acknowledged. */
static void preempt(u32 vcpu)
{
	u32 running = interface_running(&fakes[cpu_of(vcpu)]);
	u32 intid = VGIC_PRIVATE + random_spi();
	u32 priority = running == INTERFACE_IDLE ? 0xf0 : running - 8;
	struct model_irq *irq = irq_of(vcpu, intid);

	if (irq->active || running < 8)
		return;
	irq->priority = priority;
	irq->target = vcpu;
	irq->enabled = irq->pending = true;
	access_register(vcpu, DIST + 0x400 + intid, 1, true, priority);
	access_register(vcpu, DIST + 0x6000 + intid * 8, 8, true, vcpu);
	access_register(vcpu, DIST + ENABLE + intid / 32 * 4, 4, true, BIT(intid % 32));
	access_register(vcpu, DIST + PEND + intid / 32 * 4, 4, true, BIT(intid % 32));
	acknowledge(vcpu);
	/* Once more, while it is active: due as soon as it has ended. */
	if (random_below(2)) {
		irq->pending = true;
		access_register(vcpu, DIST + PEND + intid / 32 * 4, 4, true, BIT(intid % 32));
	}
}

/* A guest that handles one interrupt after the other and never traps by itself. */
static void drain(u32 vcpu)
{
	while (model[vcpu].taken_count)
		end(vcpu);
	for (u32 i = 0; i < 2 * INTERFACE_LRS; i++) {
		acknowledge(vcpu);
		end(vcpu);
	}
}

static void operate(void)
{
	static void (*const operations[])(u32 vcpu) = {
		write_bank, write_bank, write_bank, write_bank, write_priority, write_target,
		write_groups, read_bank, read_bank, read_bank, send_sgi, raise_spi, raise_spi,
		change_interface, change_virtual_timer, change_physical_timer, swap, change_mode,
		acknowledge, acknowledge, acknowledge, acknowledge, acknowledge, acknowledge,
		acknowledge, end, end, end, deactivate, deactivate, deactivate,
		preempt, preempt, preempt, preempt, preempt, preempt, preempt, preempt, drain,
	};

	operations[random_below(ARRAY_SIZE(operations))](random_below(vcpu_count));
}

static void create(u32 count)
{
	vm = calloc(1, sizeof(*vm));
	memset(spis, 0, sizeof(spis));
	memset(model, 0, sizeof(model));
	memset(fakes, 0, sizeof(fakes));
	memset(cpus, 0, sizeof(cpus));
	memset(physically_active, 0, sizeof(physically_active));
	vgic_init_vm(vm);
	vm->vgic.dist_gpa = DIST;
	vm->vgic.redist_gpa = REDIST;
	vcpu_count = count;
	groups = 0;
	for (u32 i = 0; i < SPIS; i++)
		spis[i].holder = NOBODY;
	for (u32 i = 0; i < count; i++) {
		for (u32 intid = 0; intid < VGIC_PRIVATE; intid++)
			model[i].private[intid].holder = NOBODY;
		vcpus[i] = calloc(1, sizeof(*vcpus[i]));
		vcpus[i]->vm = vm;
		vcpus[i]->id = i;
		vcpus[i]->run = (u64)run_areas[i];
		vgic_init_vcpu(vcpus[i]);
		vm->vcpus[i] = vcpus[i];
		runs[i] = vcpus[i];
		cpus[i].index = i;
		cpus[i].gicr = (u64)redistributors[i];
		fakes[i].registers[FAKE_S3_4_C12_C11_1] = INTERFACE_LRS - 1;
		switch_to(i);
		timer_load(vcpus[i]);
		vgic_load(vcpus[i]);
		resume(i);
		interface_set_mask(&fakes[i], 0xf8);
	}
}

static void destroy(void)
{
	for (u32 i = 0; i < vcpu_count; i++)
		free(vcpus[i]);
	free(vm);
}

static void test(u32 count, u32 spis_used)
{
	bool few = spis_used < INTERFACE_LRS;

	wrong = acknowledged = nested = displaced_seen = 0;
	first_used = few ? VGIC_PRIVATE : 0;
	end_used = VGIC_PRIVATE + spis_used;
	create(count);
	for (operation = 0; operation < OPERATIONS && wrong < 10; operation++)
		operate();
	destroy();
	diag("%lu acknowledged, %lu deeper than there are list registers, %lu entries without room",
	     acknowledged, nested, displaced_seen);
	ok(!wrong, "%lu operations on a GIC with %u vCPUs and %u SPIs come out as by the model",
	   OPERATIONS, count, spis_used);
	ok(acknowledged > OPERATIONS / (few ? 100 : 50) &&
	   (few || (nested > 50 && displaced_seen > 1000)),
	   "interrupts come%s", few ? "" : " and nest, more than there are list registers");
}

int main(void)
{
	alarm(PATIENCE);
	test(1, SPIS);
	test(2, SPIS);
	test(MAX_VCPUS, SPIS);
	test(1, FEW_SPIS);
	test(MAX_VCPUS, FEW_SPIS);
	return tap_done();
}
