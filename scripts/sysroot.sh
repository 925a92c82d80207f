#!/usr/bin/env bash
# Makes the folder that the library for Linux is linked against: sysroot.sh amd64|arm64
# It is build/sysroot/ARCHITECTURE: the C library of Debian 11, glibc 2.31, with its headers. What is
# linked against a newer one does not run on older distributions, whatever it calls. The packages are
# of pinned versions and hashes, fetched by apt, and are kept in build/sysroot/cache.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh
arch=${1:?amd64 or arm64}
cache=$PWD/build/sysroot/cache
result=$PWD/build/sysroot/$arch
fail() { echo "sysroot.sh: $*" >&2; exit 1; }

packages="
amd64 libc6 2.31-13+deb11u11 05f7264da867b37f4c5ce49266b558ea1e81e05a9464f623152fca70f3550282
amd64 libc6-dev 2.31-13+deb11u11 e7f7b45d9c5cfcf37609f0b6efd3c645272c812144703af89dfd32218fcb0fd3
amd64 linux-libc-dev 5.10.223-1 e3be603bd12377bb90fcfb0f2048ca3a81c886e49d6f09945b82159d1c54f7b2
arm64 libc6 2.31-13+deb11u11 baaa9aa184e2f21738c5819055e6740cc5b22f198e3f416e33f82b40ff6933d8
arm64 libc6-dev 2.31-13+deb11u11 28d478134722dcd4b0bd2045a199301d18713bf95947b9fce66634e7aeacab2e
arm64 linux-libc-dev 5.10.223-1 8b6374a64412d33eac61d74f77b8f932da4b8a707ea8a614791e2a35b8917618
"

stamp=$(sha256 "$0")
[ "$(cat "$result/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
scripts/deps.sh sysroot
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
fresh=$result.fresh
rm -rf "$fresh" "$result"
mkdir -p "$fresh"
found=0
while read -r of name version hash; do
    [ "$of" = "$arch" ] || continue
    file=$cache/${name}_${version}_$arch.deb
    if ! right "$file" "$hash"; then
        [ -n "${apt_options:-}" ] || debian_apt "$cache" 'deb [arch=amd64,arm64] MIRROR bullseye main' ||
            fail "apt has no list of Debian 11's packages: put $(basename "$file") into $cache"
        (cd "$cache" && apt-get "${apt_options[@]}" download -qq "$name:$arch=$version" >apt.log 2>&1) || true
    fi
    right "$file" "$hash" || fail "$name $version could not be fetched with the right hash (put it into $cache)"
    dpkg-deb -x "$file" "$fresh"
    found=$((found + 1))
done <<<"$packages"
[ $found -gt 0 ] || fail "amd64 or arm64, not '$arch'"
# Links from the root would lead out of the folder.
find "$fresh" -type l -lname '/*' | while read -r link; do
    ln -sfr "$fresh$(readlink "$link")" "$link"
done
echo "$stamp" >"$fresh/stamp"
mv "$fresh" "$result"
echo "== sysroot.sh: OK: glibc 2.31 for $arch is in build/sysroot/$arch"
