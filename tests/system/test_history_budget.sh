#!/bin/sh
# A leg of dial_TonePlay (36 KB as plain text) costs at most 12 KiB with all that is kept of it.
set -eu

bench=$TEST_BUILD/bench/history
if [ ! -x "$bench" ]; then
    echo "no $bench"
    exit 77
fi
bytes=$("$bench" --json --passes 50 "$TEST_DATA/dial_TonePlay.bin" |
    sed -n 's/.*"bytes_per_leg":\([0-9][0-9]*\).*/\1/p')
echo "$bytes bytes a leg"
if [ "$bytes" -eq 0 ]; then
    echo "the allocator of a sanitizer does not tell"
    exit 77
fi
[ "$bytes" -le 12288 ]
