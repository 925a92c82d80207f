#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# check_headers.sh [--no-mingw] [HEADERDIR]
# Each header compiles alone, twice in one file, without a warning, as C99, C11 and C++17, with every compiler; the
# documentation names parameters that exist; layouts, values and types are those of HEADERDIR/abi.json.
set -euo pipefail

fail() {
    echo "check_headers: $*" >&2
    exit 1
}

mingw=x86_64-w64-mingw32-gcc
if [ "${1:-}" = --no-mingw ]; then
    mingw=
    shift
fi
[ $# -le 1 ] || fail "usage: check_headers.sh [--no-mingw] [HEADERDIR]"
here=$(cd "$(dirname "$0")" && pwd)
headers=$(cd "${1:-$here/../../include}" && pwd)

for tool in gcc g++ clang clang++ go $mingw; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
done
parts="audio_sink connection data_channel frame instance source types video_sink"
for part in $parts; do
    [ -f "$headers/ml_webrtc/$part.h" ] || fail "no header $headers/ml_webrtc/$part.h"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The file that declares something after the headers is there because ISO C forbids an empty one.
compiled=0
compile() { # COMPILER STANDARD LANGUAGE FILE [FLAG...]
    local compiler=$1 standard=$2 language=$3 file=$4
    shift 4
    "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$headers" "$@" "$file" ||
        fail "$(basename "$file") does not compile: $compiler -std=$standard $*"
    compiled=$((compiled + 1))
}

(cd "$headers" && find . -name '*.h' | sed 's,^\./,,' | sort) >"$work/list"
while read -r header; do
    file=$work/$(basename "$header" .h).c
    printf '#include "%s"\n#include "%s"\nextern int not_empty;\n' "$header" "$header" >"$file"
    for standard in c99 c11; do
        for compiler in gcc clang $mingw; do
            compile "$compiler" "$standard" c "$file"
        done
    done
    for compiler in g++ clang++; do
        compile "$compiler" c++17 c++ "$file"
    done
    compile clang c11 c "$file" -Wdocumentation -Wdocumentation-unknown-command
    if [ -n "$mingw" ]; then
        compile "$mingw" c11 c "$file" -DML_WEBRTC_BUILDING
    fi
done <"$work/list"

(cd "$here" && go run ./layout "$headers/abi.json" "$headers") >"$work/layout.c" || fail "the headers do not fit abi.json"
for compiler in gcc clang $mingw; do
    compile "$compiler" c11 c "$work/layout.c"
done
for compiler in g++ clang++; do
    compile "$compiler" c++17 c++ "$work/layout.c"
done
echo "check_headers: OK: $(wc -l <"$work/list") headers, $(grep -c '^CHECK(' "$work/layout.c") assertions," \
    "$compiled compilations${mingw:+ with mingw-w64}"
