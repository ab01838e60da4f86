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
run 0 dial --sim --rate 10 --limit 2 --max-offered 3 --duration 1
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

# Its settings are as they were.
run 0 api "$sim" fsctl sps 33
run 0 dial "$sim" --max-offered 1 --duration 1
run 0 api "$sim" fsctl sps
out ': 33$'

# Calls that fail are told by their causes, and are a result like any other.
start_sim --fail-share 1 --fail-causes USER_BUSY,NO_ROUTE_DESTINATION
run 0 dial "$sim" --rate 50 --limit 10 --max-offered 4 --duration 1
out '^Calls failed: *4$' '^  USER_BUSY *2$' '^  NO_ROUTE_DESTINATION *2$' '^Calls answered: *0$'
