#!/bin/sh
# Every example on a FreeSWITCH, as a reader would run it. The tutorial prints there what its page says.
set -eu
: "${SWITCHIO:?names the program}" "${TEST_BUILD:?names the build directory}"
if [ -z "${SWITCHIO_FSHOST:-}" ]; then
    echo "skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH"
    exit 77
fi
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
failed=0

# Without a media timer (conf/README.md) no audio flows, and the end of what is played never comes.
media_timer()
{
    "$SWITCHIO" api "$SWITCHIO_FSHOST" global_setvar "rtp_timer_name=$1" >"$work/timer"
}
before=$("$SWITCHIO" api "$SWITCHIO_FSHOST" global_getvar rtp_timer_name)
case $before in -ERR*) before= ;; esac
trap 'media_timer "$before"; rm -rf "$work"' EXIT
media_timer soft

for source in examples/*.c; do
    name=$(basename "$source" .c)
    timeout 60 "$TEST_BUILD/examples/$name" "$SWITCHIO_FSHOST" >"$work/$name" 2>"$work/err" || {
        echo "examples/$name failed on $SWITCHIO_FSHOST (status $?):"
        cat "$work/$name" "$work/err"
        failed=1
    }
done

uuid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
sed -E "s/$uuid/UUID/g" "$work/tutorial" >"$work/printed"
for line in '-ERR not Command not found!' 'No listener has been assigned for this client' \
    '<EventListener [disconnected]>' '<EventListener [connected]>' '<Call(UUID, 2 sessions)>'; do
    grep -qF -e "$line" "$work/printed" || {
        echo "the tutorial does not print '$line'"
        failed=1
    }
done
[ "$(grep -cx UUID "$work/printed")" = 4 ] || {
    echo "the tutorial prints a uuid four times: twice that of the call, twice that of the app"
    failed=1
}
exit $failed
