/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_HYPERCALL_H
#define GZHYP_HYPERCALL_H

#include "hyp.h"

/* Serves the host's HVC: function id in x0, status and results go to x0..x3. */
void hypercall_serve(struct gprs *regs);

#endif
