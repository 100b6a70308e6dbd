// SPDX-License-Identifier: GPL-2.0-only
#include "hyp.h"

void *(memset)(void *destination, int value, size_t bytes)
{
	u8 *to = destination;
	u64 word = (u8)value * 0x0101010101010101UL;

	while (bytes && !IS_ALIGNED((u64)to, 8)) {
		*to++ = value;
		bytes--;
	}
	for (; bytes >= 8; bytes -= 8, to += 8)
		*(u64 *)to = word;
	while (bytes--)
		*to++ = value;
	return destination;
}

void *(memcpy)(void *destination, const void *source, size_t bytes)
{
	u8 *to = destination;
	const u8 *from = source;

	if (IS_ALIGNED((u64)to | (u64)from, 8))
		for (; bytes >= 8; bytes -= 8, to += 8, from += 8)
			*(u64 *)to = *(const u64 *)from;
	while (bytes--)
		*to++ = *from++;
	return destination;
}
