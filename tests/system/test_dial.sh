#!/bin/sh
# switchio dial through simulated switches: the lines of the quick start, and honest counts.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

# The quick start's single call.
run 0 dial --sim --rate 1 --limit 1 --max-offered 1
out '^<Originator: active-calls=0 state=INITIAL total-originated-sessions=0 rate=1 limit=1 max-offered=1 duration=5>$' \
    '^<Originator: active-calls=1 state=STOPPED total-originated-sessions=1 rate=1 limit=1 max-offered=1 duration=5>$' \
    '^Waiting on 1 active calls to finish$' '^Calls answered: *1$' '^Dialing session completed!$'
[ "$(how_often '^Waiting on 1 active')" -ge 4 ] || fail "the call should last five seconds"
err 'Slave 127.0.0.1:[0-9]* SIP address is at 127.0.0.1:[0-9]*$' \
    'Starting load test for server 127.0.0.1:[0-9]* at 1cps using 1 slaves$'

run 0 dial --sim=2 --rate 100 --limit 100 --max-offered 100 --duration 1
out '^Calls offered: *100$' '^Calls answered: *100$' '^Calls failed: *0$' '^Calls lost: *0$' \
    '^Arrivals blocked: *0$' '^Rate achieved: '
err 'using 2 slaves$'

# A line each second while it runs.
run 0 dial --sim --rate 10 --limit 100 --max-offered 25 --duration 1 --loglevel error
[ "$(how_often 'state=ORIGINATING')" -ge 2 ] || fail "a line each second"
[ ! -s "$work/err" ] || fail "nothing to log at this level"

# Room for two calls: what comes beyond is blocked, and in the end three were placed.
run 0 dial --sim --rate 10 --limit 2 --max-offered 3 --duration 3
out '^Calls offered: *3$' '^Arrivals blocked: *[1-9]'

# Switches of another process, one of which is the proxy of both.
start_sim --nodes 2
second=$(sed -n '2s/.*Event Socket at \([^,]*\),.*/\1/p' "$work/sim")
run 0 dial "$sim" "$second" --proxy "$sip" --rate 20 --limit 100 --max-offered 20 --duration 1
out '^Calls answered: *20$' '^Dialing session completed!$'
err "Slave $sim SIP address is at $sip" "Starting load test for server $sip at 20cps using 2 slaves"
run 0 api "$sim" show channels count
out '^0 total\.$'
run 0 dial "$sim" --dest-url "me@$sip" --rate 20 --limit 9 --max-offered 2 --duration 1 --profile internal
out '^Calls answered: *2$'
run 0 dial "$sim" --dest-url me --proxy "$sip" --max-offered 1 --duration 1
out '^Calls answered: *1$'

# {number} counts the calls, in the place that is given to it.
"$SWITCHIO" dial "$sim" --dest-url "u{number}x{number}@$sip" --rate 20 --limit 9 --max-offered 3 \
    --duration 60 --quiet >"$work/out" 2>"$work/err" &
pid=$!
placed()
{
    "$SWITCHIO" api "$sim" show channels >"$work/channels"
    grep -q 'u1x1' "$work/channels" && grep -q 'u3x3' "$work/channels"
}
until_true 10 placed
kill -INT "$pid"
wait "$pid" && status=0 || status=$?
[ "$status" -eq 130 ] || fail "interrupted"

# Its settings are as they were.
run 0 api "$sim" fsctl sps 33
run 0 dial "$sim" --max-offered 1 --duration 1
run 0 api "$sim" fsctl sps
out ': 33$'

# Calls that fail are told by their causes, and are a result like any other.
start_sim --fail-share 1 --fail-causes USER_BUSY,NO_ROUTE_DESTINATION
run 0 dial "$sim" --rate 50 --limit 10 --max-offered 4 --duration 1
out '^Calls failed: *4$' '^  USER_BUSY *2$' '^  NO_ROUTE_DESTINATION *2$' '^Calls answered: *0$'

# Several apps share the calls by their weights, and each is loaded with its own parameters.
run 0 dial --sim --rate 100 --limit 100 --max-offered 20 --duration 1 --json \
    --app TonePlay:3 --app Bert/pdd=0:1
[ "$(grep -c '"name": "TonePlay"' "$work/out")" -eq 1 ] || fail "TonePlay is in the report"
awk '/"apps"/ { apps = 1 } apps && /"name"/ { name = $2 }
    apps && /"count"/ { print name $2 } /"nodes"/ { exit }' "$work/out" >"$work/shares"
printf '"Bert",5,\n"TonePlay",15,\n' >"$work/wanted"
sort "$work/shares" | cmp -s - "$work/wanted" || fail "15 and 5: $(cat "$work/shares")"

# Where nothing is said: Bert, as the simulator has mod_bert.
run 0 dial --sim --max-offered 1 --duration 1
err "Loaded app 'Bert'"
never "Loaded app 'TonePlay'"

# Stages: the rate goes up and down, then the run is over. The integral is 50 calls.
run 0 dial --sim --stages 500ms:50,500ms:50,500ms:0 --limit 1000 --duration 1
out '^Calls offered: *5[01]$' '^Dialing session completed!$'
run 0 dial --sim --stages 0:50,10s:50 --limit 1000 --duration 1 --max-offered 5
out '^Calls offered: *5$' '^Dialing session completed!$'

# Poisson arrivals of one seed are the same each time.
for n in 1 2; do
    run 0 dial --sim --rate 50 --arrivals poisson --seed 7 --limit 1000 --max-offered 20 --duration 1 \
        --metrics-file "$work/poisson$n"
    awk -F, 'NR == 2 { start = $6 } NR > 1 { print $1, $6 - start }' "$work/poisson$n/calls.csv" |
        sort -n >"$work/due$n"
done
[ "$(wc -l <"$work/due1")" -eq 20 ] || fail "20 records"
# To within a microsecond, to which each is rounded.
paste "$work/due1" "$work/due2" | awk '$1 != $3 || ($2 - $4) ^ 2 > 4 { exit 1 }' ||
    fail "one seed, two runs: $(diff "$work/due1" "$work/due2")"

# A record of each arrival, and the report of a run is that of its records.
run 0 dial --sim=2 --rate 100 --limit 3 --max-offered 10 --duration 1 --metrics-file "$work/kept.csv"
records=$(($(wc -l <"$work/kept.csv") - 1))
blocked=$(sed -n 's/^Arrivals blocked: *\([0-9]*\)$/\1/p' "$work/out")
[ "$records" -eq $((10 + blocked)) ] || fail "$records records of 10 calls and $blocked blocked"
sed -n 's/^\(Calls offered\|Calls answered\|Arrivals blocked\): */\1 /p' "$work/out" >"$work/said"
[ "$(wc -l <"$work/said")" -eq 3 ] || fail "three counts"
run 2 dial --sim --max-offered 1 --metrics-file "$work/kept.csv"
err "--metrics-file $work/kept.csv: "

# --quiet: the result, and nothing else.
run 0 dial --sim --rate 20 --limit 20 --max-offered 20 --duration 1 --quiet
[ ! -s "$work/err" ] || fail "nothing to log"
never 'Originator:'
never 'Waiting on'
out '^Calls offered: *20$' '^Dialing session completed!$'

# --json: one document, and nothing else on the standard output.
run 0 dial --sim --rate 20 --limit 20 --max-offered 20 --duration 1 --json --expect 'asr>=99%'
[ "$(head -n 1 "$work/out")$(tail -n 1 "$work/out")" = '{}' ] || fail "one object"
out '"end": "completed"' '"offered": 20' '"asr": 1.0' '"passed": true'
err 'Starting load test'
if command -v python3 >/dev/null; then
    python3 -m json.tool "$work/out" >/dev/null || fail "no JSON"
fi

# The verdict: every criterion with what was measured; one that fails is the exit status 1.
export LC_ALL=C.UTF-8
run 0 dial --sim --rate 20 --limit 20 --max-offered 5 --duration 1 --expect 'asr>=0.99' --expect 'failed==0'
out '^✓ asr>=0.99: 100.00 %$' '^✓ failed==0: 0$' '^Dialing session completed!$'
run 1 dial --sim --rate 20 --limit 20 --max-offered 5 --duration 1 --expect 'asr>=0.99' --expect 'failed>0'
out '^✓ asr>=0.99: 100.00 %$' '^✗ failed>0: 0$' '^Dialing session completed!$'
run 1 dial --sim --rate 20 --limit 20 --max-offered 5 --duration 1 --json --expect 'failed>0'
out '"passed": false'
export LC_ALL=C
run 1 dial --sim --rate 20 --limit 20 --max-offered 5 --duration 1 --expect 'asr>=0.99' --expect 'failed>0'
out '^ok   asr>=0.99: 100.00 %$' '^FAIL failed>0: 0$'
! LC_ALL=C grep -q '[^ -~]' "$work/out" || fail "nothing but ASCII"
