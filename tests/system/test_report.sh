#!/bin/sh
# report and plot: what they say of records, and of what is none.
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/calls.csv" <<'CSV'
number,outcome,app,node,cause,due_us,launch_us,end_us,rate,call_limit
1,answered,TonePlay,here,,1795377600000000,1795377600000010,1795377605000000,10,5
2,failed,TonePlay,here,USER_BUSY,1795377600100000,1795377600100020,1795377600200000,10,5
3,blocked,TonePlay,,,1795377600200000,,1795377600200000,10,5
CSV

run 0 report "$work/calls.csv"
out '^Started: *2026-11-22 20:00:00 UTC$' '^Lasted: *5.0 s$' '^Limit: *5 calls$' \
    '^Calls offered: *2 *66.67 %$' '^Calls failed: *1 *50.00 %$' \
    '^Answer-seizure ratio: *50.00 %$' '^USER_BUSY *1$' '^launch lateness *2 '
run 0 report --format markdown "$work/calls.csv"
out '^## Calls$' '^| Calls answered  *|  *1 |  *50.00 % |$'
run 0 report -f json "$work/calls.csv"
out '^  "figures": {$' '^    "asr": 0.5,$'

run 0 report --expect 'asr>=50%' -e 'max(launch_lateness)<1ms' "$work/calls.csv"
out ' asr>=50%: 50.00 %$' ' max(launch_lateness)<1ms: 20 us$'
run 1 report --expect 'failed==0' -e 'asr>=50%' "$work/calls.csv"
out ' failed==0: 1$' ' asr>=50%: 50.00 %$'
run 1 report -f json -e 'failed==0' "$work/calls.csv"
out '"passed": false'
run 2 report -e 'zork<1' "$work/calls.csv"
err '--expect: .*zork'

for picture in png svg pdf; do
    run 0 plot "$work/calls.csv" -o "$work/calls.$picture"
    [ -s "$work/calls.$picture" ] || fail "there is no picture"
done
run 0 plot "$work/calls.csv" -o "$work/wide.svg" --width 2000 --height 500 --title 'my run'
grep -q 'width="2000' "$work/wide.svg" || fail "the picture is not as wide as asked for"

# What cannot be right
run 2 report
err 'switchio report: which file?'
run 2 report a b
err 'one file of call records at a time'
run 2 report --format jsn "$work/calls.csv"
err "there is no 'jsn': did you mean json?"
run 2 plot "$work/calls.csv"
err 'switchio plot: where to? -o FILE.png'
run 2 plot -o "$work/x.png"
err 'which file?'
run 2 plot "$work/calls.csv" -o "$work/x.gif"
err 'x.gif: a plot can be written as .png, .svg or .pdf'
run 2 plot "$work/calls.csv" -o "$work/x.png" --width 10
err '--width'

# What is not there, or is something else
mkdir "$work/folder"
: >"$work/empty.csv"
head -1 "$work/calls.csv" >"$work/none.csv"
echo 'to be, or not to be' >"$work/hamlet.csv"
for command in report "plot -o $work/x.png"; do
    # shellcheck disable=SC2086 # its words
    {
        run 1 $command "$work/nowhere.csv"
        err 'nowhere.csv'
        run 1 $command "$work/empty.csv"
        err 'empty.csv'
        run 1 $command "$work/none.csv"
        err 'none.csv: has no call records'
        run 1 $command "$work/hamlet.csv"
        err 'hamlet.csv'
        run 1 $command "$work/folder"
        err "$work/folder"
    }
    [ ! -e "$work/x.png" ] || fail "a picture was left behind"
done
run 1 plot "$work/calls.csv" -o "$work/nowhere/x.png"
err 'nowhere/x.png: cannot write the plot: No such file or directory'

# Who has read enough and goes away ends it without a word
mkfifo "$work/go"
{
    read -r _ <"$work/go"
    "$SWITCHIO" report "$work/calls.csv" 2>"$work/err" || echo "status $?" >"$work/ended"
} | {
    exec <&-
    echo >"$work/go"
}
[ -s "$work/ended" ] || fail "a closed pipe did not end it"
[ ! -s "$work/err" ] || fail "a closed pipe was complained of"

# What could not be written is told, of a run also where lines went before the result
full()
{
    wanted=$1
    shift
    last=$*
    "$SWITCHIO" "$@" >/dev/full 2>"$work/err" && status=0 || status=$?
    [ "$status" -eq 1 ] || fail "the status should be 1 on a full disk"
    err "$wanted"
}
if [ -c /dev/full ]; then
    full 'cannot write all of the standard output' list-apps
    full 'cannot write the report: No space left on device' report "$work/calls.csv"
    full 'cannot write the report: ' dial --sim --duration 0.1 --max-offered 1 --no-panel
fi

# A picture that would be greater than files may be is an error, and nothing is left of it
last='plot, with ulimit -f 4'
(
    ulimit -f 4
    "$SWITCHIO" plot "$work/calls.csv" -o "$work/large.svg"
) >"$work/out" 2>"$work/err" && status=0 || status=$?
[ "$status" -eq 1 ] || fail "the status should be 1"
err 'large.svg: cannot write the plot: File too large'
[ ! -e "$work/large.svg" ] || fail "a part of a picture was left behind"
