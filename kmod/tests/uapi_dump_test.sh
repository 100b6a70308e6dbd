#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Checks that the dump names every constant, enumerator, structure and field of
# the header, so that a later addition to the header cannot be forgotten.
# Usage: uapi_dump_test.sh DUMP_PROGRAM HEADER
set -eu

dump=$("$1")
header=$2
number=0
failed=0

# report RESULT NAME: one TAP line
report() {
	number=$((number + 1))
	echo "$1 $number - $2"
	[ "$1" = ok ] || failed=1
}

# names_missing NAMES: those of NAMES that are no key of the dump
names_missing() {
	for name in $1; do
		printf '%s' "$dump" | grep -Eq "\"([a-z_]+\.)?$name\":" || echo "$name"
	done
}

check() {
	missing=$(names_missing "$2")
	if [ -n "$2" ] && [ -z "$missing" ]; then
		report ok "$1"
	else
		report "not ok" "$1"
		echo "# missing:" "$missing"
	fi
}

defines=$(sed -n 's/^#define \(GZVM_[A-Z0-9_]*\)[[:space:]].*/\1/p' "$header")
enumerators=$(sed -n 's/^\t\(GZVM_[A-Z0-9_]*\)\( = [0-9]*\)\{0,1\},$/\1/p' "$header")
structures=$(sed -n 's/^struct \(gzvm_[a-z_]*\) {$/\1/p' "$header")
fields=$(sed -n 's/^\t*\(__[us][0-9]*\|char\) \([a-z0-9_]*\)\(\[[0-9]*\]\)\{0,1\};$/\2/p' "$header")

echo "1..4"
check "the dump names every constant of the header" "$defines"
check "the dump names every enumerator of the header" "$enumerators"
check "the dump names every structure of the header" "$structures"
check "the dump names every field of the header" "$fields"
exit $failed
