# shellcheck shell=sh
# Sourced by ./dev: a cluster of two FreeSWITCH on loopback for the live tests, made of conf/.

fs_dir=
fs_pids=

# with_freeswitch COMMAND…: runs it with SWITCHIO_FSHOST set, as given or to a FreeSWITCH of our own
# (then SWITCHIO_FSHOST2 is a second one); without either the live tests skip themselves.
with_freeswitch()
{
    if [ -n "${SWITCHIO_FSHOST:-}" ] || ! command -v freeswitch >/dev/null; then
        "$@"
        return
    fi
    command -v fs_cli >/dev/null || die "there is a freeswitch on the PATH, but no fs_cli beside it"
    fs_dir=$(mktemp -d "$(fs_place)/switchio.XXXXXX")
    # The first makes the key that every FreeSWITCH wants, which takes seconds; it is kept.
    fs_certs=$PWD/build/freeswitch-certs
    mkdir -p "$fs_certs"
    start_freeswitch one 0
    start_freeswitch two 1
    SWITCHIO_FSHOST=127.0.0.1:$(cat "$fs_dir/one/port")
    SWITCHIO_FSHOST2=127.0.0.1:$(cat "$fs_dir/two/port")
    export SWITCHIO_FSHOST SWITCHIO_FSHOST2
    "$@" && status=0 || status=$?
    unset SWITCHIO_FSHOST SWITCHIO_FSHOST2
    stop_freeswitch
    return "$status"
}

# FreeSWITCH writes to its databases with every call: in memory where there is a place for it.
fs_place()
{
    if [ -w /dev/shm ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

# start_freeswitch NAME NUMBER: returns when it is ready for calls.
start_freeswitch()
{
    home=$fs_dir/$1
    mkdir -p "$home/db" "$home/run" "$home/log" "$home/tmp"
    first=$((7000 + $$ % 250 * 12 + $2 * 6))
    esl=$(free_port $first)
    external=$(free_port $((esl + 1)))
    internal=$(free_port $((external + 1)))
    rtp=$((50000 + $$ % 3 * 4000 + $2 * 2000))
    echo "$esl" >"$home/port"
    # -np: no real-time priority, which would starve the tests on a small machine
    SWITCHIO_CONF_NAME=switchio-$1 SWITCHIO_CONF_ESL_PORT=$esl \
        SWITCHIO_CONF_EXTERNAL_PORT=$external SWITCHIO_CONF_INTERNAL_PORT=$internal \
        SWITCHIO_CONF_RTP_FIRST=$rtp SWITCHIO_CONF_RTP_LAST=$((rtp + 1998)) \
        freeswitch -nf -nc -nonat -np -conf "$PWD/conf" -db "$home/db" -run "$home/run" \
        -log "$home/log" -temp "$home/tmp" -certs "$fs_certs" -storage "$home/tmp" \
        -recordings "$home/tmp" -scripts "$home/tmp" -sounds "$home/tmp" \
        >"$home/log/output" 2>&1 </dev/null &
    fs_pids="$fs_pids $!"
    await_freeswitch "$home" "$esl" $!
}

# The first port from $1 on that nothing on this machine has open, for TCP or UDP.
free_port()
{
    cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null |
        awk -v port="$1" '
            { sub(/.*:/, "", $2); taken[$2] = 1 }
            END { while (sprintf("%04X", port) in taken) port++; print port }'
}

# await_freeswitch HOME PORT PID: until both SIP profiles run, or it is gone, or it takes too long.
await_freeswitch()
{
    tries=150
    until [ "$(fs_cli -H 127.0.0.1 -P "$2" -p ClueCon -t 500 -T 500 -x 'sofia status' 2>/dev/null |
        grep -c RUNNING)" = 2 ]; do
        tries=$((tries - 1))
        if [ $tries -eq 0 ] || ! kill -0 "$3" 2>/dev/null; then
            tail -n 20 "$1/log/output" >&2
            die "the FreeSWITCH started for the live tests did not come up"
        fi
        sleep 0.2
    done
}

# Ends exactly what start_freeswitch started.
stop_freeswitch()
{
    for pid in $fs_pids; do
        kill -TERM "$pid" 2>/dev/null || :
    done
    for pid in $fs_pids; do
        wait "$pid" 2>/dev/null || :
    done
    fs_pids=
    [ -z "$fs_dir" ] || rm -rf "$fs_dir"
    fs_dir=
}
