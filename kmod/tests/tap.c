// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

static unsigned int count;
static unsigned int failures;

void diag(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

bool ok(bool passed, const char *format, ...)
{
	va_list args;

	printf("%s %u - ", passed ? "ok" : "not ok", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	/* What comes next may crash the machine. */
	fflush(stdout);
	if (!passed)
		failures++;
	return passed;
}

void skip(const char *name, const char *reason)
{
	printf("ok %u - %s # SKIP %s\n", ++count, name, reason);
}

bool is_number(long long got, long long expected, const char *name)
{
	bool passed = ok(got == expected, "%s", name);

	if (!passed)
		diag("got %lld (0x%llx), expected %lld (0x%llx)", got, got, expected, expected);
	return passed;
}

bool is_errno(long result, int expected, const char *name)
{
	int got = result < 0 ? errno : 0;
	bool passed = ok(got == expected, "%s", name);

	if (!passed)
		diag("got %s, expected %s", got ? strerror(got) : "success",
		     expected ? strerror(expected) : "success");
	return passed;
}

int tap_done(void)
{
	printf("1..%u\n", count);
	if (failures)
		diag("%u of %u tests failed", failures, count);
	return failures || !count;
}
