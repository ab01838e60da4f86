#!/bin/sh
# Each misbehaviour of switchio sim, as a client and as the dialer meet it.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

# At the door.
start_sim --refuse
run 3 api "$sim" status
err "$sim" 'refuses this machine'
start_sim --silent
run 3 api -t 1 "$sim" status
err "$sim" 'nothing was said within 1 s'
start_sim --garbage
run 3 api "$sim" status
err "$sim" 'does not speak the Event Socket protocol'

# On the way.
start_sim --split 7
run 0 api "$sim" status
out 'is ready$'
start_sim --reply-delay 0.2
run 0 api "$sim" status
out 'is ready$'
start_sim --reply-delay 3
run 3 api -t 1 "$sim" status
err "$sim" 'within 1 s'
start_sim --drop-after 200
run 1 api "$sim" status
err "$sim" 'closed by the other side'
start_sim --stall-after 200
run 1 api -t 1 "$sim" status
err "$sim" "no reply to 'api status' within 1 s"

# Of calls: the share exactly, the causes in turn.
start_sim --fail-share 0.5 --fail-causes USER_BUSY,NO_ANSWER
run 0 dial "$sim" --rate 20 --limit 20 --max-offered 10 --duration 1 --app TonePlay
out '^Calls offered: *10$' '^Calls answered: *5$' '^  USER_BUSY *3$' '^  NO_ANSWER *2$' '^Calls lost: *0$'
start_sim --split 4000 --reply-delay 0.05
run 0 dial "$sim" --rate 20 --limit 20 --max-offered 5 --duration 1 --app TonePlay
out '^Calls answered: *5$' '^Calls lost: *0$'
start_sim --drop-after 60000
run 1 dial "$sim" --rate 20 --limit 1000 --max-offered 1000 --duration 1 --app TonePlay
err 'the connection was closed by the other side' 'no more calls are offered'

# What is not possible is said.
run 2 sim --lose-events 1.5
err 'lose-events' 'at most 1'
run 2 sim --split x
err 'split'
