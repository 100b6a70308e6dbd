/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When does a guest's store ring a doorbell, and when do two doorbells stand in
 * each other's way? Pure functions, without kernel types, so that the same text
 * is compiled into the driver and into the table tests on the build machine.
 */
#ifndef _GZVM_IOEVENTFD_RULES_H
#define _GZVM_IOEVENTFD_RULES_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

/**
 * struct gzvm_doorbell_key - identity of a doorbell inside one VM
 * @addr: gpa, compared exactly
 * @datamatch: the value that rings it; 0 when @wildcard
 * @len: width of the store in bytes, 1, 2, 4 or 8; 0 for any width
 * @wildcard: any value rings it; always true when @len is 0
 */
struct gzvm_doorbell_key {
	__u64 addr;
	__u64 datamatch;
	__u32 len;
	bool wildcard;
};

/**
 * struct gzvm_store - a guest's store, as the driver copied it from the exit
 * @addr: gpa
 * @data: the stored value, zero-extended from @len bytes
 * @len: 1, 2, 4 or 8
 */
struct gzvm_store {
	__u64 addr;
	__u64 data;
	__u32 len;
};

/**
 * gzvm_access_width_valid() - is this the width of a single register's access?
 * @len: bytes
 *
 * Return: true for 1, 2, 4 and 8.
 */
static inline bool gzvm_access_width_valid(__u64 len)
{
	return len == 1 || len == 2 || len == 4 || len == 8;
}

/**
 * gzvm_doorbell_valid() - can a store ever ring this doorbell?
 * @key: the doorbell
 *
 * Refused are an impossible width, a range whose last byte lies past 2^64, a
 * datamatch without a width, and a datamatch wider than the store.
 *
 * Return: true when it can.
 */
static inline bool gzvm_doorbell_valid(const struct gzvm_doorbell_key *key)
{
	if (key->len == 0)
		return key->wildcard;
	if (!gzvm_access_width_valid(key->len))
		return false;
	if (key->addr > ~(__u64)0 - (key->len - 1))
		return false;
	return key->wildcard || key->len == 8 || key->datamatch >> (8 * key->len) == 0;
}

/**
 * gzvm_doorbell_matches() - does the store ring the doorbell?
 * @key: the doorbell
 * @store: the store
 *
 * Return: true when it does.
 */
static inline bool gzvm_doorbell_matches(const struct gzvm_doorbell_key *key,
					 const struct gzvm_store *store)
{
	if (key->addr != store->addr)
		return false;
	if (key->len == 0)
		return true;
	return key->len == store->len && (key->wildcard || key->datamatch == store->data);
}

/**
 * gzvm_doorbell_collides() - could one store ring both doorbells?
 * @a: a doorbell
 * @b: another
 *
 * KVM's rule. Doorbells at different addresses never collide, even when their
 * bytes overlap, because a store is compared by its first address.
 *
 * Return: true when the second of the two has to be refused.
 */
static inline bool gzvm_doorbell_collides(const struct gzvm_doorbell_key *a,
					  const struct gzvm_doorbell_key *b)
{
	if (a->addr != b->addr)
		return false;
	if (a->len == 0 || b->len == 0)
		return true;
	return a->len == b->len &&
	       (a->wildcard || b->wildcard || a->datamatch == b->datamatch);
}

/**
 * gzvm_doorbell_equal() - is it the same doorbell?
 * @a: a doorbell
 * @b: another
 *
 * Return: true when they have the same identity.
 */
static inline bool gzvm_doorbell_equal(const struct gzvm_doorbell_key *a,
				       const struct gzvm_doorbell_key *b)
{
	return a->addr == b->addr && a->len == b->len && a->wildcard == b->wildcard &&
	       a->datamatch == b->datamatch;
}

#endif /* _GZVM_IOEVENTFD_RULES_H */
