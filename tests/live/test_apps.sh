#!/bin/sh
# Each app on a FreeSWITCH whose profile `external` parks inbound calls. SWITCHIO_FSHOST2 names a
# second one. What PlayRec records goes into a folder that is removed again where it is ours.
set -eu
if [ -z "${SWITCHIO_FSHOST:-}" ]; then
    echo "skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH"
    exit 77
fi
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
host=$SWITCHIO_FSHOST

# dial APP[/PARAMETERS] OPTION…: two calls.
dial()
{
    app=$1
    shift
    run 0 dial "$host" --app "$app" --rate 5 --limit 10 --max-offered 2 "$@"
    out '^Calls offered: *2$' '^Calls lost: *0$' '^Dialing session completed!$'
}
all_answered()
{
    dial "$@"
    out '^Calls answered: *2$' '^Calls failed: *0$'
    never 'failed on'
}
# all_failed CAUSE APP…
all_failed()
{
    cause=$1
    shift
    dial "$@"
    out '^Calls answered: *0$' "^  $cause *2\$"
}

all_answered TonePlay --duration 1

all_answered Bert --duration 3
err 'Bert: 2 calls; legs in sync: 2, lost sync: 0, timed out: 0'
all_answered Bert/two_sided=yes,ring_response=ring_ready,pdd=0.2,prd=0.2 --duration 4
err 'Bert: 2 calls; legs in sync: 4, lost sync: 0, timed out: 0'

all_answered DtmfChecker --duration 6
err 'DtmfChecker: 2 calls, 2 matched, 0 wrong, 0 incomplete'
all_answered 'DtmfChecker/sequence=*0#D,duration=100' --duration 3
err 'DtmfChecker: 2 calls, 2 matched, 0 wrong, 0 incomplete'
dial DtmfChecker/duration=400 --duration 2
err 'DtmfChecker: 2 calls, 0 matched, 0 wrong, 2 incomplete' 'calls of 2 s are too short'

all_failed UNALLOCATED_NUMBER CalleeBlockOnInvite
all_failed USER_BUSY 'CalleeBlockOnInvite/response=486 Busy Here'
all_failed CALL_REJECTED CalleeBlockOnInvite/response=CALL_REJECTED

all_failed NORMAL_CLEARING CalleeRingback
all_failed NORMAL_CLEARING CalleeRingback/ring_response=pre_answer,callee_hup_after=1,caller_hup_after=0

# Recorded on the switch, and if that is this machine, here.
chmod 755 "$work"
mkdir -m 777 "$work/rec"
clip='clip=tone_stream://%(1000,0,440),clip_length=1'
for kind in PlayRec MutedPlayRec; do
    all_answered "$kind/$clip,rec_period=0,rec_dir=$work/rec" --duration 3
    err "$kind: 2 calls played, 2 of them recorded, 0 failed"
    case $host in 127.0.0.1* | localhost*)
        for side in caller callee; do
            [ "$(find "$work/rec" -name "${side}_*.wav" -size +100k | wc -l)" -eq 2 ] ||
                fail "$kind: two recordings of the $side"
        done
        rm -f "$work"/rec/*
        ;;
    esac
done
dial PlayRec/clip=/no/such/file.wav,rec_period=100 --duration 30
err 'FILE NOT FOUND' 'PlayRec: 2 calls played, 0 of them recorded, 2 failed'

# To itself: once round, twice round, and in circles.
all_answered Bridger --duration 1
all_answered 'Bridger/leg2=proxy absolute_codec_string=PCMA' --duration 1
all_failed EXCHANGE_ROUTING_ERROR Proxier
err 'the call came by 2 times'

[ -z "${SWITCHIO_FSHOST2:-}" ] || {
    run 0 dial "$host" "$SWITCHIO_FSHOST2" --app Bert --rate 5 --limit 10 --max-offered 4 --duration 3
    out '^Calls answered: *4$'
}

# From shared objects.
all_answered "$TEST_BUILD/examples/apps/digits.so/send=12#" --duration 4
out '^2 calls, 6 digits$'
all_answered "$TEST_BUILD/examples/apps/people.so:Talker/talk=0.5" --duration 10
