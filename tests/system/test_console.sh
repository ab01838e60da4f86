#!/bin/sh
# The console without a terminal: commands from a pipe, and what becomes of mistakes.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

# console STATUS OPTION… <COMMANDS
console()
{
    wanted=$1
    shift
    last="console $*"
    timeout 90 "$SWITCHIO" console "$@" >"$work/out" 2>"$work/err" && status=0 || status=$?
    [ "$status" -eq "$wanted" ] || fail "the status should be $wanted"
}

# Calls, from the first command to the last; nothing is echoed.
console 0 --sim=2 <<'END'
# a comment
rate 50
limit 100
duration 1
start 30

  wait
metrics
api @1 show channels count
END
out '^the run is over: 30 calls offered, 30 answered, 0 failed, 0 lost, 0 blocked$' '^0 total\.$'
never 'switchio> '
never 'rate 50$'
[ ! -s "$work/err" ] || fail "nothing went wrong"

# begin_console OPTION…: one whose commands come one by one, through `say`.
begin_console()
{
    last="console $*"
    [ -p "$work/in" ] || mkfifo "$work/in"
    : >"$work/out"
    "$SWITCHIO" console "$@" <"$work/in" >"$work/out" 2>"$work/err" &
    pid=$!
    exec 3>"$work/in"
}
say()
{
    echo "$*" >&3
}
# ask COMMAND PATTERN: until its answer has it.
ask()
{
    until_true 30 asked "$@"
}
asked()
{
    say "$1"
    sleep 0.05
    grep -q -- "$2" "$work/out"
}
# until_answered SESSIONS: so many of those that `calls` lists last are.
until_answered()
{
    until_true 30 answered "$1"
}
answered()
{
    say calls
    sleep 0.05
    awk -v wanted="$1" '/, answered)>/ { n++ } /^[0-9]* calls, [0-9]* sessions$/ { last = n + 0; n = 0 }
        END { exit last != wanted }' "$work/out"
}
# end_console STATUS: at the end of its input; finish_console STATUS: while that is still open
end_console()
{
    exec 3>&-
    finish_console "$1"
}
finish_console()
{
    wait "$pid" && status=0 || status=$?
    [ "$status" -eq "$1" ] || fail "the status should be $1"
}

# What is there while calls are up; a command that fails is named with its line, and ends nothing.
# shellcheck disable=SC2119
start_sim
begin_console "$sim" --limit 2 --rate 100 --duration 1000
say load TonePlay id=one weight=2
say apps
say start 2
say wait 0.01
until_answered 4
ask 'calls 1' 'age=[1-9]' # though no event of it comes
say status
say nodes
say api status
say hupall
say wait
say calls
say unload one
say unload one
end_console 1
err 'line 4: wait: calls are still up after 0.01 s' "unload: no app 'one' is loaded"
out '^answered 2, failed 0, lost 0, blocked [0-9]*$' '^TonePlay is loaded as one$' '^TonePlay  *one  *2 ' '^<Call(.*, 2 sessions)>$' \
    'inbound, answered)> app=one' 'outbound, answered)> app=one' 'and 1 more: .calls 2. shows them all$' \
    "^@1 *$sim *$sip *up *2 *4 *2 *2 *0 *0$" '^UP ' '^0 calls, 0 sessions$' \
    '^the run is over: 2 calls offered, 2 answered'

# Weights, also of an app that is loaded while calls are offered; a pause; and how it is judged.
begin_console "$sim" --limit 1000 --rate 50 --duration 1 --originate-timeout 1 --metrics-file "$work/calls.csv"
say weight TonePlay 3
say load TonePlay id=tone
say start
say load CalleeRingback id=ring weight=1
ask metrics '^  [A-Z_]* *[1-9]'
say weight tone 0
say pause
ask status 'active-calls=0 '
ask status "paused: 'resume' goes on"
say resume
ask calls 'app=ring'
say stop
say wait 60
say expect failed'>0'
say expect asr==1
say metrics json
say plot "$work/out.svg"
say plot "$work/out.txt"
end_console 1
err "weight: no app 'TonePlay' is loaded" 'plot: .*out.txt'
out '^failed>0: met, ' '^asr==1: not met, ' '"offered": *[0-9]' '^the run is over: '
grep -q '<svg' "$work/out.svg" || fail "no picture was drawn"
grep -q 'TonePlay' "$work/calls.csv" || fail "no records were kept"
grep -q 'CalleeRingback' "$work/calls.csv" || fail "the second app has no records"

# The same prompt with a dialing session in hand: it tells the result, and judges it.
last='dial --interactive'
printf 'start\nwait\n' | "$SWITCHIO" dial --interactive "$sim" --app TonePlay --max-offered 3 --rate 50 --limit 9 \
    --duration 1 --expect 'asr==1' >"$work/out" 2>"$work/err" || fail "it fails"
out '^the run is over: 3 calls offered, 3 answered' '^Calls offered: *3$' 'asr==1: 100' \
    '^Dialing session completed!$'
printf 'start\nload TonePlay weight=2\nstop\nwait\nzork\n' | "$SWITCHIO" dial --interactive "$sim" --app TonePlay \
    --rate 50 --duration 1 >"$work/out" 2>"$work/err" && fail "a command failed"
out '^Dialing session stopped!$'
err "^switchio dial: line 5: there is no command 'zork'"
"$SWITCHIO" dial --interactive "$sim" --app TonePlay </dev/null >"$work/out" 2>"$work/err" || fail "nothing was done"
never 'Dialing session'
never 'the run is over'

# prompt STATUS OPTION… <COMMANDS
prompt()
{
    wanted=$1
    shift
    last="dial --interactive $*"
    timeout 90 "$SWITCHIO" dial --interactive "$sim" "$@" >"$work/out" 2>"$work/err" && status=0 || status=$?
    [ "$status" -eq "$wanted" ] || fail "the status should be $wanted"
}

# Who leaves as from a shell; and a pause of nothing is told.
prompt 0 --app TonePlay --rate 50 --limit 9 --duration 1 <<'END'
start 1
wait
pause
exit
start 1
END
out '^no calls are being offered: the run is over' '^Calls offered: *1$'
[ "$(how_often '^the run is over')" = 1 ] || fail "nothing runs behind exit"

# Before the first start nothing is over; 'start' may say another number, with the stages as they are.
prompt 1 --app TonePlay --stages 0:50,300ms:50 --limit 99 --duration 1 <<'END'
wait
stop
metrics
rate
start 3
wait
start
wait
END
err 'line 1: wait: no calls were offered yet' 'line 2: stop: no calls' 'line 3: metrics: no calls'
out '^as the stages say$' '^the run is over: 3 calls offered, 3 answered' \
    '^the run is over: 15 calls offered, 15 answered' '^Dialing session completed!$'
never 'the run is over: 0 calls'

# A rate that is told at the prompt is instead of the stages, which would last an hour.
prompt 0 --app TonePlay --stages 1h:0.1 --limit 99 --duration 1 <<'END'
rate 100
rate
start 5
wait
END
out '^in place of the stages' '^100 calls a second$' '^the run is over: 5 calls offered' '^Dialing session completed!$'

# An app that is loaded under an id that was another's gets its calls, in its own name; two of one id
# share them, and go together.
prompt 0 --app TonePlay --max-offered 2 --rate 50 --limit 9 --duration 1 <<'END'
load TonePlay id=again
weight TonePlay 0
weight again 1
start
wait
unload again
load CalleeBlockOnInvite id=again
start
wait
metrics text
unload again
load TonePlay id=again weight=2
load DtmfChecker id=again
apps
start
wait
unload again
apps
END
out '^the run is over: 2 calls offered, 2 answered' '^the run is over: 2 calls offered, 0 answered, 2 failed' \
    '^CalleeBlockOnInvite *2 *0 *2 ' '^DtmfChecker *again *2 '
never '^TonePlay *2 *0 *2 '
[ "$(how_often '^TonePlay .* again ')" = 1 ] || fail "what was unloaded is gone"
[ "$(how_often 'again  *2 ')" = 2 ] || fail "both apps of the id are there, and go together"

last='dial --json --interactive'
run 2 dial --sim --json --interactive
err '--interactive and --json: give one of them'

# Sessions, by the beginning of their uuid; and what was offered is hung up at the end.
begin_console "$sim" --duration 1000
say start 1
until_answered 2
uuid=$(sed -n 's/^  <Session(\([0-9a-f-]*\), outbound.*/\1/p' "$work/out" | tail -n 1)
: >"$work/out"
say session "${uuid%????????}"
say session "$uuid" Call-Direction
say session "$uuid" No-Such-Header
say session zork
ask 'hangup zork' '^Call-Direction: outbound$'
out "^<Session($uuid, outbound, answered)>" '^codec  *PCMU' '^host ' '^events '
say hangup "$uuid" USER_BUSY
ask calls '^0 calls, 0 sessions$'
say hupall all
say hupall zork
say start 1
until_answered 2
end_console 1
err 'no event of .* had a header No-Such-Header' "session: no session 'zork' is up" \
    "hupall: no app 'zork' is loaded, and no session is up for it" \
    '^hanging up 1 calls$'
run 0 api "$sim" show channels count
out '^0 total'

# A switch that is lost takes no calls, and what is known of the calls before stays.
begin_console "$sim" --duration 1
say start 1
say wait
ask nodes '^@1 .* up '
stop_sim
ask nodes '^@1 .* lost '
say start 2
say metrics
say status
end_console 1
err "start: @1 $sim is lost, and is being connected again: 'nodes' tells when it is up"
out '^Calls offered: *1$' '^answered 1, failed 0, lost 0, blocked 0$'
# shellcheck disable=SC2119
start_sim

# Ctrl-C, and SIGTERM, in the middle of a script: no further line is read, and all is hung up.
begin_console "$sim" --duration 1000
say start 1
until_answered 2
kill -INT "$pid"
finish_console 130
exec 3>&-
run 0 api "$sim" show channels count
out '^0 total'

# Mistakes.
console 1 "$sim" <<'END'
rate
raet 3
rate fast
rate -1
limit 0
duration auto
start 1 2
load TonPlay
load TonePlay pdd
load Bert nosuch=1
load TonePlay weight=-1
session
stop
metrics
wait
api
api @2 status
api not a command
log verbose
help raet
session 'open
rate
stop now
load TonePlay "id=a b"
END
err "line 2: there is no command 'raet': did you mean 'rate'?" "line 3: rate: 'fast' is not a number" \
    'line 4: rate: .*more than 0' "line 5: limit: '0' is not a whole number from 1 on" \
    "line 7: start: a word too many: it is used as 'start \[CALLS\]'" \
    "line 8: load: there is no app 'TonPlay': did you mean TonePlay?" "line 9: load: 'pdd' is no key=value" \
    'line 10: load: .*nosuch' 'line 11: load: weight -1: give' "line 12: session: a word is missing" \
    'line 13: stop: no calls were offered yet' 'line 14: metrics: no calls' 'line 15: wait: ' \
    'line 16: api: a word is missing' 'line 17: api: there is no node @2' \
    'line 18: api: .*-ERR not Command not found!' 'line 19: log: ' "line 20: help: there is no command" \
    'line 21: session: a quote' "line 23: stop: a word too many: it is used as 'stop'$" \
    "line 24: load: 'a b' is no app id"
[ "$(how_often '^1 calls a second$')" = 2 ] || fail "the commands around the mistakes have their effect"

# --bail: the first one ends it.
console 1 "$sim" --bail <<'END'
zork
limit
END
[ ! -s "$work/out" ] || fail "no command runs behind the mistake"

console 0 "$sim" </dev/null
printf 'limit' | console 0 "$sim"
out '^1 concurrent calls$'
run 2 console
err 'no host'
run 2 console --sim --app TonPlay
err 'TonPlay'
run 3 console 127.0.0.1:1
err '127.0.0.1:1: connection refused'
