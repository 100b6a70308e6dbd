/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_TIMER_H
#define GZHYP_TIMER_H

#include "vm.h"

/* Put the vCPU's timers into this CPU, and take them out. */
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
/* Whether the loaded virtual timer asserts its interrupt now. */
bool timer_is_asserted(void);
/* CNTP_CTL_EL0 as the loaded vCPU reads it. */
u64 timer_physical_control(const struct vcpu *vcpu);
/* The guest has written its physical timer, or its time has come. */
void timer_physical_changed(struct vcpu *vcpu);
/* Ticks until the first of the loaded timers fires; a second's worth when none will. */
u64 timer_ticks_left(const struct vcpu *vcpu);

#endif
