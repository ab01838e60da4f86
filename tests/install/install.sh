#!/bin/sh
# usage: install.sh BUILD COMPILER VERSION SOVERSION
# Installs BUILD into an empty prefix, moves that elsewhere, and uses it there as a user would: with
# pkg-config and with CMake's find_package(), shared and static.
set -eu
build=$1 CC=$2 version=$3 soversion=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CC

die()
{
    echo "install: $*" >&2
    exit 1
}

prints_version() # WHAT COMMAND…
{
    what=$1
    shift
    said=$("$@") || die "$what: exit status $?"
    [ "$said" = "switchio $version" ] || die "$what: says '$said'"
    echo "$what: works"
}

cmake --install "$build" --prefix "$work/first" >"$work/log" || die "cmake --install failed"
mv "$work/first" "$work/moved"
cd "$work/moved"
lib=$(dirname "$(find . -name libswitchio.so)")

for file in bin/switchio "$lib/libswitchio.so" "$lib/libswitchio.so.$soversion" \
    "$lib/libswitchio.so.$version" "$lib/libswitchio.a" "$lib/pkgconfig/switchio.pc" \
    "$lib/cmake/switchio/switchioConfig.cmake" "$lib/cmake/switchio/switchioConfigVersion.cmake" \
    include/switchio/switchio.h include/switchio/version.h share/doc/switchio/LICENSE \
    share/switchio/conf/dialplan/switchio.xml; do
    [ -e "$file" ] || die "$file was not installed"
done
[ ! -e include/switchio/version.h.in ] || die "version.h.in was installed"
for header in "$here"/../../include/switchio/*.h; do
    [ -e "include/switchio/${header##*/}" ] || die "${header##*/} was not installed"
done
objdump -p "$lib/libswitchio.so" | grep -q "SONAME *libswitchio\.so\.$soversion\$" ||
    die "the shared library has no SONAME libswitchio.so.$soversion"
prints_version "the program" bin/switchio --version

PKG_CONFIG_PATH=$PWD/$lib/pkgconfig
export PKG_CONFIG_PATH
[ "$(pkg-config --modversion switchio)" = "$version" ] || die "switchio.pc has another version"
# shellcheck disable=SC2046 # words
$CC -std=c11 -Wall -Wextra -Werror "$here/consumer.c" -o "$work/shared" $(pkg-config --cflags --libs switchio)
prints_version "pkg-config, shared" env LD_LIBRARY_PATH="$PWD/$lib" "$work/shared"

# The examples, as the README says that one compiles them.
for example in "$here"/../../examples/*.c; do
    # shellcheck disable=SC2046
    $CC -std=c11 -Wall -Wextra -Werror "$example" -o "$work/example" $(pkg-config --cflags --libs switchio)
    env LD_LIBRARY_PATH="$PWD/$lib" "$work/example" >"$work/log" 2>&1 || {
        cat "$work/log"
        die "${example##*/} does not run with the installed library"
    }
done

# Apps in a shared object, compiled as docs/apps.md says, and taken by the program that was installed.
for app in "$here"/../../examples/apps/*.c; do
    # shellcheck disable=SC2046
    $CC -std=c11 -Wall -Wextra -Werror -shared -fPIC "$app" -o "$work/app.so" $(pkg-config --cflags --libs switchio)
    bin/switchio list-apps "$work/app.so" >"$work/log" || die "${app##*/} cannot be listed"
    name=$(sed -n '/^[A-Za-z]/p' "$work/log" | head -n 1)
    bin/switchio dial --sim --max-offered 1 --duration 1 --app "$work/app.so:$name" >"$work/log" 2>&1 ||
        { cat "$work/log" && die "${app##*/} cannot be dialed"; }
done

# C++ needs nothing but its compiler here: clang has one without a library.
if echo 'int x;' | clang -x c++ -fsyntax-only - 2>/dev/null; then
    # shellcheck disable=SC2046
    clang -x c++ -std=c++11 -Wall -Wextra -Werror "$here/consumer.c" -o "$work/cxx" $(pkg-config --cflags --libs switchio)
    prints_version "C++" env LD_LIBRARY_PATH="$PWD/$lib" "$work/cxx"
fi

with_cmake() # DIRECTORY KINDS
{
    {
        cmake -S "$here" -B "$work/$1" -G Ninja -DCMAKE_PREFIX_PATH="$PWD" -DVERSION="$version" -DKINDS="$2" &&
            cmake --build "$work/$1"
    } >"$work/log" 2>&1 || {
        cat "$work/log"
        die "find_package(switchio) does not work"
    }
}
with_cmake both "shared;static"
prints_version "CMake, switchio::switchio" "$work/both/with_shared"
prints_version "CMake, switchio::static" "$work/both/with_static"
# The shared library asks for nothing behind it: here pkg-config finds no other package.
PKG_CONFIG_LIBDIR=$work PKG_CONFIG_PATH='' with_cmake alone shared
prints_version "CMake, switchio::switchio alone" "$work/alone/with_shared"

# A program with a static libswitchio does not take an object that brings the shared one.
cat >"$work/opens.c" <<'END'
#include <stdio.h>
#include <switchio/switchio.h>
int main(int argc, char **argv)
{
    const swio_app *const *apps;
    if (argc > 1 && swio_app_open(argv[1], &apps))
        return swio_fail("open");
    printf("switchio %s\n", swio_version());
    return 0;
}
END
# shellcheck disable=SC2046
$CC -std=c11 "$work/opens.c" -o "$work/opens" $(pkg-config --cflags --libs switchio)
prints_version "a program that opens apps" env LD_LIBRARY_PATH="$PWD/$lib" "$work/opens" "$work/app.so"
# shellcheck disable=SC2046
$CC -std=c11 "$work/opens.c" -o "$work/opens" $(pkg-config --cflags switchio) "$lib/libswitchio.a" \
    $(pkg-config --static --libs libuv jansson expat sqlite3 cairo) -pthread -lm
LD_LIBRARY_PATH=$PWD/$lib "$work/opens" "$work/app.so" 2>"$work/log" && die "two libraries in one process"
grep -q 'link the program with the shared library' "$work/log" || die "it does not say why: $(cat "$work/log")"

# Without the shared library the same -lswitchio means the static one, as it does for who installs
# that one alone.
rm "$lib"/libswitchio.so*
# shellcheck disable=SC2046
$CC -std=c11 "$here/consumer.c" -o "$work/static" $(pkg-config --static --cflags --libs switchio)
prints_version "pkg-config, static" "$work/static"
