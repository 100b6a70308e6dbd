/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks of the guest's CPUs, one after another in CPU order. */
#ifndef _GUEST_STACK_H
#define _GUEST_STACK_H

#define STACK_SHIFT	14
#define MAX_CPUS	8

#endif /* _GUEST_STACK_H */
