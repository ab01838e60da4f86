#!/bin/sh
# Apps from shared objects, as a user makes and uses them: compiled here, dialed, listed, loaded in the
# console; and what is said of files that are none. labels: threaded
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
: "${TEST_BUILD:?names the build directory}"
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v cc >/dev/null || {
    echo "no cc here"
    exit 77
}
# What pkg-config says of what is installed, said of what was built. No sanitizer: a user has none.
# make FILE.c FILE.so
make()
{
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror -shared -fPIC "$1" -o "$2" -I"$root/include" \
        -I"$TEST_BUILD/include" -L"$TEST_BUILD" -lswitchio || fail "$1 does not compile"
}
folder=$work/with:colon/x.so
mkdir -p "$folder"
cd "$folder"
make "$root/examples/apps/people.c" people.so
cat >greeter.c <<'END'
#include <switchio/switchio.h>

typedef struct greeter {
    int64_t digits;
} greeter;

static const swio_param params[] = {
    SWIO_PARAM(INTEGER, greeter, digits, .standard = "1", .min = 1, .help = "how many"),
    {0},
};

static int on_park(swio_session *session, void *self)
{
    greeter *g = self;
    swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "greets with %d", (int)g->digits);
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}

static const swio_app greeter_app = {
    .name = "greeter",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)},
    .params = params,
    .state_size = sizeof(greeter),
};

SWIO_APPS(&greeter_app);
END
make greeter.c my.so

make "$root/examples/apps/digits.c" digits.so

# Listed: all of a file, one of it, beside others.
run 0 list-apps ./people.so
out '^Busy$' '^Talker$' '^    response  *the SIP status'
run 0 list-apps bert people.so:talker "$folder/my.so"
out '^Bert$' '^Talker$' '^greeter$'
[ "$(how_often '^Busy')" -eq 0 ] || fail "one of the file was asked for"
run 2 list-apps ./people.so:Zork
err "'./people.so' has no app 'Zork': there are Busy and Talker"
run 2 list-apps TonePlay ./zork.so
err "'./zork.so': No such file or directory"
[ ! -s "$work/out" ] || fail "a mistake is said before all else"

# Dialed, with parameters and weights, by every kind of path.
run 0 dial --sim --max-offered 2 --rate 10 --limit 4 --duration 1 --app ./my.so:greeter/digits=4
out '^Calls answered: *2$'
err 'greeter.c:.* greets with 4$'
run 0 dial --sim --max-offered 2 --rate 10 --limit 4 --duration 1 --app my.so
err ' greets with 1$'
run 0 dial --sim --max-offered 8 --rate 50 --limit 8 --duration 1 --app "$folder/people.so:Busy:1/every=1" \
    --app ./people.so:Talker:2/talk=0.1 --app ./my.so/digits=4:0.5 --app my.so:greeter:0.5/digits=5
out '^Calls offered: *8$' '^Calls answered: *6$' '^  USER_BUSY *2$'
err ' greets with 4$' ' greets with 5$'
run 0 dial --sim --max-offered 2 --rate 10 --limit 4 --duration 3 --app ./digits.so/send=12#,pause=0
out '^2 calls, 6 digits$'
err 'digits.c:.* heard 3 digits$'
run 2 dial --sim --app ./people.so
err "'./people.so' has several apps, name one as ./people.so:Busy: there are Busy and Talker"
run 2 dial --sim --app ./my.so:Greeter:x
err "the weight 'x' is not a number"
run 2 dial --sim --app ./my.so/digit=4
err "the app greeter has no parameter 'digit': there are digits"
run 2 dial --sim --app ./people.so:Busy/response=12:3
err "is '3' the weight, or the end of a value? Write ./people.so:Busy:3/response=12 for"

# What the setup of an app says is what the program says.
run 2 dial --sim --app ./people.so:Busy/response=99 --max-offered 1
err 'Busy: response=99: give a SIP status of 300 to 699'

# Wrong files of each kind, with what the test of the library is made of.
objects=$TEST_BUILD/tests/objects
run 2 dial --sim --app ./greeter.c
err "'./greeter.c' is no app: a file of apps ends in .so"
run 2 dial --sim --app "$folder:greeter"
err "is a directory, and no shared object"
cp greeter.c text.so
run 2 dial --sim --app ./text.so
err "'./text.so' is no shared object: make one with cc -shared -fPIC"
if [ -f "$objects/form.so" ]; then
    run 2 dial --sim --app "$objects/form.so"
    err 'was compiled for switchio 9.8.7, .*: compile it anew'
    run 2 dial --sim --app "$objects/none.so"
    err 'exports no apps: name them in it with SWIO_APPS'
    run 2 dial --sim --app "$objects/newer.so"
    err 'undefined symbol: swio_of_a_later_version'
fi

# In the console, where it may be made anew meanwhile.
cat >commands <<'END'
load ./my.so:greeter weight=3 digits=4 id=first
help load ./people.so
load people.so:Talker ring=0 talk=0.1
start 4
wait
apps
unload first
END
run 0 console --sim -l info --rate 50 --limit 4 <commands
out '^greeter is loaded as first$' '^Talker is loaded as Talker-' '^Busy$' '^greeter  *first  *3 ' \
    ', FILE.so\[:NAME\]$'
err ' greets with 4$'
for line in 'load ./my.so:zork' 'help load ./my.so:zork'; do
    echo "$line" >commands
    run 1 console --sim <commands
    err "'./my.so' has no app 'zork': there is greeter"
done
echo 'load TonPlay' >commands
run 1 console --sim <commands
err "did you mean TonePlay?"
