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

# Microsoft's way of linking, by LLVM's likeness of it.
printf 'LIBRARY kernel32.dll\nEXPORTS\nExitProcess\n' >$work/kernel32.def
llvm-dlltool -m i386:x86-64 -d $work/kernel32.def -l $work/kernel32.lib
clang --target=x86_64-pc-windows-msvc -std=c11 -ffreestanding -Wall -Wextra -Werror -Iinclude \
    -c $programs/msvc.c -o $work/msvc.obj
lld-link /nologo /entry:start /subsystem:console /nodefaultlib "/out:$work/msvc.exe" $work/msvc.obj \
    "$folder/ml_webrtc.lib" $work/kernel32.lib
code=0
$wine $work/msvc.exe || code=$?
[ $code = 42 ] || fail "the program that Microsoft's linker would make ended with $code"
echo "OK: ml_webrtc.dll $version with both import libraries"
