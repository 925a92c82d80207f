#!/usr/bin/env bash
# Installs what a target needs of Debian's packages, if it is missing: deps.sh SET
# SET is build, codecs, codecs-arm64, codecs-windows, sysroot, linux, windows, dist, test (with network), network, test-arm64,
# test-windows, test-dist or lint.
# With everything there it does nothing, and needs neither root nor a network.
set -euo pipefail

declare -A package_of=(
    [nasm]=nasm [tar]=tar [unzip]=unzip [xz]=xz-utils [perl]=perl
    [gcc]=gcc [g++]=g++ [make]=make [git]=git [nm]=binutils [readelf]=binutils
    [clang]=clang [clang-format]=clang-format [cmake]=cmake [pkg-config]=pkg-config [python3]=python3
    [node]=nodejs [npm]=npm [chromium]=chromium
    [ip]=iproute2 [unshare]=util-linux
    [x86_64-w64-mingw32-gcc]=gcc-mingw-w64-x86-64 [x86_64-w64-mingw32-g++]=g++-mingw-w64-x86-64
    [x86_64-w64-mingw32-windres]=binutils-mingw-w64-x86-64 [llvm-dlltool]=llvm [lld-link]=lld
    [turnserver]=coturn [squid]=squid [tinyproxy]=tinyproxy [microsocks]=microsocks [danted]=dante-server
    [nft]=nftables [ss]=iproute2 [openssl]=openssl
    [aarch64-linux-gnu-gcc]=gcc-aarch64-linux-gnu [aarch64-linux-gnu-g++]=g++-aarch64-linux-gnu
    [qemu-aarch64-static]=qemu-user-static [dpkg-deb]=dpkg
    [mono-sgen]=mono-runtime [mono-boehm]=mono-runtime-boehm [mcs]=mono-mcs
)
network=(ip ss unshare python3 turnserver squid tinyproxy microsocks danted nft openssl)
case "${1:-build}" in
network) commands=("${network[@]}") ;;
codecs) commands=(gcc g++ make nasm tar xz perl) ;;
codecs-windows) commands=(gcc g++ x86_64-w64-mingw32-gcc x86_64-w64-mingw32-g++ make nasm tar xz perl) ;;
codecs-arm64) commands=(aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ make tar xz perl) ;;
build) commands=(gcc make) ;;
sysroot) commands=(dpkg-deb) ;;
linux) commands=(gcc make nm readelf aarch64-linux-gnu-gcc) ;;
test-arm64) commands=(make cmake readelf aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ qemu-aarch64-static) ;;
windows) commands=(make x86_64-w64-mingw32-gcc x86_64-w64-mingw32-windres llvm-dlltool) ;;
dist) commands=(git python3) ;;
test-dist)
    commands=(gcc g++ cmake pkg-config python3 unzip readelf clang lld-link llvm-dlltool aarch64-linux-gnu-gcc
        x86_64-w64-mingw32-gcc x86_64-w64-mingw32-g++ qemu-aarch64-static mono-sgen mcs)
    ;;
test-windows)
    commands=(gcc g++ make cmake clang lld-link x86_64-w64-mingw32-gcc x86_64-w64-mingw32-g++ x86_64-w64-mingw32-windres
        llvm-dlltool)
    ;;
test)
    commands=(gcc g++ make git nm readelf clang cmake pkg-config python3 ip unshare node npm dpkg-deb chromium x86_64-w64-mingw32-gcc mono-sgen mono-boehm mcs "${network[@]}")
    ;;
lint) commands=(gcc clang-format) ;;
*) echo "deps.sh: no set is called '$1'" >&2; exit 2 ;;
esac

PATH=$PATH:/usr/sbin:/sbin
missing=()
for command in "${commands[@]}"; do
    command -v "$command" >/dev/null 2>&1 || missing+=("${package_of[$command]}")
done
if [ "${1:-build}" = test ]; then
    # What has no command of its own: clang's sanitizers, Mono's core assemblies.
    ls "$(clang -print-resource-dir 2>/dev/null || echo /nonexistent)"/lib/linux/libclang_rt.tsan-*.a >/dev/null 2>&1 ||
        missing+=(libclang-rt-14-dev)
    [ -e /usr/lib/mono/4.5/System.Core.dll ] || missing+=(libmono-system-core4.0-cil)
fi
if [[ ${1:-build} = test-windows || ${1:-build} = test-dist ]] && ! [ -x /usr/lib/wine/wine64 ]; then
    missing+=(wine64)
fi
if ! command -v go >/dev/null 2>&1; then
    echo "deps.sh: Go is missing: install the version that go.mod names, from https://go.dev/dl/" >&2
    exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0

echo "== installing ${missing[*]}"
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive
# Servers are installed to be started by tests, not by the system.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    "${sudo[@]}" chmod 755 /usr/sbin/policy-rc.d
fi
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
