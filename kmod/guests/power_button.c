// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits for the power button, line 3 of a PL061 (Arm DDI 0190B), and powers off when it has been
 * pressed and released.
 */
#include "gic.h"

#define GPIO_BASE	0x09030000UL
#define GPIO_DATA	0x000	/* address bits 9 to 2: the lines of the access */
#define GPIO_BOTH_EDGES	0x408
#define GPIO_ENABLE	0x410
#define GPIO_PENDING	0x418
#define GPIO_CLEAR	0x41c
#define INTID		(GIC_FIRST_SPI + 7)
#define BUTTON		(1 << 3)

void power_button(void);

static volatile unsigned int presses;
static volatile unsigned int releases;

void handle_irq(void)
{
	unsigned int intid = gic_acknowledge();
	unsigned int pending = mmio_read8(GPIO_BASE + GPIO_PENDING);

	if (intid != INTID)
		fail("power_button", "an interrupt other than 39", intid);
	mmio_write8(GPIO_BASE + GPIO_CLEAR, pending);
	gic_end(intid);
	if (!(pending & BUTTON))
		return;
	if (mmio_read8(GPIO_BASE + GPIO_DATA + (BUTTON << 2)) & BUTTON)
		presses++;
	else
		releases++;
}

void power_button(void)
{
	gic_init_distributor();
	gic_init_cpu(0);
	gic_enable_spi(INTID);
	mmio_write8(GPIO_BASE + GPIO_BOTH_EDGES, BUTTON);
	mmio_write8(GPIO_BASE + GPIO_ENABLE, BUTTON);
	put_string("power_button: waiting\n");
	while (!releases)
		wait_for_interrupt();
	if (presses != 1 || releases != 1)
		fail("power_button", "more than one press", presses);
	pass("power_button", "pressed and released once");
}
