#!/bin/sh
# usage: package.sh BUILD VERSION SOVERSION
# The Debian packages that are made of BUILD: what stands in them, and that it works unpacked.
set -eu
build=$1 version=$2 soversion=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die()
{
    echo "package: $*" >&2
    exit 1
}

for tool in dpkg-deb dpkg-shlibdeps file; do
    command -v $tool >/dev/null || {
        echo "no $tool here"
        exit 77
    }
done
(cd "$build" && cpack -G DEB -B "$work/out") >"$work/log" 2>&1 || {
    cat "$work/log"
    die "cpack failed"
}

# package NAME: its file in $deb, unpacked at $root, its list in $list, as "MODE OWNER PATH [-> PATH]"
package()
{
    name=$1
    deb=$(echo "$work/out/${name}_${version}"*.deb)
    [ -f "$deb" ] || die "there is no package $name"
    root=$work/$name
    list=$work/$name.list
    dpkg-deb -x "$deb" "$root"
    dpkg-deb -c "$deb" | awk '{ sub(/^\.\//, "/", $6); print $1, $2, $6, $7, $8 }' >"$list"
    LIB=$(cd "$root/usr" && echo lib/*linux*)
    [ -d "$root/usr/$LIB" ] || LIB=lib
}
field()
{
    dpkg-deb -f "$deb" "$1"
}
# has PATTERN…: files (extended regular expressions for their whole paths); lacks: none of them
has()
{
    for pattern in "$@"; do
        awk '{ print $3 }' "$list" | grep -qE "^$pattern\$" || die "$name has no $pattern"
    done
}
lacks()
{
    for pattern in "$@"; do
        ! awk '{ print $3 }' "$list" | grep -qE "^$pattern\$" || die "$name has $pattern"
    done
}

# What holds for each.
for name in switchio "libswitchio$soversion" libswitchio-dev; do
    package "$name"
    for wanted in Architecture Section Priority Installed-Size Depends Description; do
        [ -n "$(field $wanted)" ] || die "$name has no field $wanted"
    done
    [ "$(field Version)" = "$version" ] || die "$name has version $(field Version)"
    field Maintainer | grep -q '^.* <.*@.*>$' || die "$name: the maintainer is $(field Maintainer)"
    [ "$(field Description | wc -l)" -gt 3 ] || die "$name is not described"
    [ -z "$(field Description | awk 'length > 80')" ] || die "$name: a line of its description is too long"
    has "/usr/share/doc/$name/copyright" "/usr/share/doc/$name/changelog.gz"
    wrong=$(awk '$2 != "root/root" || ($1 !~ /^l/ && $1 != "drwxr-xr-x" && $1 != "-rw-r--r--" && $3 != "/usr/bin/switchio")' "$list")
    [ -z "$wrong" ] || die "$name: owners or modes are not as they should be: $wrong"
    lacks '/usr/local.*' '.*/LICENSE'
done

package switchio
has /usr/bin/switchio '/usr/share/man/man1/switchio\.1\.gz' /usr/share/bash-completion/completions/switchio \
    /usr/share/zsh/vendor-completions/_switchio /usr/share/fish/vendor_completions.d/switchio.fish \
    /usr/share/switchio/conf/dialplan/switchio.xml /usr/share/doc/switchio/README.md \
    /usr/share/doc/switchio/docs/measurement.md /usr/share/doc/switchio/docs/images/run.png
lacks '.*\.h' '.*\.so.*' '.*\.a'
field Depends | grep -q 'libc6.*libedit2' || die "what the program needs is not found: $(field Depends)"
field Depends | grep -qF "libswitchio$soversion (= $version)" || die "another library will do for the program"
LD_LIBRARY_PATH=$(dirname "$(find "$work/libswitchio$soversion" -name "libswitchio.so.$soversion")")
export LD_LIBRARY_PATH
[ "$("$root/usr/bin/switchio" --version)" = "switchio $version" ] || die "the program does not run"
# Each command that the program has is in the manual.
"$root/usr/bin/switchio" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' >"$work/commands"
[ -s "$work/commands" ] || die "the program has no commands"
while read -r command; do
    has "/usr/share/man/man1/switchio-$command\.1\.gz"
done <"$work/commands"
file -L "$root/usr/bin/switchio" | grep -q ', stripped' || die "the program is not stripped"
! readelf -d "$root/usr/bin/switchio" | grep -qE 'RPATH|RUNPATH' || die "the program has an rpath"

package "libswitchio$soversion"
has "/usr/$LIB/libswitchio\.so\.$soversion" "/usr/$LIB/libswitchio\.so\.$version"
lacks '.*\.h' '.*\.so' '.*\.a' '/usr/bin/.*'
dpkg-deb -I "$deb" triggers | grep -q ldconfig || die "ldconfig is not triggered"
dpkg-deb -I "$deb" shlibs | grep -q "^libswitchio $soversion libswitchio$soversion " || die "no shlibs"
library=$root

package libswitchio-dev
has "/usr/$LIB/libswitchio\.so" "/usr/$LIB/libswitchio\.a" "/usr/$LIB/pkgconfig/switchio\.pc" \
    "/usr/$LIB/cmake/switchio/switchioConfig\.cmake" /usr/include/switchio/version.h
for header in "$here"/../../include/switchio/*.h; do
    has "/usr/include/switchio/${header##*/}"
done
field Depends | grep -qF "libswitchio$soversion (= $version)" || die "another library will do"

# A user's program, with both packages below one root.
cp -a "$library/usr/." "$root/usr/"
PKG_CONFIG_PATH=$root/usr/$LIB/pkgconfig
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # words
cc "$here/../install/consumer.c" -o "$work/consumer" $(pkg-config --cflags --libs switchio)
[ "$("$work/consumer")" = "switchio $version" ] ||
    die "a program that was built against the packages does not run"

# And apps of a user's, taken by the program of the package.
# shellcheck disable=SC2046
cc -shared -fPIC "$here/../../examples/apps/people.c" -o "$work/people.so" $(pkg-config --cflags --libs switchio)
"$work/switchio/usr/bin/switchio" dial --sim --max-offered 1 --duration 1 --app "$work/people.so:Talker/talk=0.1" \
    >"$work/log" 2>&1 || {
    cat "$work/log"
    die "an app that was built against the packages cannot be dialed"
}

# Debian's own checks, where they are at hand.
if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error "$work"/out/*.deb >"$work/log" 2>&1 || {
        cat "$work/log"
        die "lintian complains"
    }
fi
