#!/usr/bin/env bash
# Builds the C libraries that are linked into ours, static and position-independent: codecs.sh [TARGET]
# TARGET is linux_amd64 (the default), linux_arm64, windows_amd64, android_arm64 or android_amd64 (ANDROID_NDK names
# the NDK), macos_arm64 or macos_amd64 (on a Mac). The result is build/codecs/TARGET: include, lib,
# licences, and versions. The sources are Debian's source packages, of pinned versions and hashes, fetched
# by apt; they are kept in build/codecs/cache. With everything built it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh
root=$PWD/build/codecs
target=${1:-linux_amd64}
cache=$root/cache
result=$root/$target

# Debian's name, its version, the tarball, its SHA-256; the first of a name that can be had is taken, since
# mirrors drop old versions.
sources="
libvpx 1.17.0-1 libvpx_1.17.0.orig.tar.gz 1020f184046187baa2985dbde38e0691f49c44088bca7a1842b0236c6081dc0a
libvpx 1.15.2-2 libvpx_1.15.2.orig.tar.gz 26fcd3db88045dee380e581862a6ef106f49b74b6396ee95c2993a260b4636aa
libvpx 1.15.0-2.1+deb13u1 libvpx_1.15.0.orig.tar.xz a6cfd199c5c567cfa4e6d991ec36690d9af801585b5db959c1494b5b15f821a5
libyuv 0.0~git20230123.b2528b0-1 libyuv_0.0~git20230123.b2528b0.orig.tar.gz cc22ebe94004ac2e5718acdc45980c6f3b83599f19f5bd768c5ca034de659eef
libyuv 0.0.1974.20261008-1 libyuv_0.0.1974.20261008.orig.tar.xz 9a2e5c3e450ee5fec02276c38bf2190a93b09d3cf977e2913e1430c84ad66ad8
libyuv 0.0.1904.20250204-1 libyuv_0.0.1904.20250204.orig.tar.xz 958aeeefcae957a7503202fd7f210678b81f68286e7cc915c8b97feaf1e2d3ab
opus 1.6.1-1 opus_1.6.1.orig.tar.xz 001ac615b9f8f8994b229ad2b1a5969ed12ab48b0d154d0af1016a5899cd6ba1
opus 1.5.2-2 opus_1.5.2.orig.tar.gz 65c1d2f78b9f2fb20082c38cbe47c951ad5839345876e46941612ee87f9a7ce1
speexdsp 1.2.1-4 speexdsp_1.2.1.orig.tar.gz 8c777343e4a6399569c72abc38a95b24db56882c83dbdb6c6424a5f4aeb54d3d
speexdsp 1.2.1-3 speexdsp_1.2.1.orig.tar.gz 8c777343e4a6399569c72abc38a95b24db56882c83dbdb6c6424a5f4aeb54d3d
speexdsp 1.2.1-1 speexdsp_1.2.1.orig.tar.gz 8c777343e4a6399569c72abc38a95b24db56882c83dbdb6c6424a5f4aeb54d3d
"

say() { echo "== codecs.sh: $*"; }
fail() { echo "codecs.sh: $*" >&2; exit 1; }

# What differs: the compilers, libvpx's name for the platform, options of opus' configure, and of the resampler.
cross=''
pic=-fPIC
opus_options=()
resampler_options=()
packages=codecs
unset CC CXX AR LD
sse=(-DUSE_SSE -DUSE_SSE2)
case $target in
linux_amd64)
    vpx_target=x86_64-linux-gcc
    resampler_options=("${sse[@]}")
    ;;
linux_arm64)
    cross=aarch64-linux-gnu-
    vpx_target=arm64-linux-gcc
    opus_options=(--host=aarch64-linux-gnu)
    packages=codecs-arm64
    ;;
windows_amd64)
    cross=x86_64-w64-mingw32-
    vpx_target=x86_64-win64-gcc
    pic=''
    # What the compiler adds to catch overflows would need one more library there.
    opus_options=(--host=x86_64-w64-mingw32 --disable-stack-protector CPPFLAGS=-D_FORTIFY_SOURCE=0)
    resampler_options=("${sse[@]}")
    packages=codecs-windows
    ;;
android_arm64 | android_amd64)
    tools=$(scripts/android_tools.sh)
    case $target in
    *arm64) machine=aarch64 vpx_target=arm64-android-gcc ;;
    *) machine=x86_64 vpx_target=x86_64-android-gcc resampler_options=("${sse[@]}") ;;
    esac
    export CC=$tools/$machine-linux-android26-clang CXX=$tools/$machine-linux-android26-clang++
    export AR=$tools/llvm-ar LD=$tools/$machine-linux-android26-clang STRIP=$tools/llvm-strip NM=$tools/llvm-nm
    opus_options=(--host=$machine-linux-android)
    ;;
macos_arm64 | macos_amd64)
    [ "$(uname -s)" = Darwin ] || fail "the libraries for macOS need a Mac"
    case $target in
    *arm64) machine=arm64 vpx_target=arm64-darwin20-gcc opus_options=(--host=aarch64-apple-darwin) ;;
    *)
        machine=x86_64 vpx_target=x86_64-darwin20-gcc opus_options=(--host=x86_64-apple-darwin)
        resampler_options=("${sse[@]}")
        ;;
    esac
    export CC="clang -arch $machine -mmacosx-version-min=11.0" CXX="clang++ -arch $machine -mmacosx-version-min=11.0"
    export AR=ar LD="clang -arch $machine -mmacosx-version-min=11.0"
    packages=none
    ;;
*) fail "unknown target '$target'" ;;
esac
cc=${CC:-${cross}gcc}
cxx=${CXX:-${cross}g++}
ar=${AR:-${cross}ar}
jobs=$(getconf _NPROCESSORS_ONLN)

stamp=$(sha256 "$0")
built() { [ "$(cat "$result/stamp" 2>/dev/null)" = "$stamp" ]; }
built && exit 0
[ $packages = none ] || scripts/deps.sh "$packages"
mkdir -p "$cache"
exec 9>"$root/lock"
! command -v flock >/dev/null 2>&1 || flock 9 # two builds at once would share their directories
built && exit 0

# Where apt is not, or knows no mirror of Debian's, curl asks the archive itself.
download() { # NAME VERSION FILE
    local log=$cache/apt.log
    [ -n "${apt_options:-}" ] || debian_apt "$cache" 'deb-src [] MIRROR sid main' 'deb-src [] MIRROR trixie main' \
        'deb-src [] MIRROR bookworm main' || apt_options=(none)
    if [ "${apt_options[0]}" = none ]; then
        local folder=${1:0:1}
        [[ $1 != lib* ]] || folder=${1:0:4}
        curl -fsSL -o "$cache/$3" "https://deb.debian.org/debian/pool/main/$folder/$1/$3" || true
    else
        (cd "$cache" && apt-get "${apt_options[@]}" source -qq --download-only --tar-only --only-source \
            "$1=$2" >"$log" 2>&1) || tail -n 2 "$log" >&2
    fi
}

# fetch NAME: sets tarball to a file with the right hash, and version to what it is.
fetch() {
    local name file hash
    while read -r name version file hash; do
        [ "$name" = "$1" ] || continue
        tarball=$cache/$file
        if ! right "$tarball" "$hash"; then
            say "fetching $name $version"
            download "$name" "$version" "$file"
        fi
        right "$tarball" "$hash" && return 0
    done <<<"$sources"
    fail "no version of $1 could be fetched with the right hash"
}

unpack() { # NAME: into work/NAME
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
    tar -xf "$tarball" -C "$work/$1" --strip-components=1
}

licence() { # NAME FILE...: notes the version, and what the licence asks to pass on
    local name=$1 file
    shift
    for file in "$@"; do
        cat "$work/$name/$file"
        echo
    done >"$fresh/licences/$name"
    echo "$name $version" >>"$fresh/versions"
}

build_vpx() {
    fetch libvpx
    say "building libvpx from $(basename "$tarball") for $target"
    unpack libvpx
    mkdir "$work/libvpx/out"
    # Relative paths only: the library carries its configure line.
    (cd "$work/libvpx/out" && CROSS=$cross ../configure --target=$vpx_target --prefix=. --enable-pic --enable-static \
        --disable-shared --disable-examples --disable-tools --disable-docs --disable-unit-tests --disable-webm-io \
        --disable-libyuv --enable-runtime-cpu-detect --enable-vp8 --enable-vp9 --enable-realtime-only \
        --enable-multithread --as=nasm --size-limit=8192x8192 >configure.log
    make -j "$jobs" libvpx.a >make.log 2>&1 || { tail -n 20 make.log >&2; exit 1; }
    cp libvpx.a "$fresh/lib/")
    mkdir -p "$fresh/include/vpx"
    cp "$work"/libvpx/vpx/{vp8,vp8cx,vp8dx,vpx_codec,vpx_decoder,vpx_encoder,vpx_frame_buffer,vpx_image,vpx_integer,vpx_ext_ratectrl,vpx_tpl}.h \
        "$fresh/include/vpx/"
    licence libvpx LICENSE PATENTS third_party/x86inc/LICENSE
}

build_yuv() {
    fetch libyuv
    say "building libyuv from $(basename "$tarball") for $target"
    unpack libyuv
    # Without JPEG, and without what only the newest compilers for ARM know.
    (cd "$work/libyuv" && rm -f source/mjpeg_*.cc source/convert_jpeg.cc source/*_sve.cc source/*_sme.cc
    mkdir out
    printf '%s\n' source/*.cc | xargs -P "$jobs" -I{} sh -c '
        out=out/$(basename {} .cc).o
        '"$cxx"' -c -O2 '"$pic"' -DLIBYUV_DISABLE_SVE -DLIBYUV_DISABLE_SME -fno-exceptions -fno-rtti -fvisibility=hidden -ffunction-sections \
            -w -Iinclude {} -o "$out"'
    $ar rcs "$fresh/lib/libyuv.a" out/*.o)
    cp -r "$work"/libyuv/include/* "$fresh/include/"
    licence libyuv LICENSE PATENTS
}

build_opus() {
    fetch opus
    say "building libopus from $(basename "$tarball") for $target"
    unpack libopus
    mkdir "$work/libopus/out"
    (cd "$work/libopus/out" && ../configure "${opus_options[@]}" --enable-static --disable-shared --with-pic \
        --disable-doc --disable-extra-programs CFLAGS='-O3 -ffunction-sections' >configure.log 2>&1 &&
        make -j "$jobs" libopus.la >make.log 2>&1) || { tail -n 20 "$work"/libopus/out/*.log >&2; exit 1; }
    cp "$work/libopus/out/.libs/libopus.a" "$fresh/lib/"
    mkdir -p "$fresh/include/opus"
    cp "$work"/libopus/include/{opus,opus_defines,opus_types}.h "$fresh/include/opus/"
    licence libopus COPYING
}

# Only the resampler, which outside of speexdsp needs no configuration. The prefix is what its names have anyway.
build_speexdsp() {
    fetch speexdsp
    say "building libspeexdsp from $(basename "$tarball") for $target"
    unpack libspeexdsp
    (cd "$work/libspeexdsp/libspeexdsp" && $cc -c -O3 $pic -ffunction-sections -fvisibility=hidden -w \
        -I../include/speex -DOUTSIDE_SPEEX -DFLOATING_POINT "${resampler_options[@]}" -DEXPORT= \
        -DRANDOM_PREFIX=speex resample.c -o resample.o && $ar rcs "$fresh/lib/libspeexdsp.a" resample.o)
    mkdir -p "$fresh/include/speex"
    cp "$work"/libspeexdsp/include/speex/speex_resampler.h "$fresh/include/speex/"
    licence libspeexdsp COPYING
}

work=$root/work/$target
fresh=$root/work/$target/fresh
rm -rf "$work"
mkdir -p "$fresh/lib" "$fresh/include" "$fresh/licences"
build_vpx
build_yuv
build_opus
build_speexdsp
grep -qaF "$PWD" "$fresh"/lib/*.a && fail "the libraries carry the path of this checkout"
echo "$stamp" >"$fresh/stamp"
rm -rf "$result"
mv "$fresh" "$result"
rm -rf "$work"
say "OK: the libraries for $target are in build/codecs/$target"
