// SPDX-License-Identifier: GPL-2.0-only
#include "gic_check.h"
#include "icc.h"
#include "timer.h"

#define GICD_CTLR		(GIC_DISTRIBUTOR + 0x0000)
#define GICD_IROUTER		(GIC_DISTRIBUTOR + 0x6000)
#define IPRIORITYR		0x0400
#define SGI_FRAME		0x10000
#define PATIENCE_SECONDS	10
#define LOOKS			200

/* Where the registers of @intid are: both frames have the same offsets. */
static uint64_t frame(unsigned int cpu, unsigned int intid)
{
	if (intid < GIC_FIRST_SPI)
		return GIC_REDISTRIBUTOR + cpu * GIC_REDISTRIBUTOR_STRIDE + SGI_FRAME;
	return GIC_DISTRIBUTOR;
}

static uint64_t word(enum gic_bank bank, unsigned int cpu, unsigned int intid)
{
	return frame(cpu, intid) + bank + intid / 32 * 4;
}

void gic_set(enum gic_bank bank, unsigned int cpu, unsigned int intid)
{
	mmio_write32(word(bank, cpu, intid), 1u << intid % 32);
}

bool gic_get(enum gic_bank bank, unsigned int cpu, unsigned int intid)
{
	return mmio_read32(word(bank, cpu, intid)) >> intid % 32 & 1;
}

void gic_set_group(unsigned int cpu, unsigned int intid, unsigned int group)
{
	uint64_t address = word(GIC_GROUP, cpu, intid);
	uint32_t bit = 1u << intid % 32;

	mmio_write32(address, group ? mmio_read32(address) | bit : mmio_read32(address) & ~bit);
}

void gic_set_priority(unsigned int cpu, unsigned int intid, unsigned int priority)
{
	mmio_write8(frame(cpu, intid) + IPRIORITYR + intid, priority);
}

void gic_set_target(unsigned int intid, unsigned int cpu)
{
	mmio_write64(GICD_IROUTER + 8 * intid, cpu);
}

void gic_set_groups(unsigned int groups)
{
	mmio_write32(GICD_CTLR, groups | 1u << 4);
}

void pause_for(unsigned int microseconds)
{
	uint64_t end = counter() + counter_frequency() * microseconds / 1000000;

	while (counter() < end)
		;
}

void gic_take(const char *name, const char *what, unsigned int intid)
{
	uint64_t end = counter() + PATIENCE_SECONDS * counter_frequency();
	unsigned int got;

	do {
		got = gic_acknowledge();
	} while (got == GIC_NO_INTERRUPT && counter() < end);
	expect(name, what, got, intid);
}

void gic_take_none(const char *name, const char *what)
{
	for (int i = 0; i < LOOKS; i++) {
		unsigned int got = gic_acknowledge();

		expect(name, what, got, GIC_NO_INTERRUPT);
	}
}

void expect(const char *name, const char *what, uint64_t got, uint64_t expected)
{
	if (got != expected)
		fail(name, what, got);
}
