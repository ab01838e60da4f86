#!/bin/sh
# switchio sim: nodes, ports, Ctrl-C.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --nodes 3
[ "$(grep -c '^Node [123]: Event Socket at 127.0.0.1:[0-9]*, SIP external at ' "$work/sim")" -eq 3 ] ||
    fail "three nodes"
port=${sim##*:}
run 3 sim --port "$port"
err "127.0.0.1:$port"
stop_sim
run 2 sim --nodes 0
err 'at least 1'
run 2 sim --port 65535 --nodes 2
err 'no room'
run 2 sim --fail-share 2
err 'at most 1'
run 2 sim more
err "'more' is too much"

# What the caller's variable asks for at the answer is done: the switch hangs up by itself.
start_sim --answer
uuid=7f1d2c4e-0000-4000-8000-000000000001
run 0 api "$sim" originate \
    "{origination_uuid=$uuid,api_on_answer='sched_hangup +1 $uuid NORMAL_CLEARING'}sofia/external/x@$sip" '&park'
out '^+OK '
nothing_left()
{
    "$SWITCHIO" api "$sim" show channels count | grep -q '^0 total'
}
until_true 10 nothing_left
