// SPDX-License-Identifier: GPL-2.0-only
/* What GZVM_IOEVENTFD accepts, and the collision rule through the ioctl. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gzvm_test.h"

#define A	DOORBELL_GPA
#define B	(DOORBELL_GPA + 4)
#define MATCH	GZVM_IOEVENTFD_FLAG_DATAMATCH
#define MANY	1000

static long doorbell(int vm, struct gzvm_ioeventfd request)
{
	return ioctl(vm, GZVM_IOEVENTFD, &request);
}

static long deassign(int vm, struct gzvm_ioeventfd request)
{
	request.flags |= GZVM_IOEVENTFD_FLAG_DEASSIGN;
	return doorbell(vm, request);
}

static void test_refused(int vm, int eventfd)
{
	static const struct {
		const char *name;
		struct gzvm_ioeventfd request;
	} rows[] = {
		{ "length 3 is refused", { .addr = A, .len = 3 } },
		{ "length 16 is refused", { .addr = A, .len = 16 } },
		{ "length 2^32 - 1 is refused", { .addr = A, .len = 0xffffffff } },
		{ "length 0 with data is refused", { .addr = A, .len = 0, .flags = MATCH } },
		{ "a doorbell that wraps is refused", { .addr = ~0ULL - 2, .len = 4 } },
		{ "port I/O is refused",
		  { .addr = A, .len = 4, .flags = GZVM_IOEVENTFD_FLAG_PIO } },
		{ "an unknown flag is refused", { .addr = A, .len = 4, .flags = 1u << 3 } },
		{ "the highest flag is refused", { .addr = A, .len = 4, .flags = 1u << 31 } },
		{ "data wider than 1 byte is refused",
		  { .addr = A, .len = 1, .flags = MATCH, .datamatch = 0x100 } },
		{ "data wider than 4 bytes is refused",
		  { .addr = A, .len = 4, .flags = MATCH, .datamatch = 1ULL << 32 } },
		{ "a set first padding byte is refused", { .addr = A, .len = 4, .pad = { 1 } } },
		{ "a set last padding byte is refused",
		  { .addr = A, .len = 4, .pad = { [35] = 1 } } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gzvm_ioeventfd request = rows[i].request;

		request.fd = eventfd;
		is_errno(doorbell(vm, request), EINVAL, rows[i].name);
	}
	is_errno(ioctl(vm, GZVM_IOEVENTFD, 8UL), EFAULT, "a doorbell from nowhere is refused");
	is_errno(assign_doorbell(vm, A, 4, -1), EBADF, "fd -1 is refused");
	is_errno(assign_doorbell(vm, A, 4, vm), EINVAL, "an fd that is no eventfd is refused");
	is_number(counter("doorbells"), 0, "what is refused leaves no doorbell");
}

static void test_accepted(int vm, int eventfd)
{
	static const struct {
		const char *name;
		struct gzvm_ioeventfd request;
	} rows[] = {
		{ "any length is accepted", { .addr = A, .len = 0 } },
		{ "address 0 is accepted", { .addr = 0, .len = 8 } },
		{ "the last bytes of the address space are accepted",
		  { .addr = ~0ULL - 3, .len = 4 } },
		{ "an unaligned address is accepted", { .addr = B + 1, .len = 4 } },
		{ "data of 8 bytes is accepted",
		  { .addr = B, .len = 8, .flags = MATCH, .datamatch = ~0ULL } },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct gzvm_ioeventfd request = rows[i].request;

		request.fd = eventfd;
		is_errno(doorbell(vm, request), 0, rows[i].name);
	}
	is_number(counter("doorbells"), COUNT(rows), "the driver counts them all");
	while (i--) {
		struct gzvm_ioeventfd request = rows[i].request;

		request.fd = eventfd;
		is_errno(deassign(vm, request), 0, "and it is deassigned");
	}
	is_number(counter("doorbells"), 0, "the driver counts none any more");
}

static void test_deassign(int vm, int eventfd)
{
	const struct gzvm_ioeventfd request = {
		.addr = A, .len = 4, .fd = eventfd, .flags = MATCH, .datamatch = 7,
	};
	struct gzvm_ioeventfd other = request;
	int other_eventfd = create_eventfd();

	is_errno(deassign(vm, request), ENOENT, "a doorbell that is not there is not found");
	is_errno(doorbell(vm, request), 0, "a doorbell is assigned");
	other.addr = B;
	is_errno(deassign(vm, other), ENOENT, "another address does not deassign it");
	other = request;
	other.len = 8;
	is_errno(deassign(vm, other), ENOENT, "another length does not deassign it");
	other = request;
	other.datamatch = 8;
	is_errno(deassign(vm, other), ENOENT, "other data do not deassign it");
	other = request;
	other.flags = 0;
	is_errno(deassign(vm, other), ENOENT, "a wildcard does not deassign it");
	other = request;
	other.fd = other_eventfd;
	is_errno(deassign(vm, other), ENOENT, "another eventfd does not deassign it");
	other.fd = -1;
	is_errno(deassign(vm, other), EBADF, "fd -1 does not deassign it");
	other.fd = fcntl(eventfd, F_DUPFD_CLOEXEC, 0);
	is_errno(deassign(vm, other), 0, "another fd of the same eventfd does");
	close(other.fd);
	is_errno(deassign(vm, request), ENOENT, "only once");
	is_errno(doorbell(vm, request), 0, "then the place is free again");
	is_errno(deassign(vm, request), 0, "and so on");
	close(other_eventfd);
}

void test_ioeventfd(void)
{
	int vm = create_vm();
	int eventfd = create_eventfd();

	test_refused(vm, eventfd);
	test_accepted(vm, eventfd);
	test_deassign(vm, eventfd);
	close(eventfd);
	close(vm);
}

#define ANY(a, l) { .addr = (a), .len = (l) }
#define DATA(a, l, v) { .addr = (a), .len = (l), .flags = MATCH, .datamatch = (v) }

static const struct {
	const char *name;
	struct gzvm_ioeventfd first;
	struct gzvm_ioeventfd second;
	int error;
} collision_rows[] = {
	{ "equal wildcards collide", ANY(A, 4), ANY(A, 4), EEXIST },
	{ "a wildcard and data of one length collide", ANY(A, 4), DATA(A, 4, 1), EEXIST },
	{ "equal data collide", DATA(A, 4, 1), DATA(A, 4, 1), EEXIST },
	{ "different data share an address", DATA(A, 4, 1), DATA(A, 4, 2), 0 },
	{ "data 0 and 1 share an address", DATA(A, 4, 0), DATA(A, 4, 1), 0 },
	{ "wildcards of different lengths share an address", ANY(A, 4), ANY(A, 2), 0 },
	{ "data of different lengths share an address", DATA(A, 4, 1), DATA(A, 2, 1), 0 },
	{ "a wildcard and data of another length share an address", ANY(A, 8), DATA(A, 4, 1), 0 },
	{ "two of length 0 collide", ANY(A, 0), ANY(A, 0), EEXIST },
	{ "length 0 and a wildcard collide", ANY(A, 0), ANY(A, 1), EEXIST },
	{ "length 0 and data collide", ANY(A, 0), DATA(A, 8, 3), EEXIST },
	{ "different addresses do not collide", ANY(A, 4), ANY(B, 4), 0 },
	{ "a doorbell inside the bytes of another does not collide", ANY(A, 8), ANY(B, 4), 0 },
	{ "data inside the bytes of another do not collide", DATA(A, 8, 1), DATA(B, 4, 1), 0 },
	{ "length 0 reaches no other address", ANY(A, 0), ANY(A + 1, 1), 0 },
};

static void test_pair(int vm, int eventfd, struct gzvm_ioeventfd first,
		      struct gzvm_ioeventfd second, int error, const char *name)
{
	first.fd = second.fd = eventfd;
	if (doorbell(vm, first)) {
		ok(false, "the first doorbell is assigned");
		return;
	}
	is_errno(doorbell(vm, second), error, name);
	deassign(vm, first);
	deassign(vm, second);
}

static void test_many_at_one_address(int vm, int eventfd)
{
	unsigned int assigned = 0;

	for (uint64_t data = 0; data < MANY; data++) {
		struct gzvm_ioeventfd request = DATA(A, 4, data);

		request.fd = eventfd;
		assigned += !doorbell(vm, request);
	}
	is_number(assigned, MANY, "1000 doorbells with different data share an address");
	is_errno(assign_doorbell(vm, A, 4, eventfd), EEXIST, "a wildcard collides with them");
	is_errno(assign_doorbell(vm, A, 0, eventfd), EEXIST, "and so does length 0");
	is_number(counter("doorbells"), MANY, "the driver counts 1000 doorbells");
}

void test_ioeventfd_collisions(void)
{
	int vm = create_vm();
	int other_vm = create_vm();
	int eventfd = create_eventfd();

	for (size_t i = 0; i < COUNT(collision_rows); i++) {
		test_pair(vm, eventfd, collision_rows[i].first, collision_rows[i].second,
			  collision_rows[i].error, collision_rows[i].name);
		test_pair(vm, eventfd, collision_rows[i].second, collision_rows[i].first,
			  collision_rows[i].error, "in the other order too");
	}
	is_errno(assign_doorbell(other_vm, A, 4, eventfd), 0, "a doorbell of another VM");
	is_errno(assign_doorbell(vm, A, 4, eventfd), 0, "does not collide");
	is_errno(deassign_doorbell(vm, A, 4, eventfd), 0, "nor is it deassigned");
	is_errno(deassign_doorbell(other_vm, A, 4, eventfd), 0, "with ours");
	test_many_at_one_address(vm, eventfd);
	/* The doorbells are left to the end of the VM, the eventfd goes first. */
	close(eventfd);
	close(other_vm);
	close(vm);
}
