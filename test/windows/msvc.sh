#!/usr/bin/env bash
# Links a program in Microsoft's way, by LLVM's likeness of it, and runs it under Wine: msvc.sh HEADERS IMPORT_LIBRARY DLL WORK
set -euo pipefail
headers=$1 import_library=$2 dll=$3 work=$4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
cp "$dll" "$work/"
printf 'LIBRARY kernel32.dll\nEXPORTS\nExitProcess\n' >"$work/kernel32.def"
llvm-dlltool -m i386:x86-64 -d "$work/kernel32.def" -l "$work/kernel32.lib"
clang --target=x86_64-pc-windows-msvc -std=c11 -ffreestanding -Wall -Wextra -Werror "-I$headers" \
    -c "$here/programs/msvc.c" -o "$work/msvc.obj"
lld-link /nologo /entry:start /subsystem:console /nodefaultlib "/out:$work/msvc.exe" "$work/msvc.obj" \
    "$import_library" "$work/kernel32.lib"
code=0
"$here/wine.sh" "$work/msvc.exe" || code=$?
[ $code = 42 ] || { echo "test/windows/msvc.sh: the program ended with $code" >&2; exit 1; }
