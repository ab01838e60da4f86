#!/bin/sh
# Ctrl-C: once stops offering and hangs up, twice leaves at once; and a switch that goes away.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

# begin ARGUMENT…: dials in the background, until calls are up.
begin()
{
    last=$*
    : >"$work/out" # now: the program opens it later
    "$SWITCHIO" "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    until_true 20 grep -q 'active-calls=[1-9][0-9]* state=ORIGINATING' "$work/out"
}
finish()
{
    wanted=$1
    wait "$pid" && status=0 || status=$?
    [ "$status" -eq "$wanted" ] || fail "the status should be $wanted"
}
no_channels()
{
    "$SWITCHIO" api "$sim" show channels count | grep -q '^0 total'
}

# shellcheck disable=SC2119
start_sim
run 0 api "$sim" fsctl sps 33
begin dial "$sim" --rate 20 --limit 1000 --duration 600 --metrics-file "$work/records"
kill -INT "$pid"
finish 130
out '^Dialing session interrupted!$' '^Calls offered: *[1-9]' '^Calls lost: *0$'
err 'once more leaves at once'
offered=$(sed -n 's/^Calls offered: *\([0-9]*\)$/\1/p' "$work/out")
[ "$(wc -l <"$work/records/calls.csv")" -eq $((offered + 1)) ] || fail "a record of each call"
until_true 5 no_channels
run 0 api "$sim" fsctl sps
out ': 33$'

# SIGTERM is the same.
begin dial "$sim" --rate 20 --limit 1000 --duration 600
kill -TERM "$pid"
finish 130
until_true 5 no_channels

# Twice: at once, whatever is still to be done. The switch ends the calls by itself.
start_sim --reply-delay 0.3
begin dial "$sim" --rate 20 --limit 1000 --duration 2 --originate-timeout 2 --metrics-file "$work/left"
kill -INT "$pid"
kill -TERM "$pid"
finish 130
out '^Dialing session interrupted!$' '^Calls lost: *[1-9]'
offered=$(sed -n 's/^Calls offered: *\([0-9]*\)$/\1/p' "$work/out")
[ "$(wc -l <"$work/left/calls.csv")" -eq $((offered + 1)) ] || fail "a record of each call that was left"
until_true 20 no_channels

# Also from a switch that does not answer any more.
begin dial "$sim" --rate 20 --limit 1000 --duration 2 --originate-timeout 2
kill -STOP "$sim_pid"
kill -INT "$pid"
kill -TERM "$pid"
finish 130
kill -CONT "$sim_pid"
until_true 20 no_channels

# Killed in the middle: no call outlives its duration, also those that were just being set up.
# shellcheck disable=SC2119
start_sim
# What is in the file of records by then can be read.
begin dial "$sim" --rate 20 --limit 1000 --duration 1 --originate-timeout 2 \
    --metrics-file "$work/killed.db"
recorded()
{
    "$SWITCHIO" report "$work/killed.db" 2>/dev/null | grep -q '^Calls answered: *[1-9]'
}
until_true 20 recorded
kill -KILL "$pid"
wait "$pid" || :
until_true 20 no_channels
recorded || fail "the records cannot be read"

# The switch goes away: that is no success.
begin dial "$sim" --rate 20 --limit 1000 --duration 600
stop_sim
finish 1
out '^Calls lost: *[1-9]' '^Dialing session lost its connection!$'
err 'lost its connection'
