# shellcheck shell=sh
# Sourced by the scripts of this folder and of ../live: running the program and looking at what it says.

work=$(mktemp -d)
sim_pid=
: "${SWITCHIO:?names the program}"
unset SWITCHIO_PASSWORD

clean_up()
{
    [ -z "$sim_pid" ] || kill "$sim_pid" 2>/dev/null || :
    rm -rf "$work"
}
trap clean_up EXIT

fail()
{
    echo "FAILED: $*"
    echo "  last run: switchio $last (status $status)"
    sed 's/^/  out: /' "$work/out"
    sed 's/^/  err: /' "$work/err"
    [ ! -s "$work/sim.err" ] || sed 's/^/  sim: /' "$work/sim.err"
    exit 1
}

last='' status=''
: >"$work/out"
: >"$work/err"

# run STATUS ARGUMENT…: the program, to its end, which must be with that status.
run()
{
    wanted=$1
    shift
    last=$*
    "$SWITCHIO" "$@" >"$work/out" 2>"$work/err" && status=0 || status=$?
    [ "$status" -eq "$wanted" ] || fail "the status should be $wanted"
}

# out/err PATTERN…: a line of that stream matches each (basic regular expressions).
out() { look out "$@"; }
err() { look err "$@"; }
look()
{
    stream=$1
    shift
    for pattern in "$@"; do
        grep -q -- "$pattern" "$work/$stream" || fail "no '$pattern' in the standard $stream"
    done
}

# never PATTERN: in neither stream.
never()
{
    ! grep -q -- "$1" "$work/out" "$work/err" || fail "'$1' was said"
}

# how_often PATTERN: the lines of the standard output that match.
how_often()
{
    grep -c -- "$1" "$work/out" || :
}

# until_true SECONDS COMMAND…: as soon as it succeeds.
until_true()
{
    left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

# start_sim OPTION…: a simulator of its own process; its contact in $sim, its SIP address in $sip.
start_sim()
{
    stop_sim
    : >"$work/sim" # what the last one said must not be taken for the new one's
    "$SWITCHIO" sim --port 0 "$@" >"$work/sim" 2>"$work/sim.err" &
    sim_pid=$!
    until_true 10 grep -q 'Event Socket at' "$work/sim"
    sim=$(sed -n '1s/.*Event Socket at \([^,]*\),.*/\1/p' "$work/sim")
    sip=$(sed -n '1s/.*SIP external at \([^,]*\),.*/\1/p' "$work/sim")
    export sim sip
}

stop_sim()
{
    [ -n "$sim_pid" ] || return 0
    kill -INT "$sim_pid"
    wait "$sim_pid" || fail "the simulator ended with status $?"
    sim_pid=
}
