/* SPDX-License-Identifier: GPL-2.0-only */
/* An address below RAM where the machine has neither memory nor a device. */
#ifndef _GUEST_UNMAPPED_H
#define _GUEST_UNMAPPED_H

#define UNMAPPED	0x3f000000UL

#endif /* _GUEST_UNMAPPED_H */
