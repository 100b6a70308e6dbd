/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the kernels this driver is built for, 6.1 to the
 * newest, and nothing else.
 */
#ifndef _GZVM_COMPAT_H
#define _GZVM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#include <linux/wait.h>

/* Linux 6.8 took the count away: a signal adds 1. */
static inline void gzvm_eventfd_signal(struct eventfd_ctx *eventfd)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(eventfd);
#else
	eventfd_signal(eventfd, 1);
#endif
}

/*
 * Wall-clock time and counter of one moment. The newest kernels want the clock to
 * be named; the headers tell (see Kbuild), so that stable trees that take the
 * change over are no exception.
 */
static inline ktime_t gzvm_snapshot_real_time(struct system_time_snapshot *now)
{
#ifdef GZVM_HAVE_KTIME_GET_SNAPSHOT_ID
	ktime_get_snapshot_id(CLOCK_REALTIME, now);
	return now->systime;
#else
	ktime_get_snapshot(now);
	return now->real;
#endif
}

#endif /* _GZVM_COMPAT_H */
