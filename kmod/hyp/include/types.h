/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GZHYP_TYPES_H
#define GZHYP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define BIT(n)			(1UL << (n))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)		(((x) + (a) - 1) & ~((u64)(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((u64)(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((u64)(a) - 1)) == 0)
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))

/* Bits hi..lo of x. */
#define FIELD(x, hi, lo)	(((x) >> (lo)) & (~0UL >> (63 - ((hi) - (lo)))))

/* One access, never split, repeated or merged by the compiler. */
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#define PAGE_SHIFT		12
#define PAGE_BYTES		(1UL << PAGE_SHIFT)
#define BLOCK_SHIFT		21
#define BLOCK_BYTES		(1UL << BLOCK_SHIFT)

#endif
