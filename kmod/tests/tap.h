/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test Anything Protocol output. A program calls ok() and its relatives, then
 * returns tap_done() from main(), which prints the plan last.
 */
#ifndef _GZVM_TESTS_TAP_H
#define _GZVM_TESTS_TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned int tap_count;
static unsigned int tap_failures;

/** diag() - print a comment line */
static inline void __attribute__((format(printf, 1, 2))) diag(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/** ok() - one test; @format names the behaviour; Return: @passed */
static inline bool __attribute__((format(printf, 2, 3))) ok(bool passed, const char *format, ...)
{
	va_list args;

	printf("%s %u - ", passed ? "ok" : "not ok", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	if (!passed)
		tap_failures++;
	return passed;
}

/** skip() - a test that this host cannot run, and why */
static inline void skip(const char *name, const char *reason)
{
	printf("ok %u - %s # SKIP %s\n", ++tap_count, name, reason);
}

/** is_number() - pass when @got equals @expected */
static inline bool is_number(long long got, long long expected, const char *name)
{
	bool passed = ok(got == expected, "%s", name);

	if (!passed)
		diag("got %lld (0x%llx), expected %lld (0x%llx)", got, got, expected, expected);
	return passed;
}

/**
 * is_errno() - pass when a system call has failed with one errno
 * @result: its return value; errno must still be that of the call
 * @expected: errno, or 0 for success (@result not negative)
 * @name: the behaviour
 */
static inline bool is_errno(long result, int expected, const char *name)
{
	int got = result < 0 ? errno : 0;
	bool passed = ok(got == expected, "%s", name);

	if (!passed)
		diag("got %s, expected %s", got ? strerror(got) : "success",
		     expected ? strerror(expected) : "success");
	return passed;
}

/** tap_done() - print the plan; Return: the exit status */
static inline int tap_done(void)
{
	printf("1..%u\n", tap_count);
	if (tap_failures)
		diag("%u of %u tests failed", tap_failures, tap_count);
	return tap_failures || !tap_count;
}

#endif /* _GZVM_TESTS_TAP_H */
