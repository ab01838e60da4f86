#!/bin/sh
# What the pages say that a command prints is what it prints. A fenced block below a line
#     <!-- output of COMMAND -->
# is its output, standard error included; several blocks of a page for one command are pieces of it,
# in their order, and leave nothing out. COMMAND is `switchio …` or `examples/NAME`. Uuids, dates,
# ports and places in the sources differ from run to run, and so does how often a line is repeated.
set -eu
cd "$(dirname "$0")/../.."
: "${SWITCHIO:?names the program}" "${TEST_BUILD:?names the build directory}"
unset SWITCHIO_PASSWORD
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
seen=0

# normalise FILE
normalise()
{
    sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g
        s/^[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} /DATE /
        s/ [a-z_]+\.c:[0-9]+ :/ SOURCE :/
        s/127\.0\.0\.1:[0-9]{5}/ADDRESS/g
        s/-[0-9a-f]{8}\b/-SUFFIX/g
        s/^UP [0-9].*/UP SO LONG/
        s/ +[0-9.]+ (us|ms|s)\b/ TIME/g
        s/^(Calls late|Rate achieved): .*/\1: SO MUCH/
        s/  +/ /g' "$1" | uniq
}

# run_it COMMAND: its whole output
run_it()
{
    case $1 in
    "switchio "*) eval "\"\$SWITCHIO\" ${1#switchio }" ;;
    examples/*) "$TEST_BUILD/$1" ;;
    *) echo "no such command: $1" && false ;;
    esac
}

for page in README.md docs/*.md; do
    rm -f "$work"/block.*
    awk -v work="$work/block." '
        /^```/ && inside { inside = 0; next }
        /^```/ { inside = 1; next }
        inside && command != "" { print > (work number[command]); next }
        inside { next }
        /^<!-- output of .* -->$/ {
            command = $0
            sub(/^<!-- output of /, "", command)
            sub(/ -->$/, "", command)
            if (!(command in number)) {
                number[command] = ++n
                print command > (work n ".command")
            }
            next
        }
        { command = "" }' "$page"
    for block in "$work"/block.*.command; do
        [ -e "$block" ] || continue
        read -r command <"$block"
        seen=$((seen + 1))
        normalise "${block%.command}" >"$work/said"
        run_it "$command" >"$work/raw" 2>&1 || {
            echo "$page: '$command' failed:"
            cat "$work/raw"
            failed=1
        }
        normalise "$work/raw" >"$work/printed"
        diff -u "$work/said" "$work/printed" || {
            echo "$page: this is not what '$command' prints"
            failed=1
        }
    done
done
[ $seen -gt 0 ] || {
    echo "no page says what a command prints: was the right tree given?"
    failed=1
}
exit $failed
