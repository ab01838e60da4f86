#!/bin/sh
# The proof that layering.sh can fail: a small clean house passes, and each planted violation is
# named with its file and its reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
out=$house/out

put() # FILE INCLUDE…
{
    mkdir -p "$house/$(dirname "$1")"
    path=$house/$1
    shift
    printf '#include %s\n' "$@" >"$path"
}

clean_house()
{
    rm -rf "$house/src" "$house/include" "$house/cli" "$house/examples"
    put src/base/err.c '"base/err.h"' '<switchio/error.h>' '<time.h>'
    put src/esl/reader.c '"esl/reader.h"' '"base/buf.h"' '<jansson.h>' '<switchio/event.h>'
    put src/loop/loop.c '"loop/loop.h"' '<uv.h>' '<pthread.h>'
    put src/sim/sim.c '"sim/node.h"' '"loop/tcp.h"' '"esl/write.h"' '<switchio/sim.h>'
    put include/switchio/connection.h '<stdbool.h>' '<switchio/event.h>' '<switchio/loop.h>'
    put include/switchio/switchio.h '<switchio/connection.h>' '<switchio/sim.h>'
    put cli/main.c '"cli/commands.h"' '<stdio.h>' '<switchio/switchio.h>'
    put examples/first.c '<stdio.h>' '<switchio/switchio.h>'
}

clean_house
sh "$here/layering.sh" "$house" >"$out" || {
    echo "a clean house does not pass:"
    cat "$out"
    exit 1
}

failed=0
while IFS='|' read -r file include words; do
    [ -n "$file" ] || continue
    clean_house
    put "$file" "$include"
    if sh "$here/layering.sh" "$house" >"$out"; then
        echo "passed, and should not: $file includes $include"
        failed=1
    elif ! grep -qF "$file:1: includes $include: " "$out" || ! grep -qF "$words" "$out"; then
        echo "fails without saying '$words': $file includes $include"
        cat "$out"
        failed=1
    fi
done <<'E2'
src/base/buf.c|"esl/reader.h"|esl/ does not stand below base/
src/esl/event.c|<switchio/connection.h>|conn/ does not stand below esl/
src/esl/event.c|<switchio/switchio.h>|names every room
src/esl/event.c|<sys/socket.h>|no I/O, no clock and no thread
src/track/call.c|<pthread.h>|no I/O, no clock and no thread
src/track/call.c|<time.h>|no I/O, no clock and no thread
src/track/call.c|"loop/timer.h"|loop/ does not stand below track/
src/sim/node.c|"conn/conn.h"|conn/ does not stand below sim/
src/sim/node.c|"track/session.h"|track/ does not stand below sim/
src/sim/node.c|<uv.h>|libuv is for
src/control/client.c|"dial/pace.h"|dial/ does not stand below control/
src/control/client.c|<uv.h>|libuv is for
src/dial/pace.c|"serve/router.h"|serve/ does not stand below dial/
src/loop/tcp.c|"../conn/conn.h"|name the room
src/loop/tcp.c|"timer.h"|write it as "loop/timer.h"
src/attic/old.c|"base/buf.h"|has no floor
src/conn/conn.c|<switchio/unheard.h>|no room has this header
include/switchio/event.h|<uv.h>|nothing but C and switchio
include/switchio/event.h|"base/buf.h"|includes <switchio/…> alone
include/switchio/event.h|<switchio/connection.h>|conn/ does not stand below esl/
include/switchio/unheard.h|<stdbool.h>|say which
cli/dial.c|"base/buf.h"|see only <switchio/…>
cli/dial.c|<uv.h>|see only <switchio/…>
examples/first.c|"first.h"|see only <switchio/…>
E2

mkdir "$house/empty" && (cd "$house/empty" && mkdir src include cli examples)
if sh "$here/layering.sh" "$house/empty" >"$out" 2>&1; then
    echo "passed, and should not: a house without files"
    failed=1
fi
exit $failed
