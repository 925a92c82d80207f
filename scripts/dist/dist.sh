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
dist=$1 version=$2
release=${version%%+*}
platforms=build/platforms
seconds=$(git log -1 --format=%ct)
work=$PWD/build/dist-work
rm -rf "$dist" "$work"
mkdir -p "$dist" "$work"

[ "$(python3 -c 'import json; print(json.load(open("unity/com.libml.webrtc/package.json"))["version"])')" = "$release" ] ||
    fail "the Unity package is of another version than include/ml_webrtc.h, $release"
scripts/notices.sh >"$work/licences"

fill() { # TEMPLATE FILE
    # shellcheck disable=SC2016
    sed -e 's|@PREFIX@|${pcfiledir}/../..|' -e 's|@LIBDIR@|${prefix}/lib|' -e 's|@INCLUDEDIR@|${prefix}/include|' \
        -e "s|@VERSION@|$release|" "$1" >"$2"
}

# The parts of an archive that are the same on every platform.
stage() { # ROOT TARGET LIBRARY
    mkdir -p "$1/include/ml_webrtc" "$1/lib/pkgconfig" "$1/lib/cmake/ml_webrtc" "$1/examples"
    cp include/ml_webrtc.h "$1/include/"
    cp include/ml_webrtc/*.h "$1/include/ml_webrtc/"
    fill cmake/ml_webrtc.pc.in "$1/lib/pkgconfig/ml_webrtc.pc"
    cp cmake/ml_webrtc-config.cmake "$1/lib/cmake/ml_webrtc/"
    fill cmake/ml_webrtc-config-version.cmake.in "$1/lib/cmake/ml_webrtc/ml_webrtc-config-version.cmake"
    cp README.md CHANGELOG.md LICENSE THIRD_PARTY_NOTICES.md "$1/"
    cp "$work/licences" "$1/THIRD_PARTY_LICENCES.txt"
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
    stage "$root" "$1" "$folder/ml_webrtc.dll"
    install -D -m 755 "$folder/ml_webrtc.dll" "$root/bin/ml_webrtc.dll"
    install -m 644 "$folder/ml_webrtc.lib" "$folder/libml_webrtc.dll.a" "$root/lib/"
    python3 scripts/dist/archive.py "$dist/$(basename "$root").zip" "$root" "$seconds"
}

unity() {
    local package=$work/unity/com.libml.webrtc
    mkdir -p "$work/unity" "$work/npm"
    cp -r unity/com.libml.webrtc "$work/unity/"
    python3 scripts/dist/plugins.py "$package" "$platforms"
    python3 test/unity/check_package.py "$package"
    mv "$package" "$work/npm/package" # npm's name for the root
    python3 scripts/dist/archive.py "$dist/com.libml.webrtc-$version.tgz" "$work/npm/package" "$seconds"
}

linux linux_amd64 linux-x86_64
linux linux_arm64 linux-arm64
windows windows_amd64 windows-x86_64
unity
(cd "$dist" && sha256sum -- * >../SHA256SUMS.new && mv ../SHA256SUMS.new SHA256SUMS)
rm -rf "$work"
echo "OK: $dist: $(find "$dist" -type f | wc -l) files, $(du -sh "$dist" | cut -f 1)"
