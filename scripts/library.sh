#!/usr/bin/env bash
# Builds the shared library for a platform: library.sh TARGET FOLDER VERSION [test]
# With "test" it has the exports that the tests need (test/include/ml_webrtc_test.h). The C libraries are
# built first if they are not there. TARGET and what comes out:
#   linux_amd64, linux_arm64      libml_webrtc.so, which runs with glibc 2.17 and newer ones (scripts/sysroot.sh)
#   windows_amd64                 ml_webrtc.dll, and ml_webrtc.lib (MSVC), libml_webrtc.dll.a (MinGW)
#   android_arm64, android_amd64  libml_webrtc.so; ANDROID_NDK names the NDK
#   macos                         libml_webrtc.dylib for both kinds of Mac; needs a Mac
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cross.sh
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
        sed -nE 's/^ML_WEBRTC_API [^(]*[ *]([A-Za-z0-9_]+)\(.*/\1/p' | sort
}

elf_flags="-Wl,--version-script=$PWD/capi/libml_webrtc.map -Wl,--exclude-libs,ALL -Wl,--gc-sections"
elf_flags+=" -Wl,-soname,libml_webrtc.so -Wl,-z,nodelete"

linux() {
    local old_math=$folder/old_math.o
    # shellcheck disable=SC2086
    $CC -c -O2 -fPIC scripts/linux/old_math.c -o "$old_math"
    go_build libml_webrtc.so "$elf_flags -Wl,--wrap=exp,--wrap=log,--wrap=pow,--wrap=logf $old_math"
    rm "$old_math"
}

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

android() { # GOARCH MACHINE
    local tools
    tools=$(scripts/android_tools.sh)
    use_codecs "android_$1"
    export GOOS=android GOARCH=$1 CC=$tools/$2-linux-android26-clang
    # Pages of 16 KiB, which Android 15 may have. The module that lists network interfaces where Android forbids it to Go's
    # own package (wlynxg/anet) uses a variable of that package, which Go's linker has to be told to allow.
    go_build libml_webrtc.so "$elf_flags -Wl,-z,max-page-size=16384" -checklinkname=0
}

# One file for both kinds of Mac. The names that it exports are those of the headers.
macos() {
    [ "$(uname -s)" = Darwin ] || fail "the library for macOS can only be built on a Mac"
    local arch machine thin=()
    exports | sed 's/^/_/' >"$folder/exports"
    for arch in arm64 amd64; do
        machine=${arch/amd64/x86_64}
        (use_codecs "macos_$arch"
        export GOOS=darwin GOARCH=$arch CC="clang -arch $machine -mmacosx-version-min=11.0"
        go_build "$arch.dylib" "-Wl,-exported_symbols_list,$folder/exports -Wl,-dead_strip \
            -Wl,-install_name,@rpath/libml_webrtc.dylib")
        thin+=("$folder/$arch.dylib")
    done
    lipo -create "${thin[@]}" -output "$folder/libml_webrtc.dylib"
    codesign --sign - --force "$folder/libml_webrtc.dylib"
    rm "${thin[@]}" "$folder/exports"
}

case $target in
linux_amd64)
    use_linux_amd64
    linux
    ;;
linux_arm64)
    use_linux_arm64
    linux
    ;;
windows_amd64) windows ;;
android_arm64) android arm64 aarch64 ;;
android_amd64) android amd64 x86_64 ;;
macos) macos ;;
*) fail "unknown target '$target'" ;;
esac
