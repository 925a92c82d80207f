#!/usr/bin/env bash
# Prints the folder of the compilers in the Android NDK that $ANDROID_NDK names (r26 or later).
set -euo pipefail
fail() { echo "android_tools.sh: $*" >&2; exit 1; }
[ -n "${ANDROID_NDK:-}" ] || fail "ANDROID_NDK does not name the Android NDK (https://developer.android.com/ndk/downloads)"
tools=$(find "$ANDROID_NDK/toolchains/llvm/prebuilt" -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | head -n 1) || true
[ -n "$tools" ] || fail "ANDROID_NDK=\"$ANDROID_NDK\" is not an NDK: it has no toolchains/llvm/prebuilt/*/bin"
[ -x "$tools/aarch64-linux-android26-clang" ] || fail "the NDK in $ANDROID_NDK has no compiler for API level 26"
echo "$tools"
