#!/usr/bin/env bash
# What the built library must be besides its symbols: check_library.sh LIBRARY VERSION [GLIBC|android]
# GLIBC is the oldest version of the C library with which it has to run.
set -euo pipefail
library=$1
version=$2
glibc=${3:-}
fail() { echo "check_library.sh: $library: $*" >&2; exit 1; }

check_elf() {
    local dynamic needed newest tls
    dynamic=$(readelf -dW "$library")
    grep -q 'SONAME.*\[libml_webrtc.so\]' <<<"$dynamic" || fail "the SONAME is not libml_webrtc.so"
    # dlclose must not unload it: Go's threads never end.
    grep -q 'FLAGS_1.*NODELETE' <<<"$dynamic" || fail "it can be unloaded (no NODELETE flag)"
    grep -q 'TEXTREL' <<<"$dynamic" && fail "it has text relocations"
    readelf -lW "$library" | grep -q 'GNU_STACK.* RW ' || fail "its stack would be executable"
    while read -r needed; do
        case $needed in
        libc.so | libm.so | libdl.so | liblog.so) [ "$glibc" = android ] || fail "it needs Android's $needed" ;;
        libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | librt.so.* | libresolv.so.* | ld-linux*) ;;
        *) fail "it needs $needed, which is not part of the system's C library" ;;
        esac
    done < <(sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' <<<"$dynamic")
    if [ "$glibc" = android ]; then
        grep -q STATIC_TLS <<<"$dynamic" && fail "Android can't load it: it wants thread-local memory before dlopen"
        readelf -lW "$library" | awk '$1 == "LOAD" && $NF != "0x4000" { exit 1 }' ||
            fail "its segments don't begin at pages of 16 KiB, which Android devices may have"
        about="never unloaded, needs only Android's C library"
        return
    fi
    # Memory of the host's threads that must be there before dlopen: Go's pointer, which the C library has room for.
    tls=$(readelf -lW "$library" | awk '$1 == "TLS" { print $6 }')
    [ $((tls)) -le 64 ] || fail "it wants $((tls)) bytes of each thread, which dlopen may not find"
    newest=$(readelf -VW "$library" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1)
    [ -n "$newest" ] || fail "it names no version of the C library"
    if [ -n "$glibc" ] && [ "$(printf '%s\n' "$glibc" "$newest" | sort -V | tail -n 1)" != "$glibc" ]; then
        fail "it needs glibc $newest, newer than $glibc"
    fi
    about="never unloaded, needs only glibc $newest or later"
}

check_dll() {
    local dump needed
    dump=$(x86_64-w64-mingw32-objdump -p "$library")
    while read -r needed; do
        case $needed in
        KERNEL32.dll | msvcrt.dll) ;;
        *) fail "it needs $needed, which is not known as a part of every Windows" ;;
        esac
    done < <(sed -n 's/.*DLL Name: //p' <<<"$dump")
    grep -q 'HIGH_ENTROPY_VA' <<<"$dump" && grep -q 'DYNAMIC_BASE' <<<"$dump" && grep -q 'NX_COMPAT' <<<"$dump" ||
        fail "it lacks a protection: address space randomisation or pages that are not executable"
    grep -q 'Time/Date[[:space:]]*Thu Jan  1 00:00:00 1970' <<<"$dump" || fail "it carries the time of its build"
    about="protected, needs only what every Windows has"
}

case $library in
*.dll) check_dll ;;
*) check_elf ;;
esac
[ "$(grep -acF "$version" "$library")" -gt 0 ] || fail "its version is not $version"
grep -acF "$(pwd)" "$library" >/dev/null && fail "it carries the path of this checkout"
echo "OK: $library $version: $about"
