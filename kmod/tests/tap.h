/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test Anything Protocol output. A program calls ok() and its relatives, then
 * returns tap_done() from main(), which prints the plan last. For one thread.
 */
#ifndef _GZVM_TESTS_TAP_H
#define _GZVM_TESTS_TAP_H

#include <stdbool.h>

/** diag() - print a comment line */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** ok() - one test; @format names the behaviour; Return: @passed */
bool ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** skip() - a test that this host cannot run, and why */
void skip(const char *name, const char *reason);

/** is_number() - pass when @got equals @expected */
bool is_number(long long got, long long expected, const char *name);

/**
 * is_errno() - pass when a system call has failed with one errno
 * @result: its return value; errno must still be that of the call
 * @expected: errno, or 0 for success (@result not negative)
 * @name: the behaviour
 */
bool is_errno(long result, int expected, const char *name);

/** tap_done() - print the plan; Return: the exit status, 0 when all have passed */
int tap_done(void);

#endif /* _GZVM_TESTS_TAP_H */
