// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole guests with up to 8 vCPUs, on all CPUs of the host. Nobody owns a vCPU: every
 * CPU goes through all of them in turns, each a little ahead of the one before, so vCPUs
 * are preempted and move between CPUs all the time. A vCPU is taken by one CPU until it
 * has served the exit.
 */
#include "host.h"

#define UART_DATA_REGISTER	0UL
#define TICKS			100000UL	/* 1.6 ms */
#define PATIENCE_SECONDS	120UL
#define GIC_DISTRIBUTOR		0x08000000UL
#define GIC_REDISTRIBUTOR	0x080a0000UL

static struct guest *running;
static u32 running_count;
static u64 give_up_at;

static u64 now(void)
{
	u64 value;

	asm volatile("isb; mrs %0, cntpct_el0" : "=r"(value));
	return value;
}

static u64 frequency(void)
{
	u64 value;

	asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
	return value;
}

static u64 run_area(const struct guest *guest, u32 vcpu)
{
	return guest->machine.memory + (GUEST_PAGES + 2 * vcpu) * PAGE_BYTES;
}

static s32 create_device(const struct guest *guest, u32 type, u64 gpa, u64 bytes)
{
	/* The page after all run areas. */
	volatile struct gzvm_create_device *device =
		(volatile struct gzvm_create_device *)run_area(guest, GZVM_MAX_VCPUS);

	device->dev_type = type;
	device->id = 0;
	device->flags = 0;
	device->dev_addr = gpa;
	device->dev_reg_size = bytes;
	return hvc(GZVM_HVC_CREATE_DEVICE, guest->machine.vm, (u64)device, 0, 0, 0);
}

static void load(const struct guest *guest, const u64 *image, const u64 *end)
{
	volatile u64 *memory = (volatile u64 *)guest->machine.memory;

	while (image < end)
		*memory++ = *image++;
	asm volatile("dsb sy; ic iallu; dsb sy; isb" : : : "memory");
}

bool guest_create(struct guest *guest, u64 pa, const u64 *image, const u64 *end, u32 vcpus)
{
	s32 status = 0;

	guest->vcpus = vcpus;
	guest->console_bytes = 0;
	guest->event = GUEST_RUNS;
	guest->moves = 0;
	for (u32 i = 0; i < vcpus; i++) {
		guest->last_cpu[i] = 0;
		guest->taken[i] = 0;
	}
	if (!machine_create(&guest->machine, pa, GUEST_PAGES))
		return false;
	for (u32 i = 1; i < vcpus; i++)
		status |= hvc(GZVM_HVC_CREATE_VCPU, gzvm_hvc_tuple(guest->machine.vm, i),
			      run_area(guest, i), 0, 0, 0);
	status |= create_device(guest, GZVM_DEV_TYPE_ARM_VGIC_V3_DIST, GIC_DISTRIBUTOR, 0x10000);
	status |= create_device(guest, GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST, GIC_REDISTRIBUTOR,
				0x20000 * vcpus);
	status |= hvc(GZVM_HVC_ENABLE_CAP, guest->machine.vm, GZVM_CAP_ENABLE_IDLE, 0, 0, 0);
	status |= machine_set(&guest->machine, GZVM_CORE_PC, MACHINE_GPA);
	status |= machine_set(&guest->machine, GZVM_CORE_PSTATE, 0x3c5);
	load(guest, image, end);
	return !status;
}

void guest_destroy(struct guest *guest)
{
	for (u32 i = 1; i < guest->vcpus; i++)
		hvc(GZVM_HVC_DESTROY_VCPU, gzvm_hvc_tuple(guest->machine.vm, i), 0, 0, 0, 0);
	machine_destroy(&guest->machine);
}

static bool serve_mmio(struct guest *guest, struct gzvm_vcpu_run *run)
{
	volatile u64 *data = (volatile u64 *)run->mmio.data;

	if (run->mmio.phys_addr < UART_BASE || run->mmio.phys_addr >= UART_BASE + PAGE_BYTES)
		return false;
	if (!run->mmio.is_write)
		*data = 0;
	else if (run->mmio.phys_addr == UART_BASE + UART_DATA_REGISTER &&
		 guest->console_bytes < sizeof(guest->console) - 1)
		guest->console[guest->console_bytes++] = (char)*data;
	return true;
}

static u32 serve_exit(struct guest *guest, struct gzvm_vcpu_run *run)
{
	switch (run->exit_reason) {
	case GZVM_EXIT_IRQ:
	case GZVM_EXIT_GZ:
	case GZVM_EXIT_IDLE:
	case GZVM_EXIT_IPI:
		return GUEST_RUNS;
	case GZVM_EXIT_MMIO:
		return serve_mmio(guest, run) ? GUEST_RUNS : GUEST_FAILED;
	case GZVM_EXIT_SYSTEM_EVENT:
		return run->system_event.type == GZVM_SYSTEM_EVENT_SHUTDOWN ? GUEST_POWERED_OFF :
		       run->system_event.type == GZVM_SYSTEM_EVENT_RESET ? GUEST_RESET :
		       GUEST_FAILED;
	default:
		return GUEST_FAILED;
	}
}

/* Exclusives on Device memory work here: an emulator has no caches. */
static bool take(struct guest *guest, u32 vcpu)
{
	return !__atomic_exchange_n(&guest->taken[vcpu], 1, __ATOMIC_ACQUIRE);
}

static void give_back(struct guest *guest, u32 vcpu)
{
	__atomic_store_n(&guest->taken[vcpu], 0, __ATOMIC_RELEASE);
}

static void run_vcpu(struct guest *guest, u32 vcpu, u64 ticks)
{
	struct call call = {
		.x = { GZVM_HVC_ID(GZVM_HVC_RUN), gzvm_hvc_tuple(guest->machine.vm, vcpu) },
	};
	u64 area = vcpu ? run_area(guest, vcpu) : guest->machine.run;
	u32 event = GUEST_FAILED;

	tick_start(ticks);
	hypercall(&call);
	tick_stop();
	if (!(s32)call.x[0])
		event = serve_exit(guest, (struct gzvm_vcpu_run *)area);
	guest->moves += guest->last_cpu[vcpu] != host_this_cpu();
	guest->last_cpu[vcpu] = host_this_cpu();
	if (event != GUEST_RUNS)
		guest->event = event;
}

static bool all_ended(void)
{
	for (u32 i = 0; i < running_count; i++)
		if (running[i].event == GUEST_RUNS)
			return false;
	return true;
}

static void take_turns(void)
{
	u32 turn = host_this_cpu();

	while (!all_ended() && now() < give_up_at) {
		for (u32 i = 0; i < running_count; i++) {
			struct guest *guest = &running[i];

			u32 vcpu = turn % guest->vcpus;

			if (guest->event != GUEST_RUNS || !take(guest, vcpu))
				continue;
			run_vcpu(guest, vcpu, TICKS + turn % 7 * 1000);
			give_back(guest, vcpu);
		}
		turn++;
	}
}

void guests_run(struct guest *guests, u32 count)
{
	running = guests;
	running_count = count;
	give_up_at = now() + PATIENCE_SECONDS * frequency();
	for (u32 cpu = 1; cpu < host_cpus(); cpu++)
		host_start_cpu(cpu, take_turns);
	take_turns();
	host_join();
}

u32 guest_lines(const struct guest *guest, const char *start)
{
	u32 count = 0;

	for (u32 at = 0; at < guest->console_bytes; at++) {
		u32 i = 0;

		if (at && guest->console[at - 1] != '\n')
			continue;
		while (start[i] && at + i < guest->console_bytes &&
		       guest->console[at + i] == start[i])
			i++;
		count += !start[i];
	}
	return count;
}

void guest_show_console(struct guest *guest)
{
	guest->console[guest->console_bytes] = 0;
	print("# console:\n");
	print(guest->console);
	print("# event ");
	print_number(guest->event);
	print(", exit reason of vCPU 0 ");
	print_hex(machine_exit(&guest->machine)->exit_reason);
	print("\n");
}
