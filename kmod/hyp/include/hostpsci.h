/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_HOSTPSCI_H
#define GZHYP_HOSTPSCI_H

#include "hyp.h"

/* Serves the host's SMC: PSCI goes to the firmware, CPU_ON by way of gzhyp. */
void hostpsci_smc(struct gprs *regs);
/* Powers the machine off. */
__attribute__((noreturn)) void hostpsci_system_off(void);

#endif
