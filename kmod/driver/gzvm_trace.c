// SPDX-License-Identifier: GPL-2.0-only
/* The bodies of the trace events. */
#define CREATE_TRACE_POINTS
#include "gzvm_trace.h"
