// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs every bare-metal guest and checks what the host saw: who rang, which
 * accesses reached user space, how often a vCPU left the kernel, how it ended.
 * Usage: guests_test [directory of the guests]
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "tap.h"

#define RAM_BYTES	(16ULL << 20)
#define TIMEOUT_MS	60000
#define ANY_RETURNS	(-1)
#define MAX_ROWS	12

struct expected_doorbell {
	struct machine_doorbell doorbell;
	uint64_t rings;
};

/**
 * struct guest_case - a guest and what is expected of it
 * @guest: its name, without ".bin"
 * @cpus: vCPUs, 0 means 1
 * @interrupts: raised while it runs, ends with gsi 0
 * @timeout_ms: 0 means TIMEOUT_MS
 * @outcome: how it ends
 * @passes: "PASS" lines on the console
 * @returns: of GZVM_RUN on vCPU 0, or ANY_RETURNS
 * @doorbells: ends with length 0xff
 * @accesses: in order, ends with size 0
 */
struct guest_case {
	const char *guest;
	unsigned int cpus;
	struct machine_interrupt interrupts[2];
	unsigned int timeout_ms;
	enum machine_outcome outcome;
	unsigned int passes;
	long returns;
	struct expected_doorbell doorbells[MAX_ROWS];
	struct machine_access accesses[MAX_ROWS];
};

#define ANY(a, l, n) { { .address = (a), .length = (l) }, (n) }
#define DATA(a, l, v, n) { { .address = (a), .length = (l), .match = true, .data = (v) }, (n) }
#define LAST_DOORBELL { { .length = 0xff }, 0 }
#define WRITE(a, s, v) { .address = (a), .size = (s), .data = (v), .is_write = true }
#define READ(a, s) { .address = (a), .size = (s) }

#define WILDCARD	ANY(0x0b000000, 4, 3)
#define DATAMATCH	DATA(0x0b000010, 4, 0x51, 5)
#define WRONG_WIDTH	ANY(0x0b000020, 4, 0)
#define WRONG_DATA	DATA(0x0b000030, 4, 1, 0)
#define LOADED		ANY(0x0b000040, 4, 0)
#define SHARED_ONE	DATA(0x0b000050, 4, 1, 3)
#define SHARED_TWO	DATA(0x0b000050, 4, 2, 5)
#define ANY_LENGTH	ANY(0x0b000060, 0, 4)
#define STORM		ANY(0x0b000070, 4, 10000)

#define WRONG_WIDTH_ACCESSES \
	WRITE(0x0b000020, 1, 0x11), WRITE(0x0b000020, 2, 0x2222), \
	WRITE(0x0b000020, 8, 0x8888888888888888)
#define WRONG_DATA_ACCESSES \
	WRITE(0x0b000030, 4, 0), WRITE(0x0b000030, 4, 2), \
	WRITE(0x0b000030, 4, 0x80000001), WRITE(0x0b000030, 4, 0xffffffff)
#define READ_ACCESSES \
	READ(0x0b000040, 1), READ(0x0b000040, 2), READ(0x0b000040, 4), READ(0x0b000040, 8)

#define DOORBELL_CASE(name, pass_lines, ...) \
	.guest = (name), .passes = (pass_lines), .returns = ANY_RETURNS, \
	.doorbells = { __VA_ARGS__, LAST_DOORBELL }
#define PASSES_CASE(name, pass_lines) \
	.guest = (name), .passes = (pass_lines), .returns = ANY_RETURNS, \
	.doorbells = { LAST_DOORBELL }
#define PLAIN_CASE(name) PASSES_CASE(name, 1)
#define ENDING_CASE(name, how) \
	.guest = (name), .outcome = (how), .returns = ANY_RETURNS, .doorbells = { LAST_DOORBELL }

static const struct guest_case cases[] = {
	{ PLAIN_CASE("hello") },
	{ DOORBELL_CASE("doorbell_wildcard", 1, WILDCARD) },
	{ DOORBELL_CASE("doorbell_datamatch", 1, DATAMATCH) },
	{ DOORBELL_CASE("doorbell_wrong_width", 1, WRONG_WIDTH),
	  .accesses = { WRONG_WIDTH_ACCESSES } },
	{ DOORBELL_CASE("doorbell_wrong_data", 1, WRONG_DATA),
	  .accesses = { WRONG_DATA_ACCESSES } },
	{ DOORBELL_CASE("doorbell_read", 1, LOADED),
	  .accesses = { READ_ACCESSES } },
	{ DOORBELL_CASE("doorbell_shared_address", 1, SHARED_ONE, SHARED_TWO) },
	{ DOORBELL_CASE("doorbell_any_length", 1, ANY_LENGTH) },
	{ DOORBELL_CASE("doorbells", 8, WILDCARD, DATAMATCH, WRONG_WIDTH, WRONG_DATA, LOADED,
			SHARED_ONE, SHARED_TWO, ANY_LENGTH, STORM),
	  .accesses = { WRONG_WIDTH_ACCESSES, WRONG_DATA_ACCESSES, READ_ACCESSES } },
	{ PLAIN_CASE("mmio_load") },
	{ PLAIN_CASE("timer") },
	{ PLAIN_CASE("timer_level") },
	{ PLAIN_CASE("gic_spi"), .interrupts = { { .gsi = 20, .at_ms = 300 } } },
	{ PLAIN_CASE("gic_spi"), .interrupts = { { .gsi = 20, .at_ms = 300, .by_irqfd = true } } },
	{ PLAIN_CASE("gic_spi"), .interrupts = { { .gsi = 20, .at_ms = 0, .by_irqfd = true } } },
	{ PLAIN_CASE("gic_spi"), .interrupts = { { .gsi = 20, .at_ms = 300, .by_irqfd = true,
						   .resample = true, .ends = 1 } } },
	{ PLAIN_CASE("smp"), .cpus = 1 },
	{ PLAIN_CASE("smp"), .cpus = 2 },
	{ PLAIN_CASE("smp"), .cpus = 4 },
	{ PLAIN_CASE("smp"), .cpus = 8 },
	{ PASSES_CASE("gic_priority", 8) },
	{ PASSES_CASE("gic_state", 7), .cpus = 2 },
	{ PASSES_CASE("gic_fuzz", 1), .cpus = 2 },
	{ PASSES_CASE("sgi_all", 1), .cpus = 8 },
	{ PASSES_CASE("wake_ups", 2), .cpus = 2 },
	{ PASSES_CASE("timers", 8), .cpus = 4 },
	{ PASSES_CASE("psci", 4), .cpus = 1, .outcome = MACHINE_RESET },
	{ PASSES_CASE("psci", 4), .cpus = 8, .outcome = MACHINE_RESET },
	{ PLAIN_CASE("power_reset"), .outcome = MACHINE_RESET },
	{ ENDING_CASE("crash", MACHINE_CRASHED) },
	{ ENDING_CASE("unmapped_read", MACHINE_UNMAPPED) },
	{ ENDING_CASE("unmapped_write", MACHINE_UNMAPPED) },
	{ ENDING_CASE("spin", MACHINE_TIMED_OUT), .timeout_ms = 1000 },
};

/* The one case that is told how often GZVM_RUN may return: for the power-off only. */
static const struct guest_case storm_case = {
	.guest = "doorbell_storm",
	.returns = 1,
	.doorbells = { STORM, LAST_DOORBELL },
};

static const char *guest_directory;

static unsigned int count_lines(const char *text, const char *start)
{
	unsigned int count = 0;

	for (const char *line = text; *line; line++)
		if ((line == text || line[-1] == '\n') && !strncmp(line, start, strlen(start)))
			count++;
	return count;
}

static bool check(bool right, const char *what, unsigned long long got,
		  unsigned long long expected)
{
	if (!right)
		diag("%s: got 0x%llx, expected 0x%llx", what, got, expected);
	return right;
}

#define EXPECT(what, got, expected) check((got) == (expected), (what), (got), (expected))

static bool check_doorbells(const struct machine *m, const struct guest_case *c)
{
	bool right = true;

	for (unsigned int i = 0; i < m->doorbell_count; i++) {
		const struct machine_doorbell *d = &m->doorbells[i];
		uint64_t rings = c->doorbells[i].rings;
		char name[64];

		snprintf(name, sizeof(name), "rings of 0x%llx/%u by the kernel",
			 (unsigned long long)d->address, d->length);
		right &= EXPECT(name, d->kernel_rings, d->in_kernel ? rings : 0);
		snprintf(name, sizeof(name), "rings of 0x%llx/%u by user space",
			 (unsigned long long)d->address, d->length);
		right &= EXPECT(name, d->user_rings, d->in_kernel ? 0 : rings);
	}
	return right;
}

static bool check_accesses(const struct machine *m, const struct guest_case *c)
{
	unsigned int expected = 0;
	bool right = true;

	while (expected < MAX_ROWS && c->accesses[expected].size)
		expected++;
	right &= EXPECT("accesses without a doorbell", m->access_count, expected);
	for (unsigned int i = 0; i < m->access_count && i < expected; i++) {
		right &= EXPECT("address", m->accesses[i].address, c->accesses[i].address);
		right &= EXPECT("width", m->accesses[i].size, c->accesses[i].size);
		right &= EXPECT("data", m->accesses[i].data, c->accesses[i].data);
		right &= EXPECT("store", m->accesses[i].is_write, c->accesses[i].is_write);
	}
	return right;
}

static bool check_interrupts(const struct machine *m, const struct guest_case *c)
{
	bool right = true;

	for (unsigned int i = 0; i < m->interrupt_count; i++)
		right &= EXPECT("ends of an interrupt", m->interrupts[i].ends,
				c->interrupts[i].ends);
	return right;
}

static bool check_machine(const struct machine *m, const struct guest_case *c,
			  enum machine_outcome outcome)
{
	bool right = EXPECT("outcome", outcome, c->outcome);

	right &= EXPECT("PASS lines", count_lines(m->console, "PASS "), c->passes);
	right &= EXPECT("FAIL lines", count_lines(m->console, "FAIL"), 0U);
	right &= check_doorbells(m, c);
	right &= check_accesses(m, c);
	right &= check_interrupts(m, c);
	if (c->returns != ANY_RETURNS)
		right &= EXPECT("returns of GZVM_RUN", m->vcpus[0].returns,
				(unsigned long)c->returns);
	if (!right)
		diag("console: %s", m->console);
	return right;
}

static int configure(struct machine *m, const struct guest_case *c, bool in_kernel)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.bin", guest_directory, c->guest);
	if (machine_load_kernel(m, path))
		return -1;
	for (unsigned int i = 0; c->doorbells[i].doorbell.length != 0xff; i++) {
		struct machine_doorbell doorbell = c->doorbells[i].doorbell;

		doorbell.in_kernel = in_kernel;
		if (machine_add_doorbell(m, &doorbell))
			return -1;
	}
	for (unsigned int i = 0; c->interrupts[i].gsi; i++)
		if (machine_add_interrupt(m, &c->interrupts[i]))
			return -1;
	return 0;
}

static bool run_case(const struct guest_case *c, bool in_kernel)
{
	struct machine *m = machine_create(c->cpus ? c->cpus : 1, RAM_BYTES);
	bool right;

	if (!m)
		return false;
	right = !configure(m, c, in_kernel) &&
		check_machine(m, c, machine_run(m, c->timeout_ms ? c->timeout_ms : TIMEOUT_MS));
	machine_destroy(m);
	return right;
}

static const char *interrupt_text(const struct guest_case *c)
{
	if (!c->interrupts[0].gsi)
		return "";
	if (c->interrupts[0].resample)
		return " with an irqfd that resamples";
	return c->interrupts[0].by_irqfd ? " with an irqfd" : " with IRQ_LINE";
}

static void *run_doorbells(void *argument)
{
	const struct guest_case *c = argument;

	return run_case(c, true) ? argument : NULL;
}

static void test_two_machines_at_once(void)
{
	static const struct guest_case first = {
		DOORBELL_CASE("doorbell_datamatch", 1, DATAMATCH)
	};
	pthread_t thread;
	void *first_right = NULL;
	bool second_right;

	if (pthread_create(&thread, NULL, run_doorbells, (void *)&first)) {
		ok(false, "a thread for the second machine");
		return;
	}
	second_right = run_case(&storm_case, true);
	pthread_join(thread, &first_right);
	ok(first_right && second_right, "two machines run at once and keep their rings apart");
}

int main(int argc, char **argv)
{
	static char beside_us[PATH_MAX];
	const char *slash = strrchr(argv[0], '/');

	snprintf(beside_us, sizeof(beside_us), "%.*s../guests",
		 slash ? (int)(slash - argv[0] + 1) : 0, argv[0]);
	guest_directory = argc > 1 ? argv[1] : beside_us;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct guest_case *c = &cases[i];

		ok(run_case(c, true), "%s on %u vCPU%s ends as it should", c->guest,
		   c->cpus ? c->cpus : 1, interrupt_text(c));
		if (c->doorbells[0].doorbell.length != 0xff)
			ok(run_case(c, false), "%s rings the same through user space", c->guest);
	}
	ok(run_case(&storm_case, true), "10000 kernel doorbells return from GZVM_RUN only to end");
	test_two_machines_at_once();
	return tap_done();
}
