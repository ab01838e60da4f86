#!/bin/sh
# usage: exports.sh BUILD
# What the libraries show of themselves: swio_… and nothing else, so that they clash with no user's
# names; the shared one shows what the public headers declare, all of it and no more. And no function
# of the public face is without a test.
set -eu
build=$1
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Every function that a header declares with SWIO_API (comments and line ends taken out first).
cat include/switchio/*.h "$build"/include/switchio/*.h | grep -v '^#' | tr '\n' ' ' |
    sed 's|/\*|\n/*|g; s|\*/|*/\n|g' | sed '/^\/\*/d' | tr '\n' ' ' | tr ';{}' '\n' |
    sed -n 's/.*SWIO_API[^(]*[ *]\(swio_[a-z0-9_]*\) *[(\[].*/\1/p; s/.*SWIO_API[^(]*[ *]\(swio_[a-z0-9_]*\) *$/\1/p' |
    sort -u >"$work/declared"
nm -D --defined-only "$build/libswitchio.so" | awk '{ print $NF }' | sort -u >"$work/exported"
nm -g --defined-only "$build/libswitchio.a" | awk 'NF == 3 { print $3 }' | sort -u >"$work/archived"

# complain WORDS FILE: fails if there is a line in it
complain()
{
    [ -s "$2" ] || return 0
    echo "$1:"
    sed 's/^/  /' "$2"
    failed=1
}

[ -s "$work/declared" ] || { echo "no SWIO_API was seen in the headers"; failed=1; }
grep -v '^swio_' "$work/exported" >"$work/foreign" || :
complain "exported by libswitchio.so, and not swio_" "$work/foreign"
grep -v '^swio_' "$work/archived" >"$work/foreign" || :
complain "visible in libswitchio.a, and not swio_" "$work/foreign"
comm -13 "$work/declared" "$work/exported" >"$work/undeclared"
complain "exported, and in no public header" "$work/undeclared"
comm -23 "$work/declared" "$work/exported" >"$work/missing"
complain "declared in a public header, and not in the library" "$work/missing"

# Every one of them is called by some test.
cat tests/*/*.c tests/*/*.h | grep -oE 'swio_[a-z0-9_]+' | sort -u >"$work/tested"
comm -23 "$work/declared" "$work/tested" >"$work/untested"
complain "declared in a public header, and in no test" "$work/untested"
exit $failed
