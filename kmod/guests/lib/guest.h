/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a bare-metal guest has: a UART, device accesses of each width, and PSCI.
 * Addresses are guest-physical; the MMU is off, so RAM is accessed as device
 * memory and every access is aligned.
 */
#ifndef _GUEST_H
#define _GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "stack.h"

/* The guest-physical map, that of QEMU's "virt" machine. */
#define UART_BASE		0x09000000UL
#define GIC_DISTRIBUTOR		0x08000000UL
#define GIC_REDISTRIBUTOR	0x080a0000UL
#define GIC_REDISTRIBUTOR_STRIDE 0x20000UL

/*
 * Accesses of exactly one load or store with a valid syndrome (ISV): one
 * general-purpose register, no writeback, no pair.
 */
#define DEFINE_MMIO(width, type, load, store, modifier)				\
static inline type mmio_read##width(uint64_t address)				\
{										\
	type value;								\
	__asm__ volatile(load " %" modifier "0, [%1]"				\
			 : "=r"(value) : "r"(address) : "memory");		\
	return value;								\
}										\
static inline void mmio_write##width(uint64_t address, type value)		\
{										\
	__asm__ volatile(store " %" modifier "0, [%1]"				\
			 : : "rZ"(value), "r"(address) : "memory");		\
}

DEFINE_MMIO(8, uint8_t, "ldrb", "strb", "w")
DEFINE_MMIO(16, uint16_t, "ldrh", "strh", "w")
DEFINE_MMIO(32, uint32_t, "ldr", "str", "w")
DEFINE_MMIO(64, uint64_t, "ldr", "str", "x")

/** put_string() - write a string to the UART */
void put_string(const char *string);
/** put_hex() - write "0x" and the digits of a number, without leading zeros */
void put_hex(uint64_t value);
/** put_decimal() - write a number in base ten */
void put_decimal(uint64_t value);

/**
 * pass() - print "PASS <name>: <what>" and a newline
 * @name: the case
 * @what: what has been seen
 */
void pass(const char *name, const char *what);
/** fail() - print "FAIL <name>: <what>, got <got>" and power off */
void fail(const char *name, const char *what, uint64_t got) __attribute__((noreturn));

/** power_off() - PSCI SYSTEM_OFF */
void power_off(void) __attribute__((noreturn));
/** reset_system() - PSCI SYSTEM_RESET */
void reset_system(void) __attribute__((noreturn));
/* Answers of PSCI, sign-extended. */
#define PSCI_ON			0
#define PSCI_OFF		1
#define PSCI_ALREADY_ON		(-4)

/**
 * start_cpu() - PSCI CPU_ON
 * @cpu: CPU number, which is also MPIDR_EL1.Aff0; it enters secondary_main()
 *
 * Return: the PSCI status, 0 or a negative number.
 */
int64_t start_cpu(unsigned int cpu);
/** stop_cpu() - PSCI CPU_OFF of the calling CPU */
void stop_cpu(void) __attribute__((noreturn));
/** cpu_state() - PSCI AFFINITY_INFO; Return: PSCI_ON, PSCI_OFF or a negative status */
int64_t cpu_state(unsigned int cpu);

/** secondary_main() - what a started CPU runs; a guest with one CPU has none */
void secondary_main(uint64_t cpu);
/** handle_irq() - called with interrupts masked; the default one fails */
void handle_irq(void);

#endif /* _GUEST_H */
