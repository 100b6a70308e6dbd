// SPDX-License-Identifier: GPL-2.0-only
/* What the compiler calls on its own. */
#include "host.h"

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

void *memcpy(void *to, const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((u8 *)to)[i] = ((const u8 *)from)[i];
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((u8 *)to)[i] = value;
	return to;
}
