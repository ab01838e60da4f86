#!/bin/sh
# usage: layering.sh [ROOT]: fails when a room includes a room above it, or what is not for it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}"
find src include cli examples \( -name '*.[ch]' -o -name '*.h.in' \) -print | sort |
    xargs awk -f "$here/layering.awk"
