#!/bin/sh
# The manual pages of docs/man are what the program says of itself, and troff reads them.
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
pages=$(dirname "$0")/../../docs/man

# same PAGE [COMMAND]
same()
{
    page=$1
    shift
    run 0 manual "$@"
    cmp -s "$work/out" "$pages/$page" ||
        fail "docs/man/$page is not up to date: build/switchio manual $* >docs/man/$page"
    if command -v groff >/dev/null; then
        groff -man -Kutf8 -Tutf8 -ww "$pages/$page" >/dev/null 2>"$work/err"
        [ ! -s "$work/err" ] || fail "groff complains"
    fi
}
same switchio.1
for command in dial console api sim list-apps report plot; do
    same "switchio-$command.1" "$command"
done

# The tables of docs/measurement.md are those that measure.
run 0 manual measurement
sed '1,/^<!-- From here on: switchio manual measurement -->$/d' "$pages/../measurement.md" | sed 1d >"$work/tables"
cmp -s "$work/out" "$work/tables" ||
    fail "docs/measurement.md is not up to date: replace what follows its comment by build/switchio manual measurement"

run 2 manual zork
