/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's side of a GICv3 in one security state, affinity routing on. */
#ifndef _GUEST_GIC_H
#define _GUEST_GIC_H

#include "guest.h"

#define GIC_TIMER_INTID		27	/* PPI of the virtual timer */
#define GIC_FIRST_SPI		32
#define GIC_NO_INTERRUPT	1023

/** gic_init_distributor() - route group 1 interrupts; once, by the boot CPU */
void gic_init_distributor(void);
/** gic_init_cpu() - wake the calling CPU's redistributor, open its interface */
void gic_init_cpu(unsigned int cpu);
/** gic_enable_private() - enable an SGI or PPI (INTID 0..31) of a CPU */
void gic_enable_private(unsigned int cpu, unsigned int intid);
/** gic_enable_spi() - enable an edge-triggered SPI (INTID) routed to CPU 0 */
void gic_enable_spi(unsigned int intid);
/** gic_acknowledge() - take the highest interrupt; Return: INTID or GIC_NO_INTERRUPT */
unsigned int gic_acknowledge(void);
/** gic_end() - end the interrupt that gic_acknowledge() returned */
void gic_end(unsigned int intid);
/** gic_send() - send SGI @intid (0..15) to CPU @cpu */
void gic_send(unsigned int cpu, unsigned int intid);

/**
 * wait_for_interrupt() - sleep until one is pending, then let it be handled
 *
 * Called with interrupts masked, so that one that comes between the caller's
 * test and the WFI still wakes; masked again on return.
 */
static inline void wait_for_interrupt(void)
{
	__asm__ volatile("wfi\n\tmsr daifclr, #2\n\tisb\n\tmsr daifset, #2" : : : "memory");
}

#endif /* _GUEST_GIC_H */
