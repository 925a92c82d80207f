#!/usr/bin/env bash
# The Windows library as its users get it: check.sh FOLDER VERSION. What it exports and needs, the versions
# it carries, and both import libraries, each used by a program that runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath "$1")
version=$2
fail() { echo "test/windows/check.sh: $*" >&2; exit 1; }
wine=test/windows/wine.sh
programs=test/windows/programs
work=build/windows-check
rm -rf $work
mkdir -p $work

test/abi/check_symbols.sh "$folder/ml_webrtc.dll" include include/abi.json
scripts/check_library.sh "$folder/ml_webrtc.dll" "$version"
cp "$folder/ml_webrtc.dll" $work/

# MinGW, with the import library that its linker looks for.
mingw=(x86_64-w64-mingw32-gcc -std=c11 -Wall -Wextra -Werror -Iinclude "-L$folder")
"${mingw[@]}" $programs/version.c -o $work/version.exe -lml_webrtc -lversion
"${mingw[@]}" examples/c/hello.c -o $work/hello.exe -lml_webrtc
[ "$($wine $work/hello.exe | tr -d '\r')" = "bob received: hello!" ] || fail "hello says something else"
release=${version%%+*}
expected=$(printf 'file %s.0\nproduct %s\nmessage %s\n' "$release" "$version" "$version")
found=$($wine $work/version.exe | tr -d '\r')
[ "$found" = "$expected" ] || fail "the versions are not those of $version: $found"

test/windows/msvc.sh include "$folder/ml_webrtc.lib" "$folder/ml_webrtc.dll" $work
echo "OK: ml_webrtc.dll $version with both import libraries"
