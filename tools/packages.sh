# shellcheck shell=sh
# Sourced by ./dev: the packages of Debian (12 and later) and Ubuntu (22.04 and later) that it needs.

#  package        for    why
packages='
gcc               build  the C compiler
libc6-dev         build  the headers of the C library
cmake             build  configures the build
ninja-build       build  runs the build
pkg-config        build  finds the libraries
libuv1-dev        build  the event loop
libjansson-dev    build  JSON
libexpat1-dev     build  XML
libsqlite3-dev    build  call records in a database
libedit-dev       build  the line of the prompt
libcairo2-dev     build  plots
uthash-dev        build  hash tables
libcmocka-dev     test   unit tests
valgrind          test   what is used after its end, or never given back, once more
sqlite3           test   computes a report again, from its records
clang             test   the second compiler, with the sanitizers and the fuzzer
dpkg-dev          package  finds what the programs of a package need
file              package  tells programs from texts
clang-format      lint   the layout of the code
clang-tidy        lint   static analysis
shellcheck        lint   checks the shell scripts
'

# need GROUP…: installs what is missing of the packages for these; asks no network when nothing is.
need()
{
    command -v dpkg-query >/dev/null || return 0 # not Debian: the build says what it does not find
    wanted=
    for group in "$@"; do
        wanted="$wanted $(echo "$packages" | awk -v group="$group" '$2 == group { print $1 }')"
    done
    missing=
    for package in $wanted; do
        package_is_installed "$package" || missing="$missing $package"
    done
    [ -z "$missing" ] || install_packages "$missing"
}

package_is_installed()
{
    # shellcheck disable=SC2016 # dpkg's own variable
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The sanitizers and the fuzzer of clang are a package of their own in newer releases, named after
# clang's version; asking clang itself is right in all of them.
need_clang_runtime()
{
    echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=address,fuzzer -x c - -o "$log" 2>/dev/null && return 0
    command -v dpkg-query >/dev/null || die "clang has no address sanitizer or fuzzer here (compiler-rt)"
    install_packages " libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

install_packages()
{
    echo "dev: installing what is missing:"
    for package in $1; do
        echo "$packages" | awk -v name="$package" '
            $1 == name && !said { said = 1; why = $0; sub(/^[^ ]+ +[^ ]+ +/, "", why) }
            END { printf "dev:   %-20s %s\n", name, said ? why : "the sanitizers and the fuzzer of clang" }'
    done
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null ||
            die "installing needs root, and there is no sudo; run as root: apt-get install$1"
    fi
    # shellcheck disable=SC2086 # a list of packages
    {
        apt_get update && apt_get install --no-install-recommends $1
    } >"$log" 2>&1 </dev/null || {
        cat "$log"
        die "apt-get could not install$1 (its words are above)"
    }
}

# Waits for a package manager that runs at the same time, as on a machine that has just booted.
apt_get()
{
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"
}
