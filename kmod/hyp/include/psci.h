/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMCCC and PSCI function ids and results (Arm DEN 0028, DEN 0022 version 1.1),
 * and KVM's vendor calls.
 */
#ifndef GZHYP_PSCI_H
#define GZHYP_PSCI_H

/* In a function id: the 64-bit calling convention. */
#define SMCCC_64			0x40000000U
#define SMCCC_VERSION			0x80000000U
#define SMCCC_ARCH_FEATURES		0x80000001U
/*
 * Vendor-specific hypervisor calls in KVM's numbering (Linux
 * include/linux/arm-smccc.h), which Linux guests look for by KVM's UID.
 */
#define VENDOR_UID			0x8600FF01U
#define VENDOR_FEATURES			0x86000000U
#define VENDOR_FEATURE_FEATURES		BIT(0)
#define VENDOR_FEATURE_PTP		BIT(1)
/* 28b46fb6-2ec5-11e9-a9ca-4b564d003a74, four words, first bytes lowest. */
#define KVM_UID_0			0xb66fb428UL
#define KVM_UID_1			0xe911c52eUL
#define KVM_UID_2			0x564bcaa9UL
#define KVM_UID_3			0x743a004dUL
/* 7e134ed0-3b82-488d-8cee-69c19211dbe7, which AOSP's pvmfw looks for. */
#define GENIEZONE_UID_0			0xd04e137eUL
#define GENIEZONE_UID_1			0x8d48823bUL
#define GENIEZONE_UID_2			0xc169ee8cUL
#define GENIEZONE_UID_3			0xe7db1192UL
/* For protected guests; numbers and features are those of KVM's protected mode. */
#define HYP_MEMINFO			0xc6000002U
#define MEM_SHARE			0xc6000003U
#define MEM_UNSHARE			0xc6000004U
#define MMIO_GUARD_INFO			0xc6000005U
#define MMIO_GUARD_ENROLL		0xc6000006U
#define MMIO_GUARD_MAP			0xc6000007U
#define MMIO_GUARD_UNMAP		0xc6000008U
#define VENDOR_FEATURES_OF_PROTECTED	0x3fcUL

#define SMCCC_VERSION_1_1		0x10001UL
#define SMCCC_NOT_SUPPORTED		(-1L)
#define SMCCC_INVALID_PARAMETER		(-3L)

#define PSCI_VERSION			0x84000000U
#define PSCI_CPU_SUSPEND32		0x84000001U
#define PSCI_CPU_SUSPEND64		0xC4000001U
#define PSCI_CPU_OFF			0x84000002U
#define PSCI_CPU_ON32			0x84000003U
#define PSCI_CPU_ON64			0xC4000003U
#define PSCI_AFFINITY_INFO32		0x84000004U
#define PSCI_AFFINITY_INFO64		0xC4000004U
#define PSCI_MIGRATE_INFO_TYPE		0x84000006U
#define PSCI_SYSTEM_OFF			0x84000008U
#define PSCI_SYSTEM_RESET		0x84000009U
#define PSCI_FEATURES			0x8400000AU
#define PSCI_SYSTEM_SUSPEND32		0x8400000EU
#define PSCI_SYSTEM_SUSPEND64		0xC400000EU
#define PSCI_SYSTEM_RESET2_32		0x84000012U
#define PSCI_SYSTEM_RESET2_64		0xC4000012U

#define PSCI_VERSION_1_1		0x10001UL
#define PSCI_SUCCESS			0L
#define PSCI_NOT_SUPPORTED		(-1L)
#define PSCI_INVALID_PARAMETERS		(-2L)
#define PSCI_DENIED			(-3L)
#define PSCI_ALREADY_ON			(-4L)
#define PSCI_ON_PENDING			(-5L)
#define PSCI_INTERNAL_FAILURE		(-6L)
#define PSCI_INVALID_ADDRESS		(-9L)

/* AFFINITY_INFO */
#define PSCI_AFFINITY_ON		0L
#define PSCI_AFFINITY_OFF		1L
#define PSCI_AFFINITY_ON_PENDING	2L
/* MIGRATE_INFO_TYPE: no trusted OS that would have to move */
#define PSCI_MIGRATE_NOT_NEEDED		2L
/* SYSTEM_RESET2: types from here on are the vendor's; below there is only 0, a warm reset */
#define PSCI_RESET2_VENDOR		0x80000000UL
#define PSCI_RESET2_WARM		0UL
/* PSCI's function ids, of either calling convention */
#define PSCI_FUNCTION_MASK		0xbfffffe0U
#define PSCI_FUNCTIONS			0x84000000U
/* CPU_SUSPEND, power_state: the CPU loses its state */
#define PSCI_POWER_STATE_DOWN		(1UL << 16)

#endif
