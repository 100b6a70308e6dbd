// SPDX-License-Identifier: GPL-2.0-only
/* The exits of GZVM_RUN, produced by programs of a few instructions. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gzvm_test.h"

#define VALUE 0x8877665544332211ULL

static uint64_t mmio_value(const struct gzvm_vcpu_run *run)
{
	uint64_t value;

	memcpy(&value, run->mmio.data, sizeof(value));
	return value;
}

static bool is_mmio(const struct gzvm_vcpu_run *run, uint64_t bytes, bool is_write, uint32_t reg)
{
	return run->exit_reason == GZVM_EXIT_MMIO && run->mmio.phys_addr == DOORBELL_GPA &&
	       run->mmio.size == bytes && run->mmio.is_write == is_write &&
	       run->mmio.reg_nr == reg;
}

static void test_stores(void)
{
	static const uint32_t code[] = { STRB(1, 0), STRH(1, 0), STR_W(1, 0), STR_X(1, 0),
					 STR_X(31, 0), BACK(5) };
	static const struct {
		const char *name;
		uint64_t bytes;
		uint32_t reg;
		uint64_t value;
	} rows[] = {
		{ "a store of 1 byte is described", 1, 1, 0x11 },
		{ "a store of 2 bytes is described", 2, 1, 0x2211 },
		{ "a store of 4 bytes is described", 4, 1, 0x44332211 },
		{ "a store of 8 bytes is described", 8, 1, VALUE },
		{ "a store of xzr is described", 8, 31, 0 },
		{ "the guest goes on behind a store", 1, 1, 0x11 },
	};
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(p.vcpu, GZVM_CORE_X(1), VALUE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* What is left in the buffer must not shine through. */
		memset(p.run.mmio.data, 0xee, sizeof(p.run.mmio.data));
		is_errno(run(&p), 0, "RUN returns");
		ok(is_mmio(&p.run, rows[i].bytes, true, rows[i].reg) &&
		   mmio_value(&p.run) == rows[i].value, "%s", rows[i].name);
	}
	program_stop(&p);
}

static void answer(struct program *p, uint64_t value)
{
	memcpy(p->run.mmio.data, &value, sizeof(value));
}

static void test_loads(void)
{
	/* Each load is stored back whole. */
	static const uint32_t code[] = { LDRB(2, 0), STR_X(2, 0), LDR_W(2, 0), STR_X(2, 0),
					 LDR_X(2, 0), STR_X(2, 0) };
	static const struct {
		const char *name;
		uint64_t bytes;
		uint64_t loaded;
	} rows[] = {
		{ "a load of 1 byte takes 1 byte of the answer", 1, 0x11 },
		{ "a load of 4 bytes takes 4 bytes of the answer", 4, 0x44332211 },
		{ "a load of 8 bytes takes all of the answer", 8, VALUE },
	};
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	set_register(p.vcpu, GZVM_CORE_X(2), ~0ULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_errno(run(&p), 0, "RUN returns");
		ok(is_mmio(&p.run, rows[i].bytes, false, 2), "a load of %d bytes is described",
		   (int)rows[i].bytes);
		answer(&p, VALUE);
		/* Only the data is the VMM's: the rest of the buffer must have no effect. */
		p.run.mmio.size = 8;
		p.run.mmio.reg_nr = 0;
		p.run.mmio.is_write = 1;
		p.run.mmio.phys_addr = 0;
		is_errno(run(&p), 0, "RUN returns");
		is_number(mmio_value(&p.run), rows[i].loaded, rows[i].name);
	}
	program_stop(&p);
}

static void test_load_interrupted(void)
{
	static const uint32_t code[] = { LDR_X(2, 0), STR_X(2, 0) };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	is_errno(run(&p), 0, "RUN returns");
	p.run.immediate_exit = 1;
	answer(&p, 0);
	is_errno(run(&p), EINTR, "RUN with immediate_exit does not enter");
	p.run.immediate_exit = 0;
	answer(&p, VALUE);
	is_errno(run(&p), 0, "RUN returns");
	is_number(mmio_value(&p.run), VALUE, "a load is completed by the run that enters");
	program_stop(&p);
}

static void test_system_event(uint32_t function, uint32_t event, const char *name)
{
	static const uint32_t code[] = { HVC };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), function);
	is_errno(run(&p), 0, "RUN returns");
	ok(p.run.exit_reason == GZVM_EXIT_SYSTEM_EVENT && p.run.system_event.type == event, "%s",
	   name);
	program_stop(&p);
}

static void test_nowhere(void)
{
	static const uint32_t code[] = { BACK(1) };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_PC, DOORBELL_GPA);
	is_errno(run(&p), 0, "RUN returns");
	is_number(p.run.exit_reason, GZVM_EXIT_EXCEPTION,
		  "a guest that executes where no memory is ends in an exception exit");
	is_number(p.run.exception.fault_gpa & ~(PAGE_BYTES - 1), DOORBELL_GPA,
		  "which names the page");
	program_stop(&p);
}

static void test_doorbell(void)
{
	/* Four stores that ring, then one beside the doorbell. */
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 0), STR_W(1, 0), STR_W(1, 0),
					 STR_W(1, 3) };
	int eventfd = create_eventfd();
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA + 8);
	set_register(p.vcpu, GZVM_CORE_X(3), DOORBELL_GPA);
	is_errno(assign_doorbell(p.vm, DOORBELL_GPA + 8, 4, eventfd), 0, "a doorbell is assigned");
	is_errno(run(&p), 0, "RUN returns");
	ok(is_mmio(&p.run, 4, true, 1), "for the store that rings nothing");
	is_number(drain(eventfd), 4, "and the four before it have rung");
	program_stop(&p);
	close(eventfd);
}

void test_run(void)
{
	test_stores();
	test_loads();
	test_load_interrupted();
	test_system_event(0x84000008, GZVM_SYSTEM_EVENT_SHUTDOWN, "SYSTEM_OFF is a shutdown event");
	test_system_event(0x84000009, GZVM_SYSTEM_EVENT_RESET, "SYSTEM_RESET is a reset event");
	test_nowhere();
	test_doorbell();
}
