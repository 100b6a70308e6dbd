// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI 1.1 (Arm DEN 0022) and SMCCC (DEN 0028) by return codes, by HVC and by SMC. Ends
 * with SYSTEM_RESET2.
 */
#include "gic_check.h"
#include "timer.h"

#define VERSION			0x84000000u
#define CPU_SUSPEND32		0x84000001u
#define CPU_SUSPEND64		0xc4000001u
#define CPU_OFF			0x84000002u
#define CPU_ON32		0x84000003u
#define CPU_ON64		0xc4000003u
#define AFFINITY_INFO32		0x84000004u
#define AFFINITY_INFO64		0xc4000004u
#define MIGRATE			0x84000005u
#define MIGRATE_INFO_TYPE	0x84000006u
#define MIGRATE_INFO_UP_CPU	0x84000007u
#define SYSTEM_OFF		0x84000008u
#define SYSTEM_RESET		0x84000009u
#define FEATURES		0x8400000au
#define CPU_FREEZE		0x8400000bu
#define SYSTEM_SUSPEND		0xc400000eu
#define SYSTEM_RESET2_32	0x84000012u
#define SYSTEM_RESET2_64	0xc4000012u
#define SMCCC_VERSION		0x80000000u
#define SMCCC_ARCH_FEATURES	0x80000001u
#define SMCCC_WORKAROUND_1	0x80008000u
#define VENDOR_UID		0x8600ff01u
#define VENDOR_FEATURES		0x86000000u

#define SUCCESS			0
#define NOT_SUPPORTED		(-1)
#define INVALID_PARAMETERS	(-2)
#define ALREADY_ON		(-4)
#define ON_PENDING		(-5)
#define INVALID_ADDRESS		(-9)
#define POWER_DOWN		0x10000u
#define GARBAGE			0xdead00000000ull
#define UNMAPPED		0x0c000000ul
/* x4 to x17 survive a call (SMCCC 1.1). */
#define KEPT			0x5aa5

void psci(void);

extern char secondary_entry[] __attribute__((visibility("hidden")));
static volatile unsigned int alive[MAX_CPUS];

/** struct results - x0 to x3 after a call */
struct results {
	uint64_t x[4];
};

#define CALL(instruction) \
	register uint64_t x0 __asm__("x0") = function;				\
	register uint64_t x1 __asm__("x1") = a1;				\
	register uint64_t x2 __asm__("x2") = a2;				\
	register uint64_t x3 __asm__("x3") = a3;				\
	register uint64_t x4 __asm__("x4") = KEPT;				\
	register uint64_t x17 __asm__("x17") = KEPT + 1;			\
	__asm__ volatile(instruction : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4),	\
			 "+r"(x17) : : "memory");				\
	if (x4 != KEPT || x17 != KEPT + 1)					\
		fail("psci", "x4 or x17 after the call", function);		\
	return (struct results){ { x0, x1, x2, x3 } }

static struct results by_hvc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	CALL("hvc #0");
}

static struct results by_smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	CALL("smc #0");
}

static int32_t call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	return by_hvc(function, a1, a2, a3).x[0];
}

/** struct row - a call that returns at once */
struct row {
	uint32_t function;
	uint64_t a1, a2, a3;
	int32_t expected;
};

static const struct row rows[] = {
	{ VERSION, 0, 0, 0, 0x10001 },
	{ VERSION | 0x40000000, 0, 0, 0, NOT_SUPPORTED },
	{ MIGRATE, 0, 0, 0, NOT_SUPPORTED },
	{ MIGRATE_INFO_TYPE, 0, 0, 0, 2 },
	{ MIGRATE_INFO_UP_CPU, 0, 0, 0, NOT_SUPPORTED },
	{ CPU_FREEZE, 0, 0, 0, NOT_SUPPORTED },
	{ SYSTEM_SUSPEND, UNMAPPED, 0, 0, NOT_SUPPORTED },
	{ FEATURES, VERSION, 0, 0, SUCCESS },
	{ FEATURES, CPU_SUSPEND32, 0, 0, SUCCESS },
	{ FEATURES, CPU_SUSPEND64, 0, 0, SUCCESS },
	{ FEATURES, CPU_OFF, 0, 0, SUCCESS },
	{ FEATURES, CPU_ON32, 0, 0, SUCCESS },
	{ FEATURES, CPU_ON64, 0, 0, SUCCESS },
	{ FEATURES, AFFINITY_INFO32, 0, 0, SUCCESS },
	{ FEATURES, AFFINITY_INFO64, 0, 0, SUCCESS },
	{ FEATURES, MIGRATE_INFO_TYPE, 0, 0, SUCCESS },
	{ FEATURES, SYSTEM_OFF, 0, 0, SUCCESS },
	{ FEATURES, SYSTEM_RESET, 0, 0, SUCCESS },
	{ FEATURES, FEATURES, 0, 0, SUCCESS },
	{ FEATURES, GARBAGE | FEATURES, 0, 0, SUCCESS },
	{ FEATURES, SYSTEM_RESET2_32, 0, 0, SUCCESS },
	{ FEATURES, SYSTEM_RESET2_64, 0, 0, SUCCESS },
	{ FEATURES, SMCCC_VERSION, 0, 0, SUCCESS },
	{ FEATURES, MIGRATE, 0, 0, NOT_SUPPORTED },
	{ FEATURES, CPU_FREEZE, 0, 0, NOT_SUPPORTED },
	{ FEATURES, SYSTEM_SUSPEND, 0, 0, NOT_SUPPORTED },
	{ FEATURES, SMCCC_WORKAROUND_1, 0, 0, NOT_SUPPORTED },
	{ FEATURES, VENDOR_FEATURES, 0, 0, NOT_SUPPORTED },
	{ FEATURES, 0xffffffff, 0, 0, NOT_SUPPORTED },
	{ AFFINITY_INFO32, 0, 0, 0, PSCI_ON },
	{ AFFINITY_INFO64, 0, 0, 0, PSCI_ON },
	{ AFFINITY_INFO32, GARBAGE, 0, 0, PSCI_ON },
	{ AFFINITY_INFO64, 0, 1, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0, 2, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0, 3, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0, 4, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, MAX_CPUS, 0, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0x100, 0, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0x10000, 0, 0, INVALID_PARAMETERS },
	{ AFFINITY_INFO64, 0x100000000, 0, 0, INVALID_PARAMETERS },
	{ CPU_ON64, 0, UART_BASE, 0, INVALID_ADDRESS },
	{ CPU_ON64, 0, 0x40200000, 0, ALREADY_ON },
	{ CPU_ON32, GARBAGE, 0x40200000, 0, ALREADY_ON },
	{ CPU_ON64, MAX_CPUS, 0x40200000, 0, INVALID_PARAMETERS },
	{ CPU_ON64, 0x100, 0x40200000, 0, INVALID_PARAMETERS },
	{ CPU_ON64, 0x100000000, 0x40200000, 0, INVALID_PARAMETERS },
	{ SYSTEM_RESET2_32, 1, 0, 0, INVALID_PARAMETERS },
	{ SYSTEM_RESET2_64, 1, 0, 0, INVALID_PARAMETERS },
	{ SYSTEM_RESET2_64, 0x7fffffff, 0, 0, INVALID_PARAMETERS },
	{ SMCCC_VERSION, 0, 0, 0, 0x10001 },
	{ SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0, SUCCESS },
	{ SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0, SUCCESS },
	{ SMCCC_ARCH_FEATURES, SMCCC_WORKAROUND_1, 0, 0, NOT_SUPPORTED },
	{ SMCCC_WORKAROUND_1, 0, 0, 0, NOT_SUPPORTED },
	{ 0, 0, 0, 0, NOT_SUPPORTED },
	{ 0xffffffff, 0, 0, 0, NOT_SUPPORTED },
	{ 0xc6000002, 0, 0, 0, NOT_SUPPORTED },
	{ 0xc6000005, 0, 0, 0, NOT_SUPPORTED },
	{ 0x84000013, 0, 0, 0, NOT_SUPPORTED },
	{ 0x8400001f, 0, 0, 0, NOT_SUPPORTED },
};

static void expect_row(const struct row *row, int32_t got)
{
	if (got == row->expected)
		return;
	put_string("# function ");
	put_hex(row->function);
	put_string(" of ");
	put_hex(row->a1);
	put_string("\n");
	fail("psci", "the wrong answer", (uint32_t)got);
}

static void test_rows(void)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		expect_row(row, by_hvc(row->function, row->a1, row->a2, row->a3).x[0]);
		expect_row(row, by_smc(GARBAGE << 8 | row->function, row->a1, row->a2,
				       row->a3).x[0]);
	}
	pass("psci", "calls that return at once, by HVC and SMC");
}

static void test_uid(void)
{
	/* KVM's, by which Linux knows whose vendor calls there are. */
	struct results uid = by_hvc(VENDOR_UID, 0, 0, 0);

	if ((uint32_t)uid.x[0] != 0xb66fb428 || (uint32_t)uid.x[1] != 0xe911c52e ||
	    (uint32_t)uid.x[2] != 0x564bcaa9 || (uint32_t)uid.x[3] != 0x743a004d)
		fail("psci", "the UID of vendor calls", uid.x[0]);
	expect("psci", "the features of vendor calls", by_hvc(VENDOR_FEATURES, 0, 0, 0).x[0], 3);
	pass("psci", "vendor calls have KVM's UID");
}

/* The timer's interrupt ends every kind of suspend, and the call comes back. */
static void test_suspend(void)
{
	static const uint32_t functions[] = { CPU_SUSPEND32, CPU_SUSPEND64 };

	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_private(0, GIC_TIMER_INTID);
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t deadline = counter() + counter_frequency() / 50;

		timer_set_deadline(deadline);
		timer_control(TIMER_ENABLE);
		expect("psci", "CPU_SUSPEND",
		       call(functions[i / 2], i % 2 ? POWER_DOWN : 0, UNMAPPED, 0), SUCCESS);
		gic_take("psci", "the timer after CPU_SUSPEND", GIC_TIMER_INTID);
		timer_control(0);
		gic_end(GIC_TIMER_INTID);
	}
	pass("psci", "CPU_SUSPEND waits for an interrupt and comes back");
}

void secondary_main(uint64_t context)
{
	unsigned int cpu;
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	cpu = mpidr & 0xff;
	if (context != cpu)
		fail("psci", "the context of CPU_ON", context);
	expect("psci", "VERSION elsewhere", call(VERSION, 0, 0, 0), 0x10001);
	expect("psci", "CPU_ON of oneself", call(CPU_ON64, cpu, 0x40200000, 0), ALREADY_ON);
	expect("psci", "CPU_ON of the boot CPU", call(CPU_ON64, 0, 0x40200000, 0), ALREADY_ON);
	expect("psci", "AFFINITY_INFO of oneself", call(AFFINITY_INFO64, cpu, 0, 0), PSCI_ON);
	alive[cpu]++;
	/* The boot CPU has asked for our state. */
	while (alive[cpu] & 1)
		;
	stop_cpu();
}

static void wait_for_off(unsigned int cpu)
{
	while (call(AFFINITY_INFO32, cpu, 0, 0) != PSCI_OFF)
		;
}

static void expect_coming_or_on(int32_t status)
{
	if (status != ON_PENDING && status != ALREADY_ON)
		fail("psci", "the second CPU_ON", (uint32_t)status);
}

static void test_cpu(unsigned int cpu)
{
	uint64_t entry = (uint64_t)secondary_entry;

	expect("psci", "CPU_ON at an odd address", call(CPU_ON64, cpu, entry + 2, 0),
	       INVALID_ADDRESS);
	expect("psci", "CPU_ON where no memory is", call(CPU_ON64, cpu, UNMAPPED, 0),
	       INVALID_ADDRESS);
	expect("psci", "AFFINITY_INFO after refusals", call(AFFINITY_INFO64, cpu, 0, 0), PSCI_OFF);
	expect("psci", "CPU_ON", call(CPU_ON64, cpu, entry, cpu), SUCCESS);
	expect_coming_or_on(call(CPU_ON64, cpu, entry, cpu));
	while (!(alive[cpu] & 1))
		;
	expect("psci", "AFFINITY_INFO of a CPU that runs", call(AFFINITY_INFO64, cpu, 0, 0),
	       PSCI_ON);
	expect("psci", "CPU_ON of a CPU that runs", call(CPU_ON64, cpu, entry, cpu), ALREADY_ON);
	alive[cpu]++;
	wait_for_off(cpu);
}

/* By the 32-bit call, which ignores the upper halves. */
static void test_second_life(unsigned int cpu)
{
	expect("psci", "CPU_ON by the 32-bit call",
	       call(CPU_ON32, GARBAGE | cpu, GARBAGE | (uint64_t)secondary_entry, GARBAGE | cpu),
	       SUCCESS);
	while (!(alive[cpu] & 1))
		;
	alive[cpu]++;
	wait_for_off(cpu);
}

void psci(void)
{
	unsigned int cpu;

	test_rows();
	test_uid();
	test_suspend();
	for (cpu = 1; cpu < MAX_CPUS && cpu_state(cpu) == PSCI_OFF; cpu++) {
		test_cpu(cpu);
		test_second_life(cpu);
	}
	put_decimal(cpu);
	put_string(" CPUs\n");
	pass("psci", "CPUs go on and off, and tell so");
	call(SYSTEM_RESET2_64, 0, 0, 0);
	fail("psci", "SYSTEM_RESET2 came back", 0);
}
