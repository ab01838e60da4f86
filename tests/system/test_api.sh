#!/bin/sh
# switchio api, and logging in.
# labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --password s3cret
run 3 api "$sim" status
err "$sim: .*password" && never s3cret
run 0 api --password s3cret "$sim" status
out '^UP ' 'is ready'
run 0 api -p s3cret "$sim" global_getvar local_ip_v4
out '^127.0.0.1$'
run 1 api -p s3cret "$sim" not a real command
err '\-ERR not Command not found!'
[ ! -s "$work/out" ] || fail "an error goes to the standard error alone"
run 2 api -p s3cret "$sim" 'status

exit'
err 'line break'
run 0 api -p s3cret "$sim" sofia status profile external
out '^Name  *	external$'
run 1 api -p s3cret "$sim" originate sofia/external/1@127.0.0.1:9 '&park()'

echo s3cret >"$work/password"
run 0 api --password-file "$work/password" "$sim" status
SWITCHIO_PASSWORD=s3cret run 0 api "$sim" status
SWITCHIO_PASSWORD=wrong run 3 api "$sim" status
SWITCHIO_PASSWORD=wrong run 0 api --password-file "$work/password" "$sim" status
run 2 api --password a --password-file "$work/password" "$sim" status
err 'give one of them'
run 2 api --password-file "$work/nothing" "$sim" status
err 'nothing: No such file'
: >"$work/empty"
run 2 api --password-file "$work/empty" "$sim" status
err 'first line is empty'

run 2 api
err 'no host'
run 2 api "$sim"
err "no command for $sim"
run 2 api "$sim:1:2" status
err 'no contact'
run 3 api 127.0.0.1:1 status
err '127.0.0.1:1: connection refused'
run 3 api nosuch.invalid status
err 'nosuch.invalid:8021: cannot be resolved'
