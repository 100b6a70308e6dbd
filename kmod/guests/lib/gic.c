// SPDX-License-Identifier: GPL-2.0-only
/* Registers are those of Arm IHI 0069 (GICv3 and GICv4). */
#include "gic.h"
#include "icc.h"

#define GICD_CTLR		(GIC_DISTRIBUTOR + 0x0000)
#define GICD_CTLR_GRP1		(1u << 1)
#define GICD_CTLR_ARE		(1u << 4)
#define GICD_CTLR_RWP		(1u << 31)
#define GICD_IGROUPR		(GIC_DISTRIBUTOR + 0x0080)
#define GICD_ISENABLER		(GIC_DISTRIBUTOR + 0x0100)
#define GICD_IPRIORITYR		(GIC_DISTRIBUTOR + 0x0400)
#define GICD_ICFGR		(GIC_DISTRIBUTOR + 0x0c00)
#define GICD_IROUTER		(GIC_DISTRIBUTOR + 0x6000)

#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	(1u << 1)
#define GICR_WAKER_ASLEEP	(1u << 2)
#define GICR_IGROUPR0		0x10080
#define GICR_ISENABLER0		0x10100
#define GICR_IPRIORITYR		0x10400

#define PRIORITY		0x80
#define PRIORITY_MASK_OPEN	0xff

static void set_bit(uint64_t bitmap, unsigned int bit)
{
	uint64_t address = bitmap + bit / 32 * 4;

	mmio_write32(address, mmio_read32(address) | 1u << bit % 32);
}

void gic_init_distributor(void)
{
	mmio_write32(GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP1);
	while (mmio_read32(GICD_CTLR) & GICD_CTLR_RWP)
		;
}

static uint64_t redistributor(unsigned int cpu)
{
	return GIC_REDISTRIBUTOR + cpu * GIC_REDISTRIBUTOR_STRIDE;
}

void gic_init_cpu(unsigned int cpu)
{
	uint64_t waker = redistributor(cpu) + GICR_WAKER;

	mmio_write32(waker, mmio_read32(waker) & ~GICR_WAKER_SLEEP);
	while (mmio_read32(waker) & GICR_WAKER_ASLEEP)
		;
	write_icc(ICC_SRE_EL1, 1);
	write_icc(ICC_PMR_EL1, PRIORITY_MASK_OPEN);
	write_icc(ICC_IGRPEN1_EL1, 1);
}

void gic_enable_private(unsigned int cpu, unsigned int intid)
{
	set_bit(redistributor(cpu) + GICR_IGROUPR0, intid);
	mmio_write8(redistributor(cpu) + GICR_IPRIORITYR + intid, PRIORITY);
	mmio_write32(redistributor(cpu) + GICR_ISENABLER0, 1u << intid);
}

void gic_enable_spi(unsigned int intid)
{
	set_bit(GICD_IGROUPR, intid);
	mmio_write8(GICD_IPRIORITYR + intid, PRIORITY);
	set_bit(GICD_ICFGR, 2 * intid + 1);
	mmio_write64(GICD_IROUTER + 8 * intid, 0);
	mmio_write32(GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

unsigned int gic_acknowledge(void)
{
	return read_icc(ICC_IAR1_EL1) & 0xffffff;
}

void gic_end(unsigned int intid)
{
	write_icc(ICC_EOIR1_EL1, intid);
}

void gic_send(unsigned int cpu, unsigned int intid)
{
	/* What the receiver is to see has to be in memory before the interrupt. */
	__asm__ volatile("dsb sy" : : : "memory");
	write_icc(ICC_SGI1R_EL1, (uint64_t)intid << 24 | 1ull << cpu);
}
