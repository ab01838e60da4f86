#!/bin/sh
# usage: links.sh: every relative link of a page leads to a file.
set -eu
cd "$(dirname "$0")/../.."
failed=0
for page in *.md conf/*.md $(find docs -name '*.md'); do
    # shellcheck disable=SC2013 # words: a link has no space
    for link in $(grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*:'); do
        [ -e "$(dirname "$page")/$link" ] || {
            echo "$page: the link $link leads nowhere"
            failed=1
        }
    done
done
exit $failed
