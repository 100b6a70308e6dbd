/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the kernels this driver is built for, 6.1 to the
 * newest, and nothing else.
 */
#ifndef _GZVM_COMPAT_H
#define _GZVM_COMPAT_H

#include <linux/eventfd.h>
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

#endif /* _GZVM_COMPAT_H */
