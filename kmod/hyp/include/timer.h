/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_TIMER_H
#define GZHYP_TIMER_H

#include "vm.h"

/* Put the vCPU's virtual timer into this CPU, and take it out. */
void timer_load(struct vcpu *vcpu);
void timer_unload(struct vcpu *vcpu);
/* The physical interrupt of the virtual timer came while the guest ran. */
void timer_fired(struct vcpu *vcpu);
/*
 * Make the physical interrupt's active state follow the list registers: active
 * while the guest holds INTID 27, so that it cannot fire again. Caller is
 * about to enter the guest.
 */
void timer_follow(bool in_list_register);
/* Whether the loaded timer asserts its interrupt now. */
bool timer_is_asserted(void);
/* Ticks until the loaded timer fires; a second's worth when it will not. */
u64 timer_ticks_left(void);

#endif
