#!/bin/sh
# check.sh POT PO: every sentence translated and none fuzzy? PO_STRICT=1 makes it an error.
pot=$1 po=$2
if [ ! -f "$po" ]; then
	echo "$po does not exist yet"
	[ -z "${PO_STRICT:-}" ]
	exit
fi
msgfmt --check-format -o /dev/null "$po" || exit 1
merged=$(mktemp)
trap 'rm -f "$merged"' EXIT
msgmerge --quiet --no-fuzzy-matching -o "$merged" "$po" "$pot" || exit 1
LC_ALL=C msgfmt --statistics -o /dev/null "$merged" 2>&1 | sed "s|^|$po: |"
left=$(msgattrib --no-obsolete --untranslated --no-location "$merged"
	msgattrib --no-obsolete --only-fuzzy --no-location "$merged")
[ -n "$left" ] || exit 0
echo "run make po-merge and translate, for example:"
echo "$left" | grep '^msgid "..' | head -10
[ -z "${PO_STRICT:-}" ]
