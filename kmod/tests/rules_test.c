// SPDX-License-Identifier: GPL-2.0-only
/*
 * The doorbell rules of the driver, as tables. Runs on the build machine: the
 * header holds pure functions that the driver compiles too.
 */
#include <stddef.h>
#include <stdint.h>

#include "../driver/gzvm_ioeventfd_rules.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ANY(address, length) { .addr = (address), .len = (length), .wildcard = true }
#define DATA(address, length, value) { .addr = (address), .len = (length), .datamatch = (value) }
#define STORE(address, length, value) { .addr = (address), .len = (length), .data = (value) }

#define A 0x0b000000ULL
#define B 0x0b000004ULL

static const struct {
	const char *name;
	struct gzvm_doorbell_key key;
	struct gzvm_store store;
	bool rings;
} match_rows[] = {
	{ "a wildcard rings for 0", ANY(A, 4), STORE(A, 4, 0), true },
	{ "a wildcard rings for all ones", ANY(A, 4), STORE(A, 4, 0xffffffff), true },
	{ "a wildcard is silent for a narrower store", ANY(A, 4), STORE(A, 2, 0), false },
	{ "a wildcard is silent for a wider store", ANY(A, 4), STORE(A, 8, 0), false },
	{ "a wildcard is silent one byte further", ANY(A, 4), STORE(A + 1, 4, 0), false },
	{ "a wildcard is silent inside its bytes", ANY(A, 8), STORE(A + 4, 4, 0), false },
	{ "length 0 rings for 1 byte", ANY(A, 0), STORE(A, 1, 0xff), true },
	{ "length 0 rings for 2 bytes", ANY(A, 0), STORE(A, 2, 0), true },
	{ "length 0 rings for 4 bytes", ANY(A, 0), STORE(A, 4, 1), true },
	{ "length 0 rings for 8 bytes", ANY(A, 0), STORE(A, 8, 2), true },
	{ "length 0 is silent at another address", ANY(A, 0), STORE(B, 4, 0), false },
	{ "the right data rings", DATA(A, 4, 1), STORE(A, 4, 1), true },
	{ "data 0 rings for 0", DATA(A, 4, 0), STORE(A, 4, 0), true },
	{ "wrong data is silent", DATA(A, 4, 1), STORE(A, 4, 2), false },
	{ "data that differs in the top bit is silent", DATA(A, 4, 1), STORE(A, 4, 0x80000001),
	  false },
	{ "the right data of another width is silent", DATA(A, 4, 1), STORE(A, 2, 1), false },
	{ "the right data at another address is silent", DATA(A, 4, 1), STORE(B, 4, 1), false },
	{ "8 bytes are compared whole", DATA(A, 8, 0x100000001), STORE(A, 8, 1), false },
	{ "8 bytes of the right data ring", DATA(A, 8, 0x100000001), STORE(A, 8, 0x100000001),
	  true },
	{ "address 0 rings", ANY(0, 4), STORE(0, 4, 7), true },
};

static const struct {
	const char *name;
	struct gzvm_doorbell_key first;
	struct gzvm_doorbell_key second;
	bool collide;
} collision_rows[] = {
	{ "equal wildcards collide", ANY(A, 4), ANY(A, 4), true },
	{ "a wildcard and data of one width collide", ANY(A, 4), DATA(A, 4, 1), true },
	{ "equal data collide", DATA(A, 4, 1), DATA(A, 4, 1), true },
	{ "different data do not collide", DATA(A, 4, 1), DATA(A, 4, 2), false },
	{ "wildcards of different widths do not collide", ANY(A, 4), ANY(A, 2), false },
	{ "equal data of different widths do not collide", DATA(A, 4, 1), DATA(A, 2, 1), false },
	{ "a wildcard and data of different widths do not collide", ANY(A, 8), DATA(A, 4, 1),
	  false },
	{ "two of length 0 collide", ANY(A, 0), ANY(A, 0), true },
	{ "length 0 and a wildcard collide", ANY(A, 0), ANY(A, 8), true },
	{ "length 0 and data collide", ANY(A, 0), DATA(A, 1, 3), true },
	{ "different addresses do not collide", ANY(A, 4), ANY(B, 4), false },
	{ "overlapping bytes do not collide", ANY(A, 8), ANY(B, 4), false },
	{ "length 0 reaches no other address", ANY(A, 0), ANY(A + 1, 1), false },
};

static const struct {
	const char *name;
	struct gzvm_doorbell_key key;
	bool valid;
} validity_rows[] = {
	{ "a width of 3 is refused", ANY(A, 3), false },
	{ "a width of 16 is refused", ANY(A, 16), false },
	{ "a width of 4 GiB - 1 is refused", ANY(A, 0xffffffff), false },
	{ "length 0 with data is refused", DATA(A, 0, 0), false },
	{ "length 0 is accepted", ANY(A, 0), true },
	{ "the last 4 bytes of the address space are accepted", ANY(~0ULL - 3, 4), true },
	{ "4 bytes that wrap are refused", ANY(~0ULL - 2, 4), false },
	{ "the last byte of the address space is accepted", ANY(~0ULL, 1), true },
	{ "data of 8 bits for 1 byte is accepted", DATA(A, 1, 0xff), true },
	{ "data of 9 bits for 1 byte is refused", DATA(A, 1, 0x100), false },
	{ "data of 17 bits for 2 bytes is refused", DATA(A, 2, 0x10000), false },
	{ "data of 33 bits for 4 bytes is refused", DATA(A, 4, 0x100000000), false },
	{ "data of 64 bits for 8 bytes is accepted", DATA(A, 8, ~0ULL), true },
};

/* Every combination of these is one doorbell or one store. */
static const __u64 addresses[] = { A, A + 1, B };
static const __u32 widths[] = { 1, 2, 4, 8 };
static const __u64 values[] = { 0, 1, 0xff };

#define MAX_KEYS 64

static size_t all_keys(struct gzvm_doorbell_key *keys)
{
	size_t count = 0;

	for (size_t a = 0; a < COUNT(addresses); a++) {
		keys[count++] = (struct gzvm_doorbell_key)ANY(addresses[a], 0);
		for (size_t w = 0; w < COUNT(widths); w++) {
			keys[count++] = (struct gzvm_doorbell_key)ANY(addresses[a], widths[w]);
			for (size_t v = 0; v < COUNT(values); v++)
				keys[count++] = (struct gzvm_doorbell_key)
					DATA(addresses[a], widths[w], values[v]);
		}
	}
	return count;
}

static bool some_store_rings_both(const struct gzvm_doorbell_key *first,
				  const struct gzvm_doorbell_key *second)
{
	for (size_t a = 0; a < COUNT(addresses); a++)
		for (size_t w = 0; w < COUNT(widths); w++)
			for (size_t v = 0; v < COUNT(values); v++) {
				struct gzvm_store store = STORE(addresses[a], widths[w], values[v]);

				if (gzvm_doorbell_matches(first, &store) &&
				    gzvm_doorbell_matches(second, &store))
					return true;
			}
	return false;
}

static void describe(const char *what, const struct gzvm_doorbell_key *key)
{
	diag("%s 0x%llx/%u %s 0x%llx", what, (unsigned long long)key->addr, key->len,
	     key->wildcard ? "wildcard" : "data", (unsigned long long)key->datamatch);
}

static void test_collision_means_a_common_store(void)
{
	struct gzvm_doorbell_key keys[MAX_KEYS];
	size_t count = all_keys(keys);
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			if (gzvm_doorbell_collides(&keys[i], &keys[j]) !=
			    some_store_rings_both(&keys[i], &keys[j])) {
				wrong++;
				describe("first", &keys[i]);
				describe("second", &keys[j]);
			}
	is_number(wrong, 0, "two doorbells collide exactly when one store rings both");
}

static void test_equality_tells_all_apart(void)
{
	struct gzvm_doorbell_key keys[MAX_KEYS];
	size_t count = all_keys(keys);
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			wrong += gzvm_doorbell_equal(&keys[i], &keys[j]) != (i == j);
	is_number(wrong, 0, "a doorbell equals itself and no other");
}

int main(void)
{
	for (size_t i = 0; i < COUNT(match_rows); i++)
		is_number(gzvm_doorbell_matches(&match_rows[i].key, &match_rows[i].store),
			  match_rows[i].rings, match_rows[i].name);
	for (size_t i = 0; i < COUNT(collision_rows); i++) {
		is_number(gzvm_doorbell_collides(&collision_rows[i].first,
						 &collision_rows[i].second),
			  collision_rows[i].collide, collision_rows[i].name);
		is_number(gzvm_doorbell_collides(&collision_rows[i].second,
						 &collision_rows[i].first),
			  collision_rows[i].collide, "... in the other order too");
	}
	for (size_t i = 0; i < COUNT(validity_rows); i++)
		is_number(gzvm_doorbell_valid(&validity_rows[i].key), validity_rows[i].valid,
			  validity_rows[i].name);
	test_collision_means_a_common_store();
	test_equality_tells_all_apart();
	return tap_done();
}
