#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# check_checks.sh [--no-mingw]
# Proves that check_headers.sh and check_symbols.sh can fail: each mutation of a copy of the headers, and each library
# with a symbol too many or too few, must be caught, and by the check that is meant to.
set -euo pipefail

fail() {
    echo "check_checks: $*" >&2
    exit 1
}

mingw=true
if [ "${1:-}" = --no-mingw ]; then
    mingw=false
    shift
fi
[ $# -eq 0 ] || fail "usage: check_checks.sh [--no-mingw]"
here=$(cd "$(dirname "$0")" && pwd)
include=$(cd "$here/../../include" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
caught=0

expect_failure() { # WHAT PATTERN COMMAND...
    local what=$1 pattern=$2
    shift 2
    if "$@" >"$work/log" 2>&1; then
        fail "not caught: $what"
    fi
    if ! grep -qE -- "$pattern" "$work/log"; then
        cat "$work/log" >&2
        fail "caught for another reason: $what"
    fi
    caught=$((caught + 1))
    echo "caught: $what"
}

mutate_headers() { # WHAT FILE SED_SCRIPT PATTERN
    rm -rf "$work/include"
    cp -r "$include" "$work/include"
    chmod -R u+w "$work/include"
    sed -i -E "$3" "$work/include/$2"
    ! cmp -s "$include/$2" "$work/include/$2" || fail "the mutation changes nothing: $1"
    # The assertions do not depend on the compiler, so one without the other saves time.
    expect_failure "$1" "$4" "$here/check_headers.sh" --no-mingw "$work/include"
}

mutate_headers "two fields exchanged" ml_webrtc/source.h \
    's/^(    int32_t )cam_id;(.*)/\1swap;\2/; s/^(    int32_t )flags;/\1cam_id;/; s/^(    int32_t )swap;/\1flags;/' \
    'field MLCameraConnectContext 1 cam_id'
mutate_headers "a field of another size" ml_webrtc/data_channel.h 's/uint64_t data_size/uint32_t data_size/' \
    'type of MLWebRTCDataChannelMessage.data_size'
mutate_headers "a field of another sign" ml_webrtc/connection.h 's/int32_t host_port/uint32_t host_port/' \
    'type of MLWebRTCConnectionProxyConfig.host_port'
mutate_headers "a pointer that should be a number" ml_webrtc/frame.h 's/uint64_t surface_handle/void *surface_handle/' \
    'type of MLWebRTCNativeFrameInfo.surface_handle'
mutate_headers "an additional field in the padding" ml_webrtc/types.h \
    's/^(    uint32_t size; .*)/\1\n    uint32_t extra;/' 'not in abi.json: field MLAudioBuffer 2 extra'
mutate_headers "another value of an enum" ml_webrtc/instance.h 's/(MLWebRTCLogLevel_Warn) = 5/\1 = 6/' \
    'value of MLWebRTCLogLevel_Warn'
mutate_headers "another result code" ml_webrtc/types.h 's/-272171005/-272171015/' \
    'value of MLResult_WebRTCInvalidFramePlaneCount'
mutate_headers "an additional enum constant" ml_webrtc/connection.h \
    's/^(    MLWebRTCProxyType_Socks5 = 1)/    MLWebRTCProxyType_Direct = 2,\n\1/' \
    'not in abi.json: constant MLWebRTCProxyType_Direct'
mutate_headers "a parameter of another type" ml_webrtc/audio_sink.h 's/uint32_t milliseconds_to_cache/uint64_t milliseconds_to_cache/' \
    'type of MLWebRTCAudioSinkSetCacheSize'
mutate_headers "a parameter too few" ml_webrtc/video_sink.h 's/(ReleaseFrame\(MLHandle sink_handle), MLHandle frame_handle/\1/' \
    "parameter 'frame_handle' not found|type of MLWebRTCVideoSinkReleaseFrame"
mutate_headers "a callback of another type" ml_webrtc/source.h 's/MLWebRTCBool enabled, void \*context\);/uint32_t enabled, void *context);/' \
    'type of MLWebRTCOnSetEnabled'
mutate_headers "an additional function" ml_webrtc/instance.h \
    's/^(ML_WEBRTC_API MLResult MLWebRTCInstanceDestroy.*)/\1\nML_WEBRTC_API MLResult MLWebRTCInstanceReset(void);/' \
    'not in abi.json: function MLWebRTCInstanceReset'
mutate_headers "a header that needs another one" ml_webrtc/video_sink.h '/#include "types.h"/d' 'video_sink.c does not compile'
mutate_headers "C++ only" ml_webrtc/frame.h 's/^(typedef struct MLWebRTCFrame )/using Number = int;\n\1/' 'unknown type name .using'
# shellcheck disable=SC2016
mutate_headers "no include guard" ml_webrtc/frame.h '/ML_WEBRTC_FRAME_H/d; $d' 'redeclaration|redefinition'
mutate_headers "a documented parameter that does not exist" ml_webrtc/frame.h 's/@param frame_handle/@param the_handle/' \
    "parameter 'the_handle' not found"

rm -rf "$work/include"
cp -r "$include" "$work/include"
rm "$work/include/ml_webrtc/frame.h"
expect_failure "a missing header" 'no header' "$here/check_headers.sh" --no-mingw "$work/include"

# A library of empty functions stands in for the real one.
functions=$(sed -nE 's/^(ML_WEBRTC_API .*[ *])?(MLWebRTC\w+)\(.*/\2/p' "$include"/ml_webrtc/*.h)
build_library() { # COMPILER FILE EXPORT_ATTRIBUTE NAMES [INPUT...]
    for name in $4; do
        printf '%s void %s(void);\nvoid %s(void) {}\n' "$3" "$name" "$name"
    done >"$work/stub.c"
    "$1" -shared -fvisibility=hidden -o "$work/$2" "$work/stub.c" "${@:5}"
}
check_library() { # COMPILER FILE EXPORT_ATTRIBUTE
    build_library "$1" "$2" "$3" "$functions"
    "$here/check_symbols.sh" "$work/$2" "$include" "$include/abi.json" >"$work/log" 2>&1 || fail "a correct $2 does not pass"
    grep -q ' OK: ' "$work/log" || fail "no OK line for $2"
    [ "$(wc -l <"$work/log")" -eq 1 ] || fail "more than the OK line for $2: $(cat "$work/log")"
    build_library "$1" "$2" "$3" "$functions MLWebRTCInstanceReset"
    expect_failure "an additional MLWebRTC symbol in $2" 'only in the library: MLWebRTCInstanceReset' \
        "$here/check_symbols.sh" "$work/$2" "$include" "$include/abi.json"
    build_library "$1" "$2" "$3" "$functions _cgo_export"
    expect_failure "a foreign symbol in $2" 'only in the library: _cgo_export' \
        "$here/check_symbols.sh" "$work/$2" "$include" "$include/abi.json"
    build_library "$1" "$2" "$3" "${functions/MLWebRTCFrameGetData/}"
    expect_failure "a missing symbol in $2" 'only in the headers: MLWebRTCFrameGetData' \
        "$here/check_symbols.sh" "$work/$2" "$include" "$include/abi.json"
    build_library "$1" "$2" "$3" "$functions"
}
if $mingw; then
    check_library x86_64-w64-mingw32-gcc stub.dll '__declspec(dllexport)'
    (echo EXPORTS; echo "$functions"; echo 'hidden @99 NONAME') >"$work/stub.def"
    build_library x86_64-w64-mingw32-gcc stub.dll '' "$functions hidden" "$work/stub.def"
    expect_failure "a symbol without a name in stub.dll" 'without a name' \
        "$here/check_symbols.sh" "$work/stub.dll" "$include" "$include/abi.json"
fi
check_library gcc stub.so '__attribute__((visibility("default")))'

grep -v '"MLResult MLWebRTCFrameGetData(' "$include/abi.json" >"$work/abi.json"
expect_failure "a function that abi.json does not have" 'only in the headers: MLWebRTCFrameGetData' \
    "$here/check_symbols.sh" "$work/stub.so" "$include" "$work/abi.json"
expect_failure "a missing library" 'no library' "$here/check_symbols.sh" "$work/none.so" "$include" "$include/abi.json"
expect_failure "a missing tool" 'is missing' \
    env NM=no-such-nm "$here/check_symbols.sh" "$work/stub.so" "$include" "$include/abi.json"

echo "check_checks: OK: $caught faults, all caught"
