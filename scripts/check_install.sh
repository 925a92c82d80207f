#!/usr/bin/env bash
# Installs into a folder of its own and uses that as a stranger would: pkg-config, CMake, the
# header in C and C++, the alias names, a program from the README.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "check_install.sh: $*" >&2; exit 1; }
root=$(realpath -m build/install)
rm -rf "$root"
make --no-print-directory install PREFIX="$root" >/dev/null

PKG_CONFIG_PATH=$root/lib/pkgconfig
export PKG_CONFIG_PATH
pkg-config --exists --print-errors 'ml_webrtc >= 0.1'
read -ra flags <<<"$(pkg-config --cflags --libs ml_webrtc)"
gcc -std=c11 -Wall -Wextra examples/c/hello.c -o "$root/hello" "${flags[@]}" -Wl,-rpath,"$root/lib"
[ "$("$root/hello")" = "bob received: hello!" ] || fail "hello says something else"

mkdir -p "$root/project"
cat >"$root/project/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(stranger C CXX)
find_package(ml_webrtc 0.1 REQUIRED)
add_executable(stranger stranger.cpp)
target_link_libraries(stranger PRIVATE ml_webrtc::ml_webrtc)
CMAKE
cat >"$root/project/stranger.cpp" <<'CPP'
#include <cstdio>
#include <ml_webrtc.h>
int main() {
    std::puts(MLWebRTCGetResultString(MLWebRTCInstanceCreate()));
    return MLWebRTCInstanceDestroy();
}
CPP
cmake -S "$root/project" -B "$root/project/build" -DCMAKE_PREFIX_PATH="$root" >/dev/null
cmake --build "$root/project/build" >/dev/null
[ "$("$root/project/build/stranger")" = MLResult_Ok ] || fail "a CMake project can't use it"

for name in libml_webrtc.so libwebrtc.magicleap.so libml_sdk_loader.so; do
    python3 - "$root/lib/$name" <<'PYTHON'
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
assert library.MLWebRTCInstanceCreate() == 0 and library.MLWebRTCInstanceDestroy() == 0
PYTHON
done
# A C program may say -lml_webrtc only where the compiler finds the header; the README's program is this one.
readme_program() { # which: the blocks of C are numbered from 1
    awk -v which="$1" '/^```/ { block = block ? 0 : /^```c$/ ? ++count : -1; next } block == which' README.md
}
diff <(readme_program 1) examples/c/hello.c || fail "the README's program is not examples/c/hello.c"
readme_program 2 | gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -x c -c - -o "$root/readme.o" -I"$root/include" ||
    fail "the README's video functions do not compile"
readme_program 3 | gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -x c -c - -o "$root/readme.o" -I"$root/include" ||
    fail "the README's audio functions do not compile"
echo "OK: install"
