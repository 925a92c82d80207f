#!/bin/bash
# The benchmark: the library through its C interface beside the same work in plain pion, in
# turns, so that both meet the same machine. Prints the medians; misses are reported, not failed.
# Usage: bench/run.sh [LIBRARY]
# Environment: LIB (as the argument), ROUNDS, CONNECTS, SECONDS_EACH, PING_PONGS, CC, GO, OUT.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
lib=$(realpath "${1:-${LIB:-$root/build/libml_webrtc.so}}")
rounds=${ROUNDS:-5}
connects=${CONNECTS:-15}
seconds=${SECONDS_EACH:-2}
ping_pongs=${PING_PONGS:-1000}
out=${OUT:-$root/build/bench}

mkdir -p "$out"
${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror -I"$root/include" -o "$out/bench" \
    "$root"/bench/c/*.c "$lib" -Wl,-rpath,"$(dirname "$lib")" -pthread
(cd "$root" && ${GO:-go} build -trimpath -o "$out/pion" ./bench/pion)

library_figures=$out/library.txt
pion_figures=$out/pion.txt
: >"$library_figures"
: >"$pion_figures"
for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    "$out/bench" "$connects" "$seconds" "$ping_pongs" >>"$library_figures"
    "$out/pion" -connects "$connects" -seconds "$seconds" -ping-pongs "$ping_pongs" >>"$pion_figures"
done

# A key's values, one a round.
values() { awk -v key="$2" '$1 == key { print $2 }' "$1"; }

middle() { sort -g | awk '{ all[NR] = $1 } END { if (NR) print all[int((NR + 1) / 2)] }'; }

# The median of a key's values; nothing if there are none.
median() { values "$1" "$2" | middle; }

# The median of what each round's library value is to its pion value: a round is short, so both
# of its halves met about the same machine.
median_ratio() {
    paste <(values "$library_figures" "$1") <(values "$pion_figures" "$1") | awk '$2 > 0 { print $1 / $2 }' | middle
}

missed=()

row() { # what, unit, library, pion, ratio, target, verdict
    printf '%-44s %-5s %10s %10s %7s  %-10s %s\n' "$@"
}

holds() { awk "BEGIN { exit !($1) }"; }

# Beside pion: name, unit, key, comparison, factor (none: for information).
beside() {
    local library pion ratio verdict=""
    library=$(median "$library_figures" "$3")
    pion=$(median "$pion_figures" "$3")
    ratio=$(printf '%.2f' "$(median_ratio "$3")")
    if [[ $# -gt 3 ]]; then
        verdict=met
        if ! holds "$ratio $4 $5"; then
            verdict=MISSED
            missed+=("$1")
        fi
    fi
    row "$1" "$2" "$library" "$pion" "$ratio" "${4:-} ${5:-}${5:+ x}" "$verdict"
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

row metric unit library pion ratio target ""
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

if [[ ${#missed[@]} -eq 0 ]]; then
    echo "All targets are met."
else
    printf 'MISSED:'
    printf ' %s;' "${missed[@]}"
    printf ' the machine may have been busy, so look at the ratios of several runs.\n'
fi
