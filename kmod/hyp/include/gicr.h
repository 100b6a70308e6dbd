/* SPDX-License-Identifier: GPL-2.0-only */
/* The physical redistributor's SGI frame, and the interrupts gzhyp keeps for itself. */
#ifndef GZHYP_GICR_H
#define GZHYP_GICR_H

#include "types.h"

#define GICR_IGROUPR0		0x0080
#define GICR_ISENABLER0		0x0100
#define GICR_ISPENDR0		0x0200
#define GICR_ICPENDR0		0x0280
#define GICR_ISACTIVER0		0x0300
#define GICR_ICACTIVER0		0x0380
#define GICR_IPRIORITYR		0x0400

/* Linux uses SGIs 0 to 7; this one is gzhyp's kick. */
#define KICK_INTID		15
#define MAINTENANCE_INTID	25
#define HYP_TIMER_INTID		26
#define PHYSICAL_TIMER_INTID	27

#endif
