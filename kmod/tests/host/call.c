// SPDX-License-Identifier: GPL-2.0-only
/* The usual hypercall: a number, some arguments, a status. */
#include "host.h"

u64 hvc_result;

s32 hvc(u32 number, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5)
{
	struct call call = { .x = { GZVM_HVC_ID(number), x1, x2, x3, x4, x5 } };

	if (!hypercall(&call))
		ok(false, "a hypercall leaves x8 to x30 alone");
	hvc_result = call.x[1];
	return (s32)call.x[0];
}
