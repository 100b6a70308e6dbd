// SPDX-License-Identifier: GPL-2.0-only
/* Waits for SPI 20 (INTID 52), which the host raises once. */
#include "gic.h"

#define INTID		(GIC_FIRST_SPI + 20)

void gic_spi(void);

static volatile unsigned int count;

void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();

	if (intid != INTID)
		fail("gic_spi", "an interrupt other than 52", intid);
	count++;
	gic_end(intid);
}

void gic_spi(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_spi(INTID);
	put_string("gic_spi: waiting for SPI 20\n");
	while (!count)
		wait_for_interrupt();
	pass("gic_spi", "INTID 52 arrived");
}
