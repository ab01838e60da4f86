#!/bin/sh
# usage: snippets.sh [ROOT]
# A fenced block below a line `<!-- PATH -->` in README.md, CONTRIBUTING.md or docs/ is that file, to
# the letter; below `<!-- part of PATH -->` it is a run of lines of it, but for indentation. A block of
# C without such a line shows something that nothing compiles. (`<!-- output of COMMAND -->` is the
# affair of tests/system/test_docs.sh.)
set -eu
cd "${1:-$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
seen=0

# is_part BLOCK FILE: the lines of BLOCK stand in FILE, one after the other; indentation aside.
is_part()
{
    awk '
        { sub(/^[ \t]+/, "") }
        FNR == NR { block[++n] = $0; next }
        { file[++m] = $0 }
        END {
            for (at = 0; at + n <= m; at++) {
                for (i = 1; i <= n && block[i] == file[at + i]; i++)
                    continue
                if (i > n)
                    exit 0
            }
            exit 1
        }' "$1" "$2"
}

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
        /^<!-- output of .* -->$/ { path = "output"; next }
        /^<!-- part of .* -->$/ { path = "part:" $4; next }
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
        [ "$path" != output ] || continue
        seen=$((seen + 1))
        if [ "${path#part:}" != "$path" ]; then
            is_part "${block%.path}" "${path#part:}" || {
                echo "$page: these lines do not stand in ${path#part:}:"
                cat "${block%.path}"
                failed=1
            }
            continue
        fi
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
