#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles the library's C as for Android and macOS, without their headers: with this machine's instead, so that what only
# theirs have, or lack, goes unseen. On Android no thread-local variable may need memory that dlopen can't give any more
# (STATIC_TLS): the compiler has to emulate them there.
set -euo pipefail
cd "$(dirname "$0")/../.."
fail() { echo "test/types/c.sh: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readarray -t sources < <(find capi callbacks handles internal -name '*.c' ! -name 'testing.c' | sort)
[ ${#sources[@]} -gt 20 ] || fail "only ${#sources[@]} files of C were found"
flags=(-std=gnu11 -O1 -fPIC -Wall -Wextra -Werror -I. -Iinclude -isystem build/codecs/linux_amd64/include -DML_WEBRTC_BUILDING)

compile() { # NAME FLAG...: all files, two at a time
    local name=$1
    shift
    mkdir "$work/$name"
    printf '%s\n' "${sources[@]}" |
        xargs -P 2 -I{} sh -c 'out=$1/$(echo "$2" | tr / _).o && shift && source=$1 && shift && exec clang "$@" -c "$source" -o "$out"' \
            - "$work/$name" {} "${flags[@]}" "$@" || fail "the C for $name does not compile"
}

compile android --target=x86_64-linux-android26 -isystem /usr/include/x86_64-linux-gnu -isystem /usr/include
compile macos -U__linux__ -D__APPLE__ -include test/types/apple.h
readelf -rW "$work"/android/*.o | grep -E 'TPOFF|TLSGD|TLSLD' && fail "a thread-local variable is not emulated on Android"
readelf -sW "$work"/android/*.o | grep '__emutls_get_address' >/dev/null || fail "no thread-local variable was found"
echo "test/types: OK: ${#sources[@]} files of C as for Android and macOS"
