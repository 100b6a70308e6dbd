/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What numbers of the interface are called in traces and debugfs: tables of
 * GZVM_NAME(constant, "name"), each ended by GZVM_LAST_NAME.
 */
#ifndef _GZVM_NAMES_H
#define _GZVM_NAMES_H

#include <linux/gzvm.h>
#include <gzvm_hvc.h>

#define GZVM_HVC_NAMES					\
	GZVM_NAME(GZVM_HVC_CREATE_VM, "create-vm")	\
	GZVM_NAME(GZVM_HVC_DESTROY_VM, "destroy-vm")	\
	GZVM_NAME(GZVM_HVC_CREATE_VCPU, "create-vcpu")	\
	GZVM_NAME(GZVM_HVC_DESTROY_VCPU, "destroy-vcpu") \
	GZVM_NAME(GZVM_HVC_SET_MEMREGION, "set-memregion") \
	GZVM_NAME(GZVM_HVC_RUN, "run")			\
	GZVM_NAME(GZVM_HVC_GET_ONE_REG, "get-one-reg")	\
	GZVM_NAME(GZVM_HVC_SET_ONE_REG, "set-one-reg")	\
	GZVM_NAME(GZVM_HVC_IRQ_LINE, "irq-line")	\
	GZVM_NAME(GZVM_HVC_CREATE_DEVICE, "create-device") \
	GZVM_NAME(GZVM_HVC_PROBE, "probe")		\
	GZVM_NAME(GZVM_HVC_ENABLE_CAP, "enable-cap")	\
	GZVM_NAME(GZVM_HVC_INFORM_EXIT, "inform-exit")	\
	GZVM_NAME(GZVM_HVC_MEMREGION_PURPOSE, "memregion-purpose") \
	GZVM_NAME(GZVM_HVC_SET_DTB_CONFIG, "set-dtb-config") \
	GZVM_NAME(GZVM_HVC_MAP_GUEST, "map-guest")	\
	GZVM_NAME(GZVM_HVC_MAP_GUEST_BLOCK, "map-guest-block") \
	GZVM_NAME(GZVM_HVC_GET_STATISTICS, "get-statistics") \
	GZVM_NAME(GZVM_HVC_JINN_REMOVE_SLOT, "remove-slot") \
	GZVM_LAST_NAME(GZVM_HVC_JINN_UNMAP_GUEST, "unmap-guest")

#define GZVM_EXIT_NAMES					\
	GZVM_NAME(GZVM_EXIT_UNKNOWN, "unknown")		\
	GZVM_NAME(GZVM_EXIT_MMIO, "mmio")		\
	GZVM_NAME(GZVM_EXIT_HYPERCALL, "hypercall")	\
	GZVM_NAME(GZVM_EXIT_IRQ, "irq")			\
	GZVM_NAME(GZVM_EXIT_EXCEPTION, "exception")	\
	GZVM_NAME(GZVM_EXIT_DEBUG, "debug")		\
	GZVM_NAME(GZVM_EXIT_FAIL_ENTRY, "fail-entry")	\
	GZVM_NAME(GZVM_EXIT_INTERNAL_ERROR, "internal-error") \
	GZVM_NAME(GZVM_EXIT_SYSTEM_EVENT, "system-event") \
	GZVM_NAME(GZVM_EXIT_SHUTDOWN, "shutdown")	\
	GZVM_NAME(GZVM_EXIT_GZ, "gz")			\
	GZVM_NAME(GZVM_EXIT_IDLE, "idle")		\
	GZVM_LAST_NAME(GZVM_EXIT_IPI, "ipi")

#endif /* _GZVM_NAMES_H */
