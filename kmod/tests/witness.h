/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tells from outside that the driver did no harm: the kernel's log, and the
 * numbers that the kernel gives to eventfds.
 */
#ifndef _GZVM_TESTS_WITNESS_H
#define _GZVM_TESTS_WITNESS_H

#include <stdbool.h>

#define CENSUS_EVENTFDS	64

/** kernel_log_open() - an fd of the kernel's log from here on, or -1 */
int kernel_log_open(void);

/**
 * kernel_log_complaints() - count what the kernel has complained of
 * @log: fd of kernel_log_open(); what is read is gone
 * @of_driver: each line of the driver is a complaint; else only lines of level
 *             warning and worse, whoever wrote them
 *
 * Prints each complaint. A log that has overflowed counts as one.
 */
unsigned int kernel_log_complaints(int log, bool of_driver);

/**
 * struct eventfd_census - which numbers new eventfds get
 *
 * The kernel gives each eventfd the lowest number that is free, and takes it back
 * with the last reference. A reference that is lost keeps its number from the
 * next census.
 */
struct eventfd_census {
	int ids[CENSUS_EVENTFDS];
};

/** eventfd_census_take() - Return: false when this kernel does not show the numbers */
bool eventfd_census_take(struct eventfd_census *census);

/**
 * eventfd_census_is_as_before() - have all eventfds made since been freed?
 *
 * Waits a few seconds at most, because references may be dropped by a worker. Sees
 * those among the first CENSUS_EVENTFDS that existed at once.
 */
bool eventfd_census_is_as_before(const struct eventfd_census *before);

#endif /* _GZVM_TESTS_WITNESS_H */
