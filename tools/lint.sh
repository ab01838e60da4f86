#!/bin/sh
# What ./dev lint checks, once build/ is configured: see .clang-format and .clang-tidy.
set -eu
cd "$(dirname "$0")/.."
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

check()
{
    part=$*
    echo "lint: $part"
}

fail()
{
    echo "lint: $part: failed" >&2
    failed=1
}

check "layout (clang-format)"
find src include cli tests bench examples -name '*.[ch]' -exec clang-format --dry-run -Werror {} + || fail

check "shell scripts (shellcheck)"
shellcheck -x -a dev .ci/run tools/lint.sh || fail
find tests -name '*.sh' -exec shellcheck -x {} + || fail

check "public headers alone, in C11 and C++"
tests/house/headers.sh build clang || fail

# What build/ compiles, with its assertions, which tell the analyzer what holds; the warning options of
# gcc that clang does not know are none of its business. Files are handed out one by one: some take a
# hundred times as long as others.
check "static analysis (clang-tidy)"
sed -n 's/^ *"file": "\(.*\)".*/\1/p' build/compile_commands.json | sort -u |
    xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 1 clang-tidy --quiet -p build \
        --warnings-as-errors='*' --extra-arg=-UNDEBUG --extra-arg=-Wno-unknown-warning-option 2>"$log" || {
    cat "$log"
    fail
}

[ $failed -eq 0 ] && echo "lint: clean"
exit $failed
