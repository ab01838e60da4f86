#!/bin/sh
# usage: headers.sh BUILD COMPILER
# Each public header compiles alone, as C11 and, inside its own extern "C", as C++.
set -eu
build=$1 compiler=$2
cd "$(dirname "$0")/../.."
failed=0

# compiles LANGUAGE STANDARD HEADER
compiles()
{
    printf '#include <switchio/%s>\ntypedef int not_empty;\n' "$3" |
        "$compiler" -x "$1" -std="$2" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
            -Iinclude -I"$build/include" - || {
        echo "<switchio/$3> does not compile alone as $2"
        failed=1
    }
}

echo 'int x;' | "$compiler" -x c++ -fsyntax-only - 2>/dev/null && cxx=1 || cxx=
for path in include/switchio/*.h "$build"/include/switchio/*.h; do
    header=${path##*/}
    compiles c c11 "$header"
    [ -z "$cxx" ] || compiles c++ c++11 "$header"
    if grep -q '^SWIO_API' "$path" && ! grep -q '^SWIO_BEGIN_DECLS$' "$path"; then
        echo "<switchio/$header> has no SWIO_BEGIN_DECLS … SWIO_END_DECLS: C++ cannot link it"
        failed=1
    fi
done
exit $failed
