#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Unpacks each archive into a folder of its own and uses it as a stranger would: run.sh DIST VERSION
# Linux x86-64 runs on this machine's C library and on glibc 2.31, arm64 under QEMU, Windows under Wine, the Unity package in Mono.
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$(realpath "$1") version=$2
release=${version%%+*}
here=$PWD
work=$PWD/build/dist-test
fail() { echo "test/dist: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: \"$2\", not \"$3\""; } # WHAT FOUND EXPECTED
rm -rf "$work"
mkdir -p "$work"
. scripts/cross.sh

(cd "$dist" && sha256sum --quiet --check SHA256SUMS)
same "files that SHA256SUMS names" "$(cut -c 67- "$dist/SHA256SUMS" | sort | tr '\n' ' ')" \
    "$(cd "$dist" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | tr '\n' ' ')"

unpack() { # ARCHIVE: sets root
    local folder=$work/$1
    mkdir "$folder"
    case $1 in
    *.zip) unzip -q "$dist/$1" -d "$folder" ;;
    *) tar -xf "$dist/$1" -C "$folder" ;;
    esac
    root=$(echo "$folder"/*)
    grep -rqF "$here" "$root" && fail "$1 carries the path of this checkout"
    return 0
}

# What each archive says of itself, and is asked for.
check_texts() { # ROOT
    local file
    same "the header's version" "$(sed -n 's/^.define ML_WEBRTC_VERSION "\(.*\)"$/\1/p' "$1/include/ml_webrtc.h")" "$release"
    export PKG_CONFIG_PATH=$1/lib/pkgconfig
    same "pkg-config's version" "$(pkg-config --modversion ml_webrtc)" "$release"
    same "the SBOM's version" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["metadata"]["component"]["version"])' \
        "$1/sbom.cdx.json")" "$version"
    for file in README.md LICENSE THIRD_PARTY_NOTICES.md THIRD_PARTY_LICENCES.txt docs/platforms.md; do
        [ -s "$1/$file" ] || fail "$1 has no $file"
    done
    read -ra flags <<<"$(pkg-config --cflags --libs ml_webrtc)"
}

cmake_project() { # ROOT FOLDER OPTION...: builds hello with find_package, which must find this version and no newer one
    local root=$1 folder=$2
    shift 2
    mkdir -p "$folder"
    cat >"$folder/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.21)
project(stranger C)
find_package(ml_webrtc 99 QUIET)
if(ml_webrtc_FOUND)
    message(FATAL_ERROR "it says that it is of version 99")
endif()
find_package(ml_webrtc $release REQUIRED)
add_executable(hello $root/examples/c/hello.c)
target_link_libraries(hello PRIVATE ml_webrtc::ml_webrtc)
if(WIN32)
    add_custom_command(TARGET hello POST_BUILD
        COMMAND \${CMAKE_COMMAND} -E copy \$<TARGET_RUNTIME_DLLS:hello> \$<TARGET_FILE_DIR:hello> COMMAND_EXPAND_LISTS)
endif()
CMAKE
    cmake -S "$folder" -B "$folder/build" "-DCMAKE_PREFIX_PATH=$root" "$@" >"$folder/log" || { cat "$folder/log"; exit 1; }
    cmake --build "$folder/build" >"$folder/log" || { cat "$folder/log"; exit 1; }
}

hello() { same "$1" "$("${@:2}" | tr -d '\r')" "bob received: hello!"; } # WHAT COMMAND...

linux() { # ARCHITECTURE RUNNER...: what is built against the old C library, with pkg-config
    local name=$1
    shift
    test/abi/check_symbols.sh "$root/lib/libml_webrtc.so" "$root/include" include/abi.json
    scripts/check_library.sh "$root/lib/libml_webrtc.so" "$version" 2.17
    check_texts "$root"
    # shellcheck disable=SC2086
    $CC -std=c11 "$root/examples/c/hello.c" -o "$work/hello-$name" "${flags[@]}" "-Wl,-rpath,$root/lib"
    hello "$name with pkg-config" "$@" "$work/hello-$name"
    # shellcheck disable=SC2086
    $CC -std=c11 -D_POSIX_C_SOURCE=200809L test/dist/message.c -o "$work/message-$name" "${flags[@]}" "-Wl,-rpath,$root/lib"
    same "$name's debug message" "$("$@" "$work/message-$name")" "$version"
}

unpack "libml_webrtc-$version-linux-x86_64.tar.gz"
linux_root=$root
old=$PWD/build/sysroot/amd64
(use_linux_amd64 && linux x86-64 "$old/lib64/ld-linux-x86-64.so.2" --library-path "$old/lib/x86_64-linux-gnu")
check_texts "$root"
gcc -std=c11 "$root/examples/c/hello.c" -o "$work/hello" "${flags[@]}" "-Wl,-rpath,$root/lib"
hello "x86-64 with this machine's C library" "$work/hello"
cmake_project "$root" "$work/cmake-linux"
hello "x86-64 with CMake" "$work/cmake-linux/build/hello"
for alias in libwebrtc.magicleap.so libml_sdk_loader.so; do
    cmp "$root/lib/$alias" "$root/lib/libml_webrtc.so"
done

unpack "libml_webrtc-$version-linux-arm64.tar.gz"
arm64_root=$root
(use_linux_arm64 && linux arm64 qemu-aarch64-static -L "$PWD/build/sysroot/arm64")
cmake_project "$root" "$work/cmake-arm64" --toolchain "$PWD/test/arm64/toolchain.cmake"
hello "arm64 with CMake" qemu-aarch64-static -L "$PWD/build/sysroot/arm64" "$work/cmake-arm64/build/hello"

unpack "libml_webrtc-$version-windows-x86_64.zip"
windows_root=$root
test/abi/check_symbols.sh "$root/bin/ml_webrtc.dll" "$root/include" include/abi.json
scripts/check_library.sh "$root/bin/ml_webrtc.dll" "$version"
check_texts "$root"
mkdir "$work/windows"
cp "$root/bin/ml_webrtc.dll" "$work/windows/"
x86_64-w64-mingw32-gcc -std=c11 "$root/examples/c/hello.c" -o "$work/windows/hello.exe" "${flags[@]}"
hello "Windows with pkg-config" test/windows/wine.sh "$work/windows/hello.exe"
x86_64-w64-mingw32-gcc -std=c11 test/windows/programs/version.c -o "$work/windows/version.exe" "${flags[@]}" -lversion
same "the DLL's versions" "$(test/windows/wine.sh "$work/windows/version.exe" | tr -d '\r' | tr '\n' ' ')" \
    "file $release.0 product $version message $version "
cmake_project "$root" "$work/cmake-windows" --toolchain "$PWD/test/windows/toolchain.cmake"
hello "Windows with CMake" test/windows/wine.sh "$work/cmake-windows/build/hello.exe"
test/windows/msvc.sh "$root/include" "$root/lib/ml_webrtc.lib" "$root/bin/ml_webrtc.dll" "$work/msvc"

unpack "com.libml.webrtc-$version.tgz"
package=$work/com.libml.webrtc
mv "$root" "$package"
python3 test/unity/check_package.py "$package"
same "the package's version" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["version"])' "$package/package.json")" \
    "$release"
cmp "$package/Plugins/x86_64/Linux/libml_webrtc.so" "$linux_root/lib/libml_webrtc.so"
cmp "$package/Plugins/arm64/Linux/libml_webrtc.so" "$arm64_root/lib/libml_webrtc.so"
cmp "$package/Plugins/x86_64/Windows/ml_webrtc.dll" "$windows_root/bin/ml_webrtc.dll"
readarray -t sources < <(find "$package/Runtime" -name '*.cs')
mcs -langversion:7.2 -unsafe -optimize -warnaserror -nowarn:1668 "-out:$work/TwoPeers.exe" examples/csharp/TwoPeers.cs "${sources[@]}"
(cd "$work" && LD_LIBRARY_PATH=$package/Plugins/x86_64/Linux timeout 120 mono-sgen TwoPeers.exe >TwoPeers.log 2>&1) ||
    { cat "$work/TwoPeers.log"; fail "TwoPeers, with the package's own library"; }
grep -qx 'TwoPeers: OK' "$work/TwoPeers.log" || { cat "$work/TwoPeers.log"; fail "TwoPeers does not say that it is OK"; }
test/windows/wine.sh --end
echo "test/dist: OK: $version unpacked and used on Linux x86-64 and arm64, Windows, and in Mono"
