#!/usr/bin/env bash
# Packs what was built (make dist): dist.sh FOLDER VERSION
#   libml_webrtc-VERSION-linux-x86_64.tar.gz, -linux-arm64.tar.gz, -windows-x86_64.zip: library, headers, import libraries,
#       pkg-config and CMake files that work wherever it is unpacked, licences, SBOM, documentation, examples in C
#   com.libml.webrtc-VERSION.tgz: the Unity package with the libraries of all platforms
#   *.cdx.json: an SBOM for each library;   SHA256SUMS
# The same commit gives the same bytes: everything is as old as the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
fail() { echo "dist.sh: $*" >&2; exit 1; }
[ $# = 2 ] || fail "usage: dist.sh FOLDER VERSION"
version=$2
release=${version%%+*}
platforms=build/platforms
seconds=$(git log -1 --format=%ct)
work=$PWD/build/dist-work
dist=$work/dist
# Only what an earlier run has made is cleared away.
[ -e "$1/SHA256SUMS" ] || [ -z "$(ls -A "$1" 2>/dev/null)" ] || fail "$1 has something else in it: name an empty folder"
rm -rf "$work"
mkdir -p "$dist"

[ "$(python3 -c 'import json; print(json.load(open("unity/com.libml.webrtc/package.json"))["version"])')" = "$release" ] ||
    fail "the Unity package is of another version than include/ml_webrtc.h, $release"
mingw=/usr/share/doc/mingw-w64-x86-64-dev/copyright
[ -s $mingw ] || fail "there is no $mingw, whose text the DLL's licences ask for"
scripts/notices.sh >"$work/licences"
# What of it is in the DLL: the runtime that starts it, and winpthreads.
{ cat "$work/licences" && printf '\n==== mingw-w64, in ml_webrtc.dll ====\n\n' && cat $mingw; } >"$work/licences-windows"

fill() { # TEMPLATE FILE
    # shellcheck disable=SC2016
    sed -e 's|@PREFIX@|${pcfiledir}/../..|' -e 's|@LIBDIR@|${prefix}/lib|' -e 's|@INCLUDEDIR@|${prefix}/include|' \
        -e "s|@VERSION@|$release|" "$1" >"$2"
}

# The parts of an archive that are the same on every platform.
stage() { # ROOT TARGET LIBRARY [LICENCES]
    mkdir -p "$1/include/ml_webrtc" "$1/lib/pkgconfig" "$1/lib/cmake/ml_webrtc" "$1/examples"
    cp include/ml_webrtc.h "$1/include/"
    cp include/ml_webrtc/*.h "$1/include/ml_webrtc/"
    fill cmake/ml_webrtc.pc.in "$1/lib/pkgconfig/ml_webrtc.pc"
    cp cmake/ml_webrtc-config.cmake "$1/lib/cmake/ml_webrtc/"
    fill cmake/ml_webrtc-config-version.cmake.in "$1/lib/cmake/ml_webrtc/ml_webrtc-config-version.cmake"
    cp README.md CHANGELOG.md LICENSE THIRD_PARTY_NOTICES.md "$1/"
    cp "$work/${4:-licences}" "$1/THIRD_PARTY_LICENCES.txt"
    cp -r docs "$1/"
    cp -r examples/c "$1/examples/"
    python3 scripts/dist/sbom.py "$1/sbom.cdx.json" "$3" "$version" "$2"
    cp "$1/sbom.cdx.json" "$dist/$(basename "$1").cdx.json"
}

linux() { # TARGET NAME
    local root=$work/libml_webrtc-$version-$2 library=$platforms/$1/libml_webrtc.so alias
    stage "$root" "$1" "$library"
    install -m 755 "$library" "$root/lib/"
    for alias in libwebrtc.magicleap.so libml_sdk_loader.so; do
        ln -s libml_webrtc.so "$root/lib/$alias"
    done
    python3 scripts/dist/archive.py "$dist/$(basename "$root").tar.gz" "$root" "$seconds"
}

windows() { # TARGET NAME
    local root=$work/libml_webrtc-$version-$2 folder=$platforms/$1
    stage "$root" "$1" "$folder/ml_webrtc.dll" licences-windows
    install -D -m 755 "$folder/ml_webrtc.dll" "$root/bin/ml_webrtc.dll"
    install -m 644 "$folder/ml_webrtc.lib" "$folder/libml_webrtc.dll.a" "$root/lib/"
    python3 scripts/dist/archive.py "$dist/$(basename "$root").zip" "$root" "$seconds"
}

unity() {
    local package=$work/unity/com.libml.webrtc
    mkdir -p "$work/unity" "$work/npm"
    cp -r unity/com.libml.webrtc "$work/unity/"
    cp "$work/licences-windows" "$package/Documentation~/THIRD_PARTY_LICENCES.txt"
    python3 scripts/dist/plugins.py "$package" "$platforms"
    python3 test/unity/check_package.py "$package"
    mv "$package" "$work/npm/package" # npm's name for the root
    python3 scripts/dist/archive.py "$dist/com.libml.webrtc-$version.tgz" "$work/npm/package" "$seconds"
}

linux linux_amd64 linux-x86_64
linux linux_arm64 linux-arm64
windows windows_amd64 windows-x86_64
unity
(cd "$dist" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
rm -rf "$1"
mkdir -p "$(dirname "$1")"
mv "$dist" "$1"
rm -rf "$work"
echo "OK: $1: $(find "$1" -type f | wc -l) files, $(du -sh "$1" | cut -f 1)"
