// SPDX-License-Identifier: GPL-2.0-only
/* What GZVM_RUN leaves in the buffer: the record of the exit and nothing else. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gzvm_test.h"

#define OLD		0xee
#define PSCI_SYSTEM_OFF	0x84000008ULL

/* Return: whether the buffer from @from on is zero. */
static bool is_clean(const struct gzvm_vcpu_run *run, size_t from)
{
	const unsigned char *bytes = (const unsigned char *)run;

	while (from < sizeof(*run) && !bytes[from])
		from++;
	return from == sizeof(*run);
}

static void run_from_old_buffer(struct program *p)
{
	memset(&p->run, OLD, sizeof(p->run));
	memset(p->run.padding1, 0, sizeof(p->run.padding1));
	is_errno(run(p), 0, "RUN returns");
	is_number(p->run.immediate_exit, OLD, "immediate_exit is left alone");
}

/*
 * @code: a store to where no memory is, then what makes the exit. The first run
 * ends with the store; the page faults that a start costs are behind it.
 */
static void test_record(const uint32_t *code, size_t instructions, uint32_t reason,
			size_t record_end, const char *name)
{
	struct program p;

	program_start(&p, code, instructions);
	set_register(p.vcpu, GZVM_CORE_X(0), PSCI_SYSTEM_OFF);
	set_register(p.vcpu, GZVM_CORE_X(1), ~0ULL);
	set_register(p.vcpu, GZVM_CORE_X(3), DOORBELL_GPA);
	is_errno(run(&p), 0, "RUN returns");
	run_from_old_buffer(&p);
	is_number(p.run.exit_reason, reason, name);
	ok(is_clean(&p.run, record_end), "nothing old or foreign is behind its record");
	program_stop(&p);
}

static void test_mmio_record(void)
{
	static const uint32_t code[] = { STRB(1, 0), LDR_X(1, 0) };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(p.vcpu, GZVM_CORE_X(1), ~0ULL);
	run_from_old_buffer(&p);
	ok(p.run.mmio.data[0] == 0xff && !memcmp(p.run.mmio.data + 1, "\0\0\0\0\0\0", 7),
	   "a store of 1 byte shows 1 byte of its register");
	run_from_old_buffer(&p);
	ok(!p.run.mmio.is_write && !memcmp(p.run.mmio.data, "\0\0\0\0\0\0\0", 8),
	   "a load shows no data");
	program_stop(&p);
}

/* An error copies nothing out. */
static void test_untouched(void)
{
	static const uint32_t code[] = { STR_X(1, 0), BACK(1) };
	struct gzvm_vcpu_run before;
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	memset(&p.run, OLD, sizeof(p.run));
	before = p.run;
	is_errno(run(&p), EINVAL, "RUN with padding set is refused");
	ok(!memcmp(&before, &p.run, sizeof(before)), "and leaves the buffer alone");
	program_stop(&p);
}

void test_exit_records(void)
{
	static const uint32_t store[] = { STR_X(1, 3), STR_X(1, 3) };
	static const uint32_t call[] = { STR_X(1, 3), HVC };

	test_record(store, COUNT(store), GZVM_EXIT_MMIO,
		    offsetof(struct gzvm_vcpu_run, mmio.padding), "a store is an MMIO exit");
	test_record(call, COUNT(call), GZVM_EXIT_SYSTEM_EVENT,
		    offsetof(struct gzvm_vcpu_run, system_event.data),
		    "SYSTEM_OFF is a system event");
	test_mmio_record();
	test_untouched();
}
