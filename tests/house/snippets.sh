#!/bin/sh
# usage: snippets.sh [ROOT]
# A fenced block below a line `<!-- PATH -->` in README.md, CONTRIBUTING.md or docs/ is that file, to
# the letter; a block of C without such a line shows something that nothing compiles.
set -eu
cd "${1:-$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
seen=0

find README.md CONTRIBUTING.md docs -name '*.md' | sort >"$work/pages"
while IFS= read -r page; do
    rm -f "$work"/block.*
    awk -v out="$work/block." '
        /^```/ && inside { inside = 0; close(to); next }
        /^```/ {
            inside = 1
            to = out (++n)
            print (path != "" ? path : "?") " " $0 > (to ".path")
            close(to ".path")
            printf "" > to
            next
        }
        inside { print > to; next }
        /^<!-- .* -->$/ { path = $2; next }
        { path = "" }' "$page"
    for block in "$work"/block.*.path; do
        [ -e "$block" ] || continue
        read -r path fence <"$block"
        if [ "$path" = "?" ]; then
            [ "$fence" != '```c' ] || {
                echo "$page: a block of C does not say which file it is"
                failed=1
            }
            continue
        fi
        seen=$((seen + 1))
        diff -u "$path" "${block%.path}" || {
            echo "$page: the block is not $path"
            failed=1
        }
    done
done <"$work/pages"
[ $seen -gt 0 ] || {
    echo "no block names its file: was the right tree given?"
    failed=1
}
exit $failed
