#!/bin/sh
# What switchio dial refuses, and with which status.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

usage()
{
    says=$1
    shift
    run 2 "$@"
    err "$says" "Try 'switchio dial --help'"
    [ ! -s "$work/out" ] || fail "nothing on the standard output"
}
usage 'no host: give HOST' dial
usage '--sim and host: give hosts or simulated switches' dial --sim host
usage "--rate 'x' is not a number" dial --sim --rate x
usage '--rate 0: it must be more than 0' dial --sim --rate 0
usage '--rate -3: it must be more than 0' dial --sim --rate -3
usage '--limit 0: it must be at least 1' dial --sim --limit 0
usage "--limit '1.5' is not a whole number" dial --sim --limit 1.5
usage '--max-offered 0: it must be at least 1' dial --sim --max-offered 0
usage '--duration 0: it must be more than 0' dial --sim --duration 0
usage '--sim 0: it must be at least 1' dial --sim=0
usage '--sim 65: it must be at least 1 and at most 64' dial --sim=65
usage 'did you mean --max-offered?' dial --sim --max-ofered 1
usage '--proxy is empty' dial --sim --proxy=
usage 'no app .TonPlay.: did you mean TonePlay?' dial --sim --app TonPlay
usage "no app 'Zork': 'switchio list-apps'" dial --sim --app Zork
usage 'the weight must be more than 0' dial --sim --app Bert:0
usage "Write Proxier:5060/proxy=host for the weight" dial --sim --app Proxier/proxy=host:5060
usage "--stages: '3x:1' is no TIME:RATE" dial --sim --stages 3x:1
usage '--rate and --stages: give one of them' dial --sim --stages 3s:1 --rate 5
usage "--arrivals 'often': give uniform or poisson" dial --sim --arrivals often
usage '--seed 0: it must be at least 1' dial --sim --seed 0
usage "--expect: .*there is no 'zork'" dial --sim --expect 'zork>1'
usage '--expect is empty' dial --sim --expect ''
usage "'loud' is no log level" dial --sim --loglevel loud
usage 'the destination holds a line break' dial --sim --dest-url 'a
b@c'
usage '--proxy dut:sip: the port is no number from 1 to 65535' dial --sim --proxy dut:sip
usage '--proxy dut:0: the port is no number' dial --sim --proxy dut:0
usage '--proxy dut:65536;lr: the port is no number' dial --sim --proxy 'dut:65536;lr'
usage '--proxy sip:dut: the port is no number' dial --sim --proxy sip:dut
usage '--proxy :5060: the host is missing' dial --sim --proxy :5060
usage '--proxy ::1: an IPv6 address is written in brackets' dial --sim --proxy ::1
usage "--proxy \[::1: the '\]' is missing" dial --sim --proxy '[::1'
usage '--proxy \[::1\]5060: the port is no number' dial --sim --proxy '[::1]5060'
for proxy in dut dut:5060 '[::1]' '[::1]:5060' 'dut;transport=tcp' 'dut:5060;transport=tcp;lr' '[::1]:5060;lr'; do
    run 3 dial 127.0.0.1:1 --proxy "$proxy"
done
usage 'the proxy holds a line break' dial --sim --proxy 'a
b'
usage 'the profile holds a line break' dial --sim --profile 'a
b'
usage 'the gateway holds a line break' dial --sim --gateway 'a
b'
usage "the destination 'a b@c' holds a ' '" dial --sim --dest-url 'a b@c'
usage 'is named twice' dial 127.0.0.1 127.0.0.1:8021
run 2 dial host:99999
err 'no number from 1 to 65535'

run 3 dial 127.0.0.1:1
err '127.0.0.1:1: connection refused'
run 3 dial nosuch.invalid
err 'nosuch.invalid:8021: cannot be resolved'
run 3 dial --sim --profile nosuch
err "127.0.0.1:[0-9]* has no SIP profile 'nosuch'; there are: external, internal"

start_sim
run 3 dial "$sim" --password wrong
err "$sim: .*password"
start_sim --refuse
run 3 dial "$sim"
err "$sim: " 'access list'
start_sim --garbage
run 3 dial "$sim" --timeout 1
err "$sim: "
start_sim --silent
run 3 dial "$sim" --timeout 0.3
err "$sim: "
run 3 api "$sim" status --timeout 0.3
