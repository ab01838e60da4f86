#!/bin/sh
# The completion of the shells is what the tables of the program make of it, and completes.
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
scripts=$(cd "$(dirname "$0")/../../completions" && pwd)

for pair in bash:switchio.bash zsh:_switchio fish:switchio.fish; do
    run 0 completion "${pair%:*}"
    cmp -s "$work/out" "$scripts/${pair#*:}" ||
        fail "completions/${pair#*:} is not up to date: build/switchio completion ${pair%:*} >completions/${pair#*:}"
done
run 2 completion tcsh
err 'bash, zsh or fish'
run 2 completion

# completes LINE WORD…: bash offers each word for the last word of the line.
completes()
{
    last="completion of '$1'"
    bash -c '. "$1"; read -ra COMP_WORDS <<<"$2"; [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _switchio; printf "%s\n" "${COMPREPLY[@]}"' \
        - "$scripts/switchio.bash" "$1" >"$work/out" 2>"$work/err" || fail "bash fails"
    [ ! -s "$work/err" ] || fail "bash complains"
    shift
    for word in "$@"; do
        grep -qx -- "$word" "$work/out" || fail "'$word' is not offered"
    done
}
if command -v bash >/dev/null; then
    completes 'switchio ' dial console api sim list-apps --help
    completes 'switchio di' dial
    completes 'switchio dial --ra' --rate
    completes 'switchio dial --app Callee' CalleeRingback CalleeBlockOnInvite
    completes 'switchio dial -a ' TonePlay Bert
    completes 'switchio dial --arrivals p' poisson
    completes 'switchio list-apps ' DtmfChecker
    completes "switchio list-apps $TEST_BUILD/examples/ap" "$TEST_BUILD/examples/apps"
    completes "switchio dial --app $TEST_BUILD/examples/apps/p" "$TEST_BUILD/examples/apps/people.so"
    cd "$scripts"
    completes 'switchio dial --metrics-file _sw' _switchio
    completes 'switchio dial --rate ' ''
fi
if command -v zsh >/dev/null; then
    zsh -n "$scripts/_switchio" || fail "zsh complains"
fi
if command -v fish >/dev/null; then
    fish --no-config -c "source '$scripts/switchio.fish'; complete -C 'switchio dial --ra'" >"$work/out" 2>"$work/err" ||
        fail "fish complains"
    grep -q '^--rate	' "$work/out" || fail "fish does not complete"
fi
