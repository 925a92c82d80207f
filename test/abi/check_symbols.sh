#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# check_symbols.sh LIB HEADERDIR ABI_JSON
# The dynamic symbols that LIB (.so or .dll) exports, the functions that the headers declare and the functions of
# abi.json must be the same.
set -euo pipefail
export LC_ALL=C

fail() {
    echo "check_symbols: $*" >&2
    exit 1
}

[ $# -eq 3 ] || fail "usage: check_symbols.sh LIB HEADERDIR ABI_JSON"
lib=$1 header_dir=$2 abi=$3
[ -f "$lib" ] || fail "no library $lib"
[ -f "$abi" ] || fail "no file $abi"
[ -f "$header_dir/ml_webrtc.h" ] || fail "no headers in $header_dir"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -nE 's/.*"prototype": "[^"(]*[ *](\w+)\([^*].*/\1/p' "$abi" | sort >"$work/abi"

# A declaration whose name is not found would be lost in silence, so both are counted. It may have more than one line.
find "$header_dir" -name '*.h' -exec cat {} + |
    awk '/^ML_WEBRTC_API /, /\(/ { printf "%s%s", $0, /\(/ ? "\n" : " " }' >"$work/declarations"
sed -nE 's/^ML_WEBRTC_API [^(]*[ *](\w+)\(.*/\1/p' "$work/declarations" | sort >"$work/headers"
[ "$(grep -o ML_WEBRTC_API "$work/declarations" | wc -l)" -eq "$(wc -l <"$work/headers")" ] ||
    fail "a declaration in $header_dir is not understood"

case $lib in
*.dll)
    objdump=${OBJDUMP_MINGW:-x86_64-w64-mingw32-objdump}
    command -v "$objdump" >/dev/null || fail "$objdump is missing"
    "$objdump" -p "$lib" >"$work/dump"
    sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/p' "$work/dump" | sed -nE 's/^\s+\[.* (\S+)$/\1/p' | sort >"$work/lib"
    # An export may also have a number only.
    addresses=$(sed -nE '/^Number in:/,/^Table Addresses/s/^\s+Export Address Table\s+([0-9a-f]+)$/\1/p' "$work/dump")
    [[ $addresses =~ ^[0-9a-f]+$ ]] || fail "the export table of $lib is not understood"
    [ $((16#$addresses)) -eq "$(wc -l <"$work/lib")" ] || fail "$lib exports something without a name"
    ;;
*)
    nm=${NM:-nm}
    command -v "$nm" >/dev/null || fail "$nm is missing"
    "$nm" -D --defined-only --format=posix "$lib" | sed -E 's/[@ ].*//' | sort >"$work/lib"
    ;;
esac

# Empty lists are equal too.
for list in abi headers lib; do
    [ -s "$work/$list" ] || fail "no function found in $list"
done

same=true
compare() { # NAME FILE NAME FILE
    if ! diff "$2" "$4" >"$work/diff"; then
        same=false
        sed -nE "s/^< (.*)/only in $1: \1/p; s/^> (.*)/only in $3: \1/p" "$work/diff" >&2
    fi
}
compare "abi.json" "$work/abi" "the headers" "$work/headers"
compare "the headers" "$work/headers" "the library" "$work/lib"
$same || fail "$lib, the headers and abi.json differ"
echo "check_symbols: OK: $lib exports the $(wc -l <"$work/lib") functions of the headers and abi.json and nothing else"
