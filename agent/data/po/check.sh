#!/bin/sh
# check.sh POT PO: every sentence translated and none fuzzy? PO_STRICT=1 makes it an error.
pot=$1 po=$2
if [ ! -f "$po" ]; then
	echo "$po does not exist yet"
	[ -z "${PO_STRICT:-}" ]
	exit
fi
msgfmt --check-format -o /dev/null "$po" || exit 1
missing=$(msgcmp "$po" "$pot" 2>&1 >/dev/null | grep -c ': this message')
if [ "$missing" != 0 ]; then
	echo "$po: $missing sentences are missing or fuzzy; run make po-merge and translate:"
	msgcmp "$po" "$pot" 2>&1 >/dev/null | grep ': this message' | head -20
	[ -z "${PO_STRICT:-}" ]
fi
