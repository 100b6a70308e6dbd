/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of gzhyp shares: the physical CPU, locks, memory services,
 * and fatal errors.
 *
 * gzhyp runs at EL2 with all interrupts masked. Addresses are identity mapped,
 * so a host-physical address (PA) is also a pointer.
 *
 * Lock order: vm table lock, then one VM's lock, then the page lock.
 */
#ifndef GZHYP_HYP_H
#define GZHYP_HYP_H

#include "platform.h"
#include "sysreg.h"
#include "types.h"

struct vcpu;

/* x0..x30 of the world that trapped. */
struct gprs {
	u64 x[31];
};

/* v0..v31, FPSR and FPCR. */
struct fp_state {
	__uint128_t v[32];
	u64 fpsr;
	u64 fpcr;
};

/**
 * struct cpu - a physical CPU, found through TPIDR_EL2
 * @guest: the vCPU whose guest runs here, NULL while the host does; vectors.S
 *         reads it at offset 0
 * @index: number of the CPU, 0..MAX_CPUS-1
 * @mpidr: affinity of the CPU
 * @gicr: PA of its redistributor's SGI frame
 * @host_entry: where a CPU_ON by the host wants to begin
 * @host_context: x0 for it
 * @host_mdcr: MDCR_EL2 while the host runs: it has all PMU counters
 * @guest_owns_fp: the FP registers hold the guest's values
 * @list_registers_loaded: list registers that are not zero
 * @timer_active: the physical virtual-timer interrupt is active on this CPU
 * @own_interrupts_ready: PPIs and SGI of gzhyp were enabled once
 * @host_fp: the host's FP registers while the guest owns the real ones
 */
struct cpu {
	struct vcpu *guest;
	u32 index;
	u64 mpidr;
	u64 gicr;
	u64 host_entry;
	u64 host_context;
	u64 host_mdcr;
	bool guest_owns_fp;
	u32 list_registers_loaded;
	bool timer_active;
	bool own_interrupts_ready;
	struct fp_state host_fp;
};

static inline struct cpu *this_cpu(void)
{
	struct cpu *cpu;

	asm volatile("mrs %0, tpidr_el2" : "=r"(cpu));
	return cpu;
}

extern struct cpu cpus[MAX_CPUS];

/* A spin lock; interrupts are always masked at EL2, so its holder is never interrupted. */
typedef struct {
	u32 taken;
} spinlock;

static inline void lock(spinlock *l)
{
	while (__atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&l->taken, __ATOMIC_RELAXED))
			yield();
}

static inline void unlock(spinlock *l)
{
	__atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
}

static inline u32 mmio_read32(u64 address)
{
	return *(volatile u32 *)address;
}

static inline void mmio_write32(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}

/* log.c: gzhyp's lines on the PL011, before the host's driver owns it and when gzhyp dies. */
void log_text(const char *text);
void log_hex(u64 value);
void log_line(const char *text, u64 value);
__attribute__((noreturn)) void panic(const char *reason);

/* pages.c: gzhyp's own memory in pages of 4 KiB. */
void pages_init(u64 first, u64 end);
/* Zeroed, contiguous, aligned to its own (power of two) size; NULL when there is none. */
void *pages_alloc(u32 count);
void pages_free(void *memory, u32 count);

/* hostmem.c: which physical addresses belong to the host. */
void hostmem_init(u64 dtb);
/* Whether [pa, pa + bytes) is RAM that the host owns: nothing of gzhyp, no device. */
bool hostmem_contains(u64 pa, u64 bytes);
/* The end of the highest of the host's RAM. */
u64 hostmem_end(void);

/* mmu.c: gzhyp's own stage 1. */
void mmu_build(void);
void mmu_enable(void);

/* lib.c: the compiler calls these on its own, too; short ones it writes out in place. */
void *memset(void *destination, int value, size_t bytes);
void *memcpy(void *destination, const void *source, size_t bytes);
#define memset(destination, value, bytes) __builtin_memset(destination, value, bytes)
#define memcpy(destination, source, bytes) __builtin_memcpy(destination, source, bytes)

/* fp.S */
void fp_save(struct fp_state *state);
void fp_restore(const struct fp_state *state);

#endif
