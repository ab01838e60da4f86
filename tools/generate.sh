#!/bin/sh
# usage: generate.sh: writes docs/man/ and completions/ anew, from the tables of build/switchio.
set -eu
cd "$(dirname "$0")/.."
build/switchio manual >docs/man/switchio.1
build/switchio --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' |
    while read -r command; do
        build/switchio manual "$command" >"docs/man/switchio-$command.1"
    done
build/switchio completion bash >completions/switchio.bash
build/switchio completion zsh >completions/_switchio
build/switchio completion fish >completions/switchio.fish
