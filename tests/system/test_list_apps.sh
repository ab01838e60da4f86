#!/bin/sh
# switchio list-apps: all apps with their parameters, on a terminal of 80 columns; and docs/apps.md
# has the same.
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

run 0 list-apps
for app in TonePlay PlayRec MutedPlayRec Bert DtmfChecker CalleeBlockOnInvite CalleeRingback \
    Proxier Bridger; do
    out "^$app\$"
done
! grep -q '.\{81\}' "$work/out" || fail "a line is too long for 80 columns"
[ ! -s "$work/err" ] || fail "nothing to say beside"

# As the tables of the page: "| `name` | what | value |".
awk '
    function flush() {
        if (name == "")
            return
        if (match(text, / \((text|seconds|whole number|number|yes or no|[a-z_]+ or [a-z_]+)(; default: .*)?\)$/)) {
            what = substr(text, 1, RSTART - 1)
            value = substr(text, RSTART + 2, RLENGTH - 3)
        }
        if (sub(/default: /, "default `", value))
            value = value "`"
        printf "| `%s` | %s | %s |\n", name, what, value
        name = ""
    }
    /^[^ ]/ { flush(); print "### " $0; next }
    /^    [^ ]/ { flush(); name = $1; text = $0; sub(/^ *[^ ]+ +/, "", text); next }
    /^     / { sub(/^ +/, ""); text = text (text == name ? "" : " ") $0 }
    END { flush() }' "$work/out" >"$work/told"
sed -n '/^## The built-in apps/,$p' "$(dirname "$0")/../../docs/apps.md" |
    grep '^### \|^| `' >"$work/page"
diff "$work/told" "$work/page" || fail "docs/apps.md (right) does not say what the program says (left)"

run 0 list-apps bert tonePlay
[ "$(how_often '^[A-Z]')" -eq 2 ] || fail "two were asked for"
out '^Bert$' '^    bert_timeout_ms  *milliseconds .*(whole$' '^TonePlay$'
run 2 list-apps Bart
err "there is no app 'Bart': did you mean Bert?"

# The parameters on the command line of dial.
run 2 dial --sim --app Bert/bert_timer=soft
err "the app Bert has no parameter 'bert_timer': there are ring_response, pdd, .* and rtp_timer_name"
run 2 dial --sim --app 'Bert/pdd=soon'
err 'the app Bert: pdd=soon: give a number of seconds'
run 2 dial --sim --app 'CalleeRingback/ring_response=loud'
err 'ring_response=loud: give ring_ready or pre_answer'
run 2 dial --sim --app 'TonPlay/tone=x'
err 'did you mean TonePlay?'
run 0 dial --sim --max-offered 1 --duration 1 --app 'Bert/bert_timer_name=soft,bert_timeout_ms=5000'
out '^Calls answered: *1$'
run 0 dial --sim --max-offered 2 --rate 10 --limit 5 --app CalleeBlockOnInvite/response=USER_BUSY
out '^Calls failed: *2$' '^  USER_BUSY *2$'
