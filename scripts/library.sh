#!/usr/bin/env bash
# Builds the shared library for a platform: library.sh TARGET FOLDER VERSION [test]
# With "test" it has the exports that the tests need (test/include/ml_webrtc_test.h). The C libraries are
# built first if they are not there. TARGET and what comes out:
#   linux_amd64, linux_arm64      libml_webrtc.so, which runs with glibc 2.31 (scripts/sysroot.sh)
#   windows_amd64                 ml_webrtc.dll, and ml_webrtc.lib (MSVC), libml_webrtc.dll.a (MinGW)
#   android_arm64, android_amd64  libml_webrtc.so; ANDROID_NDK names the NDK
#   macos                         libml_webrtc.dylib for both kinds of Mac; needs a Mac
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "library.sh: $*" >&2; exit 1; }
[ $# -ge 3 ] || fail "usage: library.sh TARGET FOLDER VERSION [test]"
target=$1 folder=$2 version=$3 kind=${4:-}
mkdir -p "$folder"
folder=$(realpath "$folder")

# go_build OUTPUT LINKER_FLAGS [GO_LINKER_FLAGS]
go_build() {
    CGO_ENABLED=1 go build -buildmode=c-shared -trimpath -buildvcs=false ${kind:+-tags mltest} \
        -ldflags "-s -w -buildid= -X main.version=$version ${3:-} -extldflags '$2'" -o "$folder/$1" ./capi
    rm -f "$folder/${1%.*}.h" # cgo's header of what Go exports, which is nothing
}

# What our functions are called, in the headers of this build.
exports() {
    local headers=(include/ml_webrtc/*.h)
    [ -z "$kind" ] || headers+=(test/include/ml_webrtc_test.h)
    awk '/^ML_WEBRTC_API /, /\(/ { printf "%s%s", $0, /\(/ ? "\n" : " " }' "${headers[@]}" |
        sed -nE 's/^ML_WEBRTC_API [^(]*[ *](\w+)\(.*/\1/p' | sort
}

# The C libraries of targets that no #cgo line names.
use_codecs() { # NAME
    local codecs=$PWD/build/codecs/$1
    scripts/codecs.sh "$1"
    export CGO_CFLAGS="-O2 -I$codecs/include"
    export CGO_LDFLAGS="$codecs/lib/libvpx.a $codecs/lib/libyuv.a $codecs/lib/libopus.a $codecs/lib/libspeexdsp.a"
}

elf_flags="-Wl,--version-script=$PWD/capi/libml_webrtc.map -Wl,--exclude-libs,ALL -Wl,--gc-sections"
elf_flags+=" -Wl,-soname,libml_webrtc.so -Wl,-z,nodelete"

windows() {
    scripts/codecs.sh windows_amd64
    local release=${version%%+*}
    { echo 'LIBRARY ml_webrtc.dll' && echo EXPORTS && exports; } >"$folder/ml_webrtc.def"
    sed -e "s/@VERSION@/$version/" -e "s/@NUMBERS@/${release//./,},0/" scripts/windows/version.rc.in >"$folder/version.rc"
    x86_64-w64-mingw32-windres -i "$folder/version.rc" -o "$folder/version.o"
    export GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc ML_EXPORTS=$folder/ml_webrtc.def
    go_build ml_webrtc.dll "-static -Wl,--gc-sections $folder/version.o" "-extld=$PWD/scripts/windows/link.sh"
    rm "$folder/version.rc" "$folder/version.o"
    # Both kinds of import library have the same form; only what linkers call them differs.
    llvm-dlltool -m i386:x86-64 -d "$folder/ml_webrtc.def" -l "$folder/ml_webrtc.lib"
    cp "$folder/ml_webrtc.lib" "$folder/libml_webrtc.dll.a"
}

case $target in
windows_amd64) windows ;;
*) fail "unknown target '$target'" ;;
esac
