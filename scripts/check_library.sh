#!/usr/bin/env bash
# What the built library must be besides its symbols: check_library.sh LIBRARY VERSION
set -euo pipefail
library=$1
version=$2
fail() { echo "check_library.sh: $*" >&2; exit 1; }

dynamic=$(readelf -dW "$library")
grep -q 'SONAME.*\[libml_webrtc.so\]' <<<"$dynamic" || fail "the SONAME is not libml_webrtc.so"
# dlclose must not unload it: Go's threads never end.
grep -q 'FLAGS_1.*NODELETE' <<<"$dynamic" || fail "it can be unloaded (no NODELETE flag)"
grep -q 'TEXTREL' <<<"$dynamic" && fail "it has text relocations"
readelf -lW "$library" | grep -q 'GNU_STACK.* RW ' || fail "its stack would be executable"
while read -r needed; do
    case $needed in
    libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | librt.so.* | libresolv.so.* | ld-linux*) ;;
    *) fail "it needs $needed, which is not part of the system's C library" ;;
    esac
done < <(sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' <<<"$dynamic")
[ "$(grep -acF "$version" "$library")" -gt 0 ] || fail "its version is not $version"
grep -acF "$(pwd)" "$library" >/dev/null && fail "it carries the path of this checkout"
echo "OK: $library $version: SONAME, never unloaded, needs only the C library"
