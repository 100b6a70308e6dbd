// SPDX-License-Identifier: GPL-2.0-only
/* Memory that the guest may only read: its loads find it, its stores are MMIO. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzvm_test.h"

#define SLOT		1
#define SLOT_GPA	0x0a000000ULL
#define SLOT_BYTES	(2 * PAGE_BYTES)
#define MOVED_GPA	0x0a200000ULL
#define OFFSET		0x68ULL
/* No memory there: a store to it tells that the program has come so far. */
#define SIGN_GPA	DOORBELL_GPA
#define VALUE		0x8877665544332211ULL
#define MARK		0x0123456789abcdefULL
#define READ_ONLY	GZVM_USER_MEM_REGION_READ_ONLY

static long set_slot(int vm, void *memory, uint64_t gpa, uint64_t bytes, uint32_t flags)
{
	struct gzvm_userspace_memory_region region = {
		.slot = SLOT,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = bytes,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(vm, GZVM_SET_USER_MEMORY_REGION, &region);
}

static long protect(int vm)
{
	struct gzvm_enable_cap cap = {
		.cap = GZVM_CAP_PROTECTED_VM, .args = { GZVM_CAP_PVM_SET_PROTECTED_VM },
	};

	return ioctl(vm, GZVM_ENABLE_CAP, &cap);
}

/* A program with x0 in the slot, x1 = VALUE and x3 = SIGN_GPA. */
static void start(struct program *p, const uint32_t *code, size_t instructions)
{
	program_start(p, code, instructions);
	set_register(p->vcpu, GZVM_CORE_X(0), SLOT_GPA + OFFSET);
	set_register(p->vcpu, GZVM_CORE_X(1), VALUE);
	set_register(p->vcpu, GZVM_CORE_X(3), SIGN_GPA);
}

/* Whether the next exit is this access. Of a store, also the data. */
static bool accesses_next(struct program *p, uint64_t gpa, uint64_t size, bool is_write,
			  uint64_t data)
{
	uint64_t stored;

	if (run(p) || p->run.exit_reason != GZVM_EXIT_MMIO) {
		diag("exit 0x%x, errno %d", p->run.exit_reason, errno);
		return false;
	}
	memcpy(&stored, p->run.mmio.data, sizeof(stored));
	if (p->run.mmio.phys_addr == gpa && p->run.mmio.size == size &&
	    p->run.mmio.is_write == is_write && (!is_write || stored == data))
		return true;
	diag("%s of %llu bytes at 0x%llx, 0x%llx", p->run.mmio.is_write ? "a store" : "a load",
	     (unsigned long long)p->run.mmio.size, (unsigned long long)p->run.mmio.phys_addr,
	     (unsigned long long)stored);
	return false;
}

static bool tells_next(struct program *p, uint64_t data)
{
	return accesses_next(p, SIGN_GPA, 8, true, data);
}

static uint64_t *word(void *memory)
{
	return (uint64_t *)((char *)memory + OFFSET);
}

static void test_refusals(void)
{
	char *memory = map_shared(SLOT_BYTES);
	int vm = create_vm();

	is_errno(set_slot(vm, memory, SLOT_GPA + 1, SLOT_BYTES, READ_ONLY), EINVAL,
		 "read-only memory at a half page is refused");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES + 1, READ_ONLY), EINVAL,
		 "of a half page, too");
	is_errno(set_slot(vm, memory, SLOT_GPA, PAGE_BYTES, READ_ONLY), EINVAL,
		 "of a part of its mapping, too");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES,
			  READ_ONLY | GZVM_USER_MEM_REGION_STATIC_SWIOTLB), EINVAL,
		 "a bounce buffer is no read-only memory");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES,
			  READ_ONLY | GZVM_USER_MEM_REGION_PROTECT_FW), EINVAL,
		 "firmware that is taken is none either");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY | 1U << 30), EINVAL,
		 "a flag beside it that nobody knows is refused");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY), 0,
		 "whole pages are taken");
	is_errno(protect(vm), EINVAL, "a VM that has them cannot be protected");
	is_errno(set_slot(vm, NULL, 0, 0, 0), 0, "they can be taken away");
	is_errno(protect(vm), 0, "then it can");
	is_errno(set_slot(vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY), EINVAL,
		 "and does not get them again");
	close(vm);
	munmap(memory, SLOT_BYTES);
}

static void test_loads(void)
{
	static const uint32_t code[] = { LDR_X(2, 0), STR_X(2, 3), BACK(2) };
	void *memory = map_shared(SLOT_BYTES);
	struct program p;

	start(&p, code, COUNT(code));
	set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES,
		 READ_ONLY | GZVM_USER_MEM_REGION_GUEST_MEM);
	*word(memory) = VALUE;
	ok(tells_next(&p, VALUE), "a guest's load finds what user space has stored");
	*word(memory) = MARK;
	ok(tells_next(&p, MARK), "and what it stores later");
	set_register(p.vcpu, GZVM_CORE_X(0), SLOT_GPA + PAGE_BYTES);
	ok(tells_next(&p, 0), "in the second page, too");
	is_errno(set_slot(p.vm, memory, MOVED_GPA, SLOT_BYTES, READ_ONLY), 0, "it is moved");
	set_register(p.vcpu, GZVM_CORE_X(0), MOVED_GPA + OFFSET);
	ok(tells_next(&p, MARK), "and is read there");
	set_register(p.vcpu, GZVM_CORE_X(0), SLOT_GPA);
	ok(accesses_next(&p, SLOT_GPA, 8, false, 0), "a load where it was is an exit");
	program_stop(&p);
	munmap(memory, SLOT_BYTES);
}

/* Nothing has touched the page before the first store; the load in between brings it. */
static void test_stores(void)
{
	static const uint32_t code[] = {
		STR_X(1, 0), LDR_X(2, 0), STRB(1, 0), STRH(1, 0), STR_W(1, 0), STR_X(1, 0),
		LDR_X(2, 0), STR_X(2, 3),
	};
	static const uint64_t widths[] = { 1, 2, 4, 8 };
	void *memory = map_shared(SLOT_BYTES);
	const uint64_t gpa = SLOT_GPA + OFFSET;
	struct program p;

	start(&p, code, COUNT(code));
	set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY);
	*word(memory) = MARK;
	ok(accesses_next(&p, gpa, 8, true, VALUE), "a store is an exit before the page is there");
	for (size_t i = 0; i < COUNT(widths); i++)
		ok(accesses_next(&p, gpa, widths[i], true, VALUE & (~0ULL >> (64 - 8 * widths[i]))),
		   "a store of %llu bytes is an exit with its data", (unsigned long long)widths[i]);
	ok(tells_next(&p, MARK) && *word(memory) == MARK, "no store has changed the memory");
	program_stop(&p);
	munmap(memory, SLOT_BYTES);
}

static void test_doorbell(void)
{
	/* Rings twice, then stores another value, and then reads. */
	static const uint32_t code[] = {
		LDR_X(2, 0), STR_W(1, 0), STR_W(1, 0), STRH(1, 0), STR_W(4, 0), LDR_X(2, 0),
		STR_X(2, 3),
	};
	const uint64_t gpa = SLOT_GPA + OFFSET;
	void *memory = map_shared(SLOT_BYTES);
	int eventfd = create_eventfd();
	struct gzvm_ioeventfd doorbell = {
		.datamatch = (uint32_t)VALUE,
		.addr = gpa,
		.len = 4,
		.fd = eventfd,
		.flags = GZVM_IOEVENTFD_FLAG_DATAMATCH,
	};
	struct program p;

	start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(4), MARK);
	set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY);
	*word(memory) = MARK;
	is_errno(ioctl(p.vm, GZVM_IOEVENTFD, &doorbell), 0, "a doorbell lies in read-only memory");
	ok(accesses_next(&p, gpa, 2, true, (uint16_t)VALUE), "a store of another width passes it");
	is_number(drain(eventfd), 2, "those of its width and data have rung it");
	ok(accesses_next(&p, gpa, 4, true, (uint32_t)MARK), "one of other data passes it");
	ok(tells_next(&p, MARK), "the memory is as it was");
	is_number(drain(eventfd), 0, "and the doorbell silent");
	program_stop(&p);
	close(eventfd);
	munmap(memory, SLOT_BYTES);
}

/* Nobody reads the eventfd of a doorbell that only swallows stores. */
static void test_full_eventfd(void)
{
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 0), STR_X(1, 3) };
	void *memory = map_shared(SLOT_BYTES);
	const uint64_t nearly_full = ~0ULL - 1;
	int eventfd = create_eventfd();
	struct program p;

	start(&p, code, COUNT(code));
	set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY);
	assign_doorbell(p.vm, SLOT_GPA + OFFSET, 4, eventfd);
	ok(write(eventfd, &nearly_full, sizeof(nearly_full)) == sizeof(nearly_full),
	   "an eventfd has counted as far as it can by itself");
	ok(tells_next(&p, VALUE), "the guest rings it and goes on");
	ok(drain(eventfd) >= nearly_full, "its count stands still at the end");
	program_stop(&p);
	close(eventfd);
	munmap(memory, SLOT_BYTES);
}

/* What comes to its place can be written to. */
static void test_replaced(void)
{
	static const uint32_t code[] = { STR_X(1, 0), LDR_X(2, 0), STR_X(2, 3), BACK(3) };
	uint64_t *memory = map_shared(SLOT_BYTES), *other = map_shared(SLOT_BYTES);
	const uint64_t gpa = SLOT_GPA + OFFSET;
	struct program p;

	start(&p, code, COUNT(code));
	set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY);
	*word(memory) = MARK;
	ok(accesses_next(&p, gpa, 8, true, VALUE) && tells_next(&p, MARK),
	   "the guest stores in vain");
	is_errno(set_slot(p.vm, NULL, 0, 0, 0), 0, "the read-only slot is deleted");
	is_errno(set_slot(p.vm, other, SLOT_GPA, SLOT_BYTES, GZVM_USER_MEM_REGION_GUEST_MEM), 0,
		 "memory takes its place");
	ok(tells_next(&p, VALUE) && *word(other) == VALUE, "which the guest stores to");
	is_errno(set_slot(p.vm, NULL, 0, 0, 0), 0, "that is deleted");
	is_errno(set_slot(p.vm, memory, SLOT_GPA, SLOT_BYTES, READ_ONLY), 0,
		 "and the slot is read-only again");
	ok(accesses_next(&p, gpa, 8, true, VALUE) && tells_next(&p, MARK) &&
	   *word(memory) == MARK, "the guest stores in vain again");
	program_stop(&p);
	munmap(memory, SLOT_BYTES);
	munmap(other, SLOT_BYTES);
}

void test_read_only(void)
{
	static const char ways[] = "012";

	test_refusals();
	for (const char *way = ways; *way; way++) {
		ok(set_paging(*way), "new VMs get their memory in way %c", *way);
		test_loads();
		test_stores();
		test_doorbell();
		test_replaced();
	}
	test_full_eventfd();
}
