// SPDX-License-Identifier: GPL-2.0-only
/* What the calls have returned, and whether they may. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define LINE_BYTES	256
/* Of the calls that go wrong, so many are described. */
#define SHOWN		4

static bool is_documented(const struct fuzz_type *type, int error)
{
	if (!error || error == EBADF || error == ENOTTY)
		return true;
	for (size_t i = 0; i < COUNT(type->errors) && type->errors[i]; i++)
		if (type->errors[i] == error)
			return true;
	return false;
}

/**
 * fuzz_tally_count() - count a call that has returned
 * @tally: of the calling thread
 * @call: the call
 * @error: 0 or its errno
 */
void fuzz_tally_count(struct fuzz_tally *tally, const struct fuzz_call *call, int error)
{
	bool as_begun = call->request == call->type->request;
	size_t row = as_begun ? (size_t)(call->type - fuzz_types) : FUZZ_TYPES;

	tally->calls++;
	tally->results[row][error < FUZZ_ERRNOS ? error : FUZZ_ERRNOS - 1]++;
	if (error >= FUZZ_ERRNOS - 1 || (as_begun && !is_documented(call->type, error))) {
		tally->undocumented++;
		if (tally->undocumented < SHOWN)
			diag("%s on fd %d: errno %d", call->type->name, call->fd, error);
	}
}

/**
 * fuzz_tally_add() - add one tally to another
 * @sum: what grows
 * @tally: what is added
 */
void fuzz_tally_add(struct fuzz_tally *sum, const struct fuzz_tally *tally)
{
	for (size_t row = 0; row <= FUZZ_TYPES; row++)
		for (size_t error = 0; error < FUZZ_ERRNOS; error++)
			sum->results[row][error] += tally->results[row][error];
	sum->calls += tally->calls;
	sum->undocumented += tally->undocumented;
	sum->overwritten += tally->overwritten;
}

static void print_row(const char *name, const uint64_t *results)
{
	char line[LINE_BYTES] = "";
	uint64_t calls = 0;
	size_t used = 0;

	for (int error = 0; error < FUZZ_ERRNOS; error++)
		calls += results[error];
	for (int error = 1; error < FUZZ_ERRNOS && used < sizeof(line); error++)
		if (results[error])
			used += snprintf(line + used, sizeof(line) - used, " %s %llu",
					 strerrorname_np(error) ?: "other",
					 (unsigned long long)results[error]);
	diag("%-24s %8llu %8llu %s", name, (unsigned long long)calls,
	     (unsigned long long)results[0], line);
}

/**
 * fuzz_tally_print() - one line for each ioctl
 * @tally: the tally
 */
void fuzz_tally_print(const struct fuzz_tally *tally)
{
	diag("%-24s %8s %8s  errors", "ioctl", "calls", "success");
	for (size_t i = 0; i < FUZZ_TYPES; i++)
		print_row(fuzz_types[i].name, tally->results[i]);
	print_row("another request", tally->results[FUZZ_TYPES]);
}

uint64_t fuzz_tally_successes(const struct fuzz_tally *tally)
{
	uint64_t successes = 0;

	for (size_t row = 0; row <= FUZZ_TYPES; row++)
		successes += tally->results[row][0];
	return successes;
}
