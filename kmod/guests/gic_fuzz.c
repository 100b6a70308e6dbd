// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs write by chance to the registers of the distributor, of both redistributors
 * and of their CPU interfaces. Nothing may come of it but interrupts, which are masked;
 * afterwards both put everything in order and take an SGI, a PPI and an SPI.
 */
#include "gic_check.h"
#include "icc.h"
#include "timer.h"

#define ROUNDS			3000u
#define OTHER			1u
#define SGI			3u
#define SPI			77u
#define FRAME_BYTES		0x10000u

void gic_fuzz(void);

static volatile unsigned int done, in_order, begin;

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 8;
}

static uint64_t random_place(uint64_t *state)
{
	static const uint16_t banks[] = {
		0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0xc00, 0x6100,
	};
	uint64_t base = GIC_DISTRIBUTOR;
	unsigned int offset = next(state) % FRAME_BYTES;

	/* Mostly where there is a register. */
	if (next(state) % 8)
		offset = banks[next(state) % (sizeof(banks) / sizeof(banks[0]))] +
			 next(state) % 0x80;
	if (next(state) % 2)
		base = GIC_REDISTRIBUTOR + next(state) % 2 * GIC_REDISTRIBUTOR_STRIDE +
		       next(state) % 2 * FRAME_BYTES;
	return base + offset;
}

static void access_memory(uint64_t *state)
{
	uint64_t place = random_place(state), value = next(state) * 0x9e3779b97f4a7c15ull;

	switch (next(state) % 8) {
	case 0:
		mmio_write8(place, value);
		break;
	case 1:
		mmio_write16(place & ~1ull, value);
		break;
	case 2:
		mmio_write64(place & ~7ull, value);
		break;
	case 3:
		mmio_read8(place);
		break;
	case 4:
		mmio_read64(place & ~7ull);
		break;
	default:
		mmio_write32(place & ~3ull, value);
	}
}

/*
 * Binary points below 8 only: QEMU 7.2 ends with a failed assertion when a larger one
 * is written.
 */
static void access_interface(uint64_t *state)
{
	uint64_t value = next(state);

	switch (next(state) % 12) {
	case 0:
		write_icc(ICC_PMR_EL1, value & 0xff);
		break;
	case 1:
		write_icc(ICC_BPR1_EL1, value & 7);
		break;
	case 2:
		write_icc(ICC_CTLR_EL1, value & 3);
		break;
	case 3:
		write_icc(ICC_IGRPEN0_EL1, value & 1);
		break;
	case 4:
		write_icc(ICC_IGRPEN1_EL1, value & 1);
		break;
	case 5:
		write_icc(ICC_SGI1R_EL1, value);
		break;
	case 6:
		write_icc(ICC_SGI1R_EL1, (value & 0xf) << 24 | (value >> 8 & 3));
		break;
	case 7:
		write_icc(ICC_DIR_EL1, value % 320);
		break;
	case 8:
		write_icc(ICC_EOIR1_EL1, value % 320);
		break;
	case 9:
		read_icc(ICC_IAR0_EL1);
		break;
	default:
		gic_end(gic_acknowledge());
	}
}

static void fuzz(uint64_t seed)
{
	uint64_t state = seed;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (next(&state) % 4)
			access_memory(&state);
		else
			access_interface(&state);
	}
}

static void clear_bank(enum gic_bank bank, unsigned int cpu)
{
	for (unsigned int intid = 0; intid < 288; intid += 32) {
		uint64_t base = intid ? GIC_DISTRIBUTOR :
			GIC_REDISTRIBUTOR + cpu * GIC_REDISTRIBUTOR_STRIDE + FRAME_BYTES;
		uint32_t left;

		mmio_write32(base + bank + intid / 8, ~0u);
		left = mmio_read32(base + bank + intid / 8);
		expect("gic_fuzz", "bits left of a bank that was cleared", left, 0);
	}
}

static void clear_interface(void)
{
	write_icc(ICC_CTLR_EL1, 0);
	write_icc(ICC_AP0R0_EL1, 0);
	write_icc(ICC_AP1R0_EL1, 0);
	write_icc(ICC_IGRPEN0_EL1, 0);
	write_icc(ICC_BPR1_EL1, 0);
}

/* The distributor and its private interrupts, while the other CPU only waits. */
static void clear_all(unsigned int cpu)
{
	gic_set_groups(0);
	timer_control(0);
	clear_interface();
	clear_bank(GIC_DISABLE, cpu);
	clear_bank(GIC_CLEAR_PENDING, cpu);
	clear_bank(GIC_CLEAR_ACTIVE, cpu);
	gic_set_groups(2);
	gic_init_cpu(cpu);
	expect("gic_fuzz", "ICC_RPR_EL1", read_icc(ICC_RPR_EL1), ICC_RPR_IDLE);
	gic_take_none("gic_fuzz", "an interrupt although all are disabled, INTID");
}

static void check(unsigned int cpu)
{
	clear_all(cpu);
	gic_enable_private(cpu, SGI);
	gic_send(cpu, SGI);
	gic_take("gic_fuzz", "an SGI afterwards", SGI);
	gic_end(SGI);

	gic_enable_private(cpu, GIC_TIMER_INTID);
	timer_set_deadline(counter());
	timer_control(TIMER_ENABLE);
	gic_take("gic_fuzz", "the timer afterwards", GIC_TIMER_INTID);
	timer_control(0);
	gic_end(GIC_TIMER_INTID);

	gic_enable_spi(SPI);
	gic_set_target(SPI, cpu);
	gic_set(GIC_SET_PENDING, 0, SPI);
	gic_take("gic_fuzz", "an SPI afterwards", SPI);
	gic_end(SPI);
	gic_take_none("gic_fuzz", "one more interrupt, INTID");
}

void secondary_main(uint64_t cpu)
{
	begin = 1;
	fuzz(0xfeed);
	done = 1;
	while (!in_order)
		;
	check(cpu);
	done = 2;
	stop_cpu();
}

void gic_fuzz(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	if (start_cpu(OTHER))
		fail("gic_fuzz", "CPU_ON", OTHER);
	while (!begin)
		;
	fuzz(0xbeef);
	while (done < 1)
		;
	check(0);
	in_order = 1;
	while (done < 2)
		;
	pass("gic_fuzz", "both CPUs take interrupts after 6000 accesses by chance");
}
