#!/bin/sh
# switchio dial through a FreeSWITCH whose profile `external` parks inbound calls: every call is
# answered, and nothing is left behind. SWITCHIO_FSHOST2 names a second one.
set -eu
if [ -z "${SWITCHIO_FSHOST:-}" ]; then
    echo "skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH"
    exit 77
fi
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
first=$SWITCHIO_FSHOST
second=${SWITCHIO_FSHOST2:-}

settings()
{
    for setting in 'fsctl sps' 'fsctl max_sessions' 'fsctl verbose_events' 'console loglevel'; do
        "$SWITCHIO" api "$first" "$setting"
    done
}

# No channel of ours; others may use the same switch.
nothing_left()
{
    for host in $first $second; do
        "$SWITCHIO" api "$host" show channels >"$work/channels"
        ! grep -q switchio@ "$work/channels" || return 1
    done
}

settings >"$work/before"
run 0 api "$first" sofia status profile external
sip=$(sed -n 's/^URL.*@\([^;[:space:]]*\).*/\1/p' "$work/out")
[ -n "$sip" ] || fail "no SIP address"

# all_answered CALLS HOST…
all_answered()
{
    calls=$1
    shift
    run 0 dial "$@" --profile external --proxy "$sip" --rate 20 --limit 100 \
        --max-offered "$calls" --duration 2
    out "^Calls offered: *$calls\$" "^Calls answered: *$calls\$" '^Calls failed: *0$' \
        '^Calls lost: *0$' '^Arrivals blocked: *0$' '^Dialing session completed!$'
    until_true 5 nothing_left
}
all_answered 200 "$first"
[ -z "$second" ] || all_answered 200 "$first" "$second"
settings >"$work/after"
diff "$work/before" "$work/after" || fail "the settings of the switch are not what they were"

# Without a proxy the profile is called itself.
run 0 dial "$first" --max-offered 1 --duration 1
out '^Calls answered: *1$'
err "Slave .* SIP address is at $sip"
until_true 5 nothing_left

# A call that nobody takes.
run 0 dial "$first" --proxy 127.0.0.1:9 --max-offered 1 --duration 1
out '^Calls failed: *1$' '^  [A-Z_]* *1$'

run 3 dial "$first" --profile nosuch
err "has no SIP profile 'nosuch'; there are: .*external"
run 3 dial "$first" --password wrong
err 'refused the password'
run 1 api "$first" not a real command
err '\-ERR not Command not found!'

# Ctrl-C: hung up, at the switch as well.
: >"$work/out"
"$SWITCHIO" dial "$first" --rate 20 --limit 1000 --duration 600 >"$work/out" 2>"$work/err" &
pid=$!
until_true 20 grep -q 'active-calls=[1-9][0-9]* state=ORIGINATING' "$work/out"
kill -INT "$pid"
wait "$pid" && status=0 || status=$?
[ "$status" -eq 130 ] || fail "interrupted"
until_true 5 nothing_left
settings >"$work/after"
diff "$work/before" "$work/after" || fail "the settings of the switch are not what they were"
