/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The doorbells that the guests ring, all in the page that Jinn leaves to user
 * doorbells. configs/doorbells.json and guests_test.c describe the same ones.
 */
#ifndef _GUEST_DOORBELLS_H
#define _GUEST_DOORBELLS_H

#include "guest.h"

#define DOORBELL_WILDCARD	0x0b000000UL	/* 4 bytes, any data */
#define DOORBELL_DATAMATCH	0x0b000010UL	/* 4 bytes, data 0x51 */
#define DOORBELL_WRONG_WIDTH	0x0b000020UL	/* 4 bytes, any data */
#define DOORBELL_WRONG_DATA	0x0b000030UL	/* 4 bytes, data 1 */
#define DOORBELL_READ		0x0b000040UL	/* 4 bytes, any data */
#define DOORBELL_SHARED		0x0b000050UL	/* 4 bytes, data 1; 4 bytes, data 2 */
#define DOORBELL_ANY_LENGTH	0x0b000060UL	/* any width, any data */
#define DOORBELL_STORM		0x0b000070UL	/* 4 bytes, any data */
#define DOORBELL_STORM_RINGS	10000

void doorbell_wildcard(void);
void doorbell_datamatch(void);
void doorbell_wrong_width(void);
void doorbell_wrong_data(void);
void doorbell_read(void);
void doorbell_shared_address(void);
void doorbell_any_length(void);
void doorbell_storm(void);
void doorbells(void);

#endif /* _GUEST_DOORBELLS_H */
