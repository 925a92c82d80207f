#!/bin/bash
# The benchmark: the library through its C interface beside the same work in plain pion, and for
# video beside libvpx and libyuv alone, in turns, so that all meet the same machine. Prints the
# medians; misses are reported, not failed.
# Usage: bench/run.sh [LIBRARY [TEST-LIBRARY]]
# Environment: LIB, TEST_LIB (as the arguments), PARTS ("data video audio"), ROUNDS, CONNECTS, SECONDS_EACH,
# PING_PONGS, VIDEO_SECONDS, CC, GO, OUT.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
lib=$(realpath "${1:-${LIB:-$root/build/libml_webrtc.so}}")
test_lib=$(realpath -m "${2:-${TEST_LIB:-$root/build/test/libml_webrtc.so}}")
parts=" ${PARTS:-data video audio} "
rounds=${ROUNDS:-5}
connects=${CONNECTS:-15}
seconds=${SECONDS_EACH:-2}
ping_pongs=${PING_PONGS:-1000}
video_seconds=${VIDEO_SECONDS:-5}
out=${OUT:-$root/build/bench}
codecs=$root/build/codecs/linux_amd64

mkdir -p "$out"

# name, library, what to compile and link
program() {
    ${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror -I"$root" -I"$root/include" -I"$root/test/include" \
        -I"$codecs/include" -o "$out/$1" "${@:3}" "$2" -Wl,-rpath,"$(dirname "$2")" -pthread -lm
}

has() { [[ $parts == *" $1 "* ]]; }

if has data; then
    program bench "$lib" "$root"/bench/c/*.c
fi
if has video; then
    call=("$root"/bench/c/{measure,pair}.c "$root"/bench/video/{call,footage}.c "$root"/examples/c/pattern.c)
    program video "$lib" "$root"/bench/video/{main,latency,push,loop,codec}.c "${call[@]}" \
        "$root"/internal/codec/vpx/encoder.c "$codecs"/lib/lib{vpx,yuv}.a
fi
if has audio; then
    talk=("$root"/bench/c/{measure,pair}.c "$root"/bench/audio/talk.c)
    program audio "$lib" "$root"/bench/audio/main.c "${talk[@]}" "$root"/internal/codec/opus/{encoder,decoder}.c \
        "$codecs"/lib/libopus.a
fi
if has video || has audio; then
    program allocations "$test_lib" "$root"/bench/allocations/*.c "$root"/bench/c/{measure,pair}.c \
        "$root"/bench/video/{call,footage}.c "$root"/bench/audio/talk.c "$root"/examples/c/pattern.c
fi
(cd "$root" && ${GO:-go} build -trimpath -o "$out/pion" ./bench/pion)

library_figures=$out/library.txt
beside_figures=$out/beside.txt
: >"$library_figures"
: >"$beside_figures"

# Files a program's figures: those with ":bare" belong to what the library is compared with.
file() {
    awk -v library="$library_figures" -v beside="$beside_figures" \
        '{ if (sub(/:bare$/, "", $1)) print >>beside; else print >>library }'
}

for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    if has data; then
        "$out/bench" "$connects" "$seconds" "$ping_pongs" | file
        "$out/pion" -connects "$connects" -seconds "$seconds" -ping-pongs "$ping_pongs" >>"$beside_figures"
    fi
    if has video; then
        "$out/video" latency "$video_seconds" | file
        "$out/video" push "$video_seconds" | file
        taskset -c 0 "$out/video" loop "$video_seconds" | file
        "$out/pion" -connects 0 -seconds 0 -ping-pongs 0 -media "$video_seconds" >>"$beside_figures"
    fi
    if has audio; then
        "$out/audio" "$video_seconds" | file
    fi
    if has video || has audio; then
        "$out/allocations" "$video_seconds" | file
    fi
done

# A key's values, one a round.
values() { awk -v key="$2" '$1 == key { print $2 }' "$1"; }

middle() { sort -g | awk '{ all[NR] = $1 } END { if (NR) print all[int((NR + 1) / 2)] }'; }

# The median of a key's values; nothing if there are none.
median() { values "$1" "$2" | middle; }

# The median of what each round's library value is to the one beside it: a round is short, so both
# of its halves met about the same machine.
median_ratio() {
    paste <(values "$library_figures" "$1") <(values "$beside_figures" "$1") | awk '$2 > 0 { print $1 / $2 }' | middle
}

missed=()

row() { # what, unit, library, beside, ratio, target, verdict
    printf '%-44s %-5s %10s %10s %7s  %-10s %s\n' "$@"
}

holds() { awk "BEGIN { exit !($1) }"; }

# Beside pion, libvpx or libyuv: name, unit, key, comparison, factor (none: for information).
beside() {
    local library other ratio verdict=""
    library=$(median "$library_figures" "$3")
    [[ -n $library ]] || return 0
    other=$(median "$beside_figures" "$3")
    ratio=$(printf '%.2f' "$(median_ratio "$3")")
    if [[ $# -gt 3 ]]; then
        verdict=met
        if ! holds "$ratio $4 $5"; then
            verdict=MISSED
            missed+=("$1")
        fi
    fi
    row "$1" "$2" "$library" "$other" "$ratio" "${4:-} ${5:-}${5:+ x}" "$verdict"
}

# Of the library alone: name, unit, key, limit (none: for information).
alone() {
    local value verdict=""
    value=$(median "$library_figures" "$3")
    [[ -n $value ]] || return 0
    if [[ $# -gt 3 ]]; then
        verdict=met
        if ! holds "$value < $4"; then
            verdict=MISSED
            missed+=("$1")
        fi
    fi
    row "$1" "$2" "$value" "" "" "${4:+< $4}" "$verdict"
}

row metric unit library beside ratio target ""
beside "two Creates until open on both sides" ms connect_ms "<=" 1.25
beside "64 KiB messages" MB/s throughput_mb ">=" 0.95
beside "64-byte messages" 1/s small_rate ">=" 1.0
beside "CPU for 64 KiB messages" s/GB throughput_cpu
beside "CPU for a 64-byte message" us small_cpu
beside "64 bytes there and back" us ping_pong_us
alone "ProcessEvents, nothing queued" ns process_idle_ns 20
alone "SendMessage, 64 bytes, in a burst" ns send_burst_ns_median 300
alone "  99th percentile" ns send_burst_ns_p99
alone "SendMessage, 64 bytes, one each ms" ns send_sporadic_ns_median
alone "  99th percentile" ns send_sporadic_ns_p99
alone "request (candidate), in a row" us request_us_median 20
alone "  99th percentile" us request_us_p99
alone "request (candidate), one each ms" us request_sporadic_us_median
alone "delivering one message of 64 bytes" ns deliver_ns
alone "IsConnected" ns is_connected_ns
alone "HasFailed" ns has_failed_ns
alone "IsOpen" ns is_open_ns
alone "IsEnabled" ns is_enabled_ns
alone "GetLabel and ReleaseLabelMemory" ns label_ns
alone "ConnectionCreate" us create_us
alone "ConnectionDestroy" us destroy_us
alone "720p30 from push to acquire" ms latency_ms_median
alone "  99th percentile" ms latency_ms_p99
alone "  frames that came out" % latency_shown
beside "PushFrame 720p I420, nobody attached; libyuv" us push_i420_alone_us "<=" 1.3
beside "PushFrame 720p NV12, nobody attached; libyuv" us push_nv12_alone_us "<=" 1.3
beside "PushFrame 720p RGBA, nobody attached; libyuv" us push_rgba_alone_us "<=" 1.3
beside "PushFrame 720p I420, while sending; libyuv" us push_i420_sending_us "<=" 1.3
beside "PushFrame 720p NV12, while sending; libyuv" us push_nv12_sending_us "<=" 1.3
beside "PushFrame 720p RGBA, while sending; libyuv" us push_rgba_sending_us "<=" 1.3
beside "whole loop 720p, one processor; libvpx" 1/s loop_rate ">=" 0.85
beside "  CPU time of all threads for a frame" ms loop_cpu_ms
beside "  size of a coded frame" kB loop_frame_kb
beside "CPU time for a minute of a mono call; libopus" s audio_cpu_mono
beside "CPU time for a minute of a stereo call; libopus" s audio_cpu_stereo
alone "PushData 10 ms mono, nobody listens" ns audio_push_alone_ns_mono
alone "PushData 10 ms stereo, nobody listens" ns audio_push_alone_ns_stereo
alone "PushData 10 ms mono, while sending" us audio_push_us_mono
alone "PushData 10 ms stereo, while sending" us audio_push_us_stereo
alone "C allocations per audio packet" "" packet_mallocs
alone "Go allocations per audio packet" "" packet_go_objects
alone "  their size" B packet_go_bytes
alone "C allocations per frame" "" frame_mallocs
beside "Go allocations per frame; plain RTP in pion" "" frame_go_objects
beside "  their size" B frame_go_bytes

if [[ ${#missed[@]} -eq 0 ]]; then
    echo "All targets are met."
else
    printf 'MISSED:'
    printf ' %s;' "${missed[@]}"
    printf ' the machine may have been busy, so look at the ratios of several runs.\n'
fi
