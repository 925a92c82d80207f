#!/bin/bash
# SPDX-License-Identifier: MIT
# The library in a managed host, with both of Mono's collectors: SGen (mono) and Boehm (mono-boehm,
# the kind that Unity has).
#   run.sh BUILD_DIR LIBRARY_DIR [STRESS_RUNS [SECONDS]]
# LIBRARY_DIR holds libml_webrtc.so, built with -tags mltest.
set -euo pipefail

if [ $# -lt 2 ] || [ $# -gt 4 ]; then
    sed -n 's/^# \{0,1\}//; 3,6p' "$0" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
abi=$here/../../include/abi.json
runs=${3:-1}
seconds=${4:-2}
hosts="mono mono-boehm"
# A hang guard: SIGQUIT makes Mono say where its threads are.
guard="timeout --signal=QUIT --kill-after=10 $((seconds + 150))"

for tool in mcs $hosts; do
    if ! command -v "$tool" >/dev/null; then
        echo "test/csharp: $tool is missing (Debian: mono-mcs mono-runtime mono-runtime-boehm)" >&2
        exit 1
    fi
done
if [ ! -f "$2/libml_webrtc.so" ]; then
    echo "test/csharp: there is no $2/libml_webrtc.so" >&2
    exit 1
fi
mkdir -p "$1"
build=$(cd "$1" && pwd)
library=$(cd "$2" && pwd)
export LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

compile() {
    mcs -langversion:7.2 -unsafe -optimize -debug -warnaserror -out:"$build/$1.exe" \
        "$here/$1.cs" "$here"/{Bindings,Types,Expect,Chain,Peer}.cs
}

# Mono leaves its crash reports where it runs.
cd "$build"

failures=0
run() {
    local host=$1 name=$2 label=$3
    shift 3
    local log=$build/$name-$host.log status=0
    $guard "$host" --debug "$build/$name.exe" "$@" >"$log" 2>&1 || status=$?
    # Not the last line: mono-boehm closes with a remark of its own after 2 s.
    if [ $status -eq 0 ] && grep -qx "$name: OK" "$log"; then
        echo "$host $label: ok$(sed -n "s/^$name: \([0-9].*\)/, \1/p" "$log")"
    else
        failures=$((failures + 1))
        echo "$host $label: FAILED, status $status"
        sed 's/^/    /; 60q' "$log"
    fi
}

for name in Abi Seed Exceptions Nre Leave Stress; do
    compile "$name"
done

# The Unity package: its sources with the tests, the example, and what needs an engine with a stand-in for that.
unity=$here/../unity
package=$here/../../unity/com.libml.webrtc
readarray -t sources < <(find "$package/Runtime" -name '*.cs')
mcs_package() { # NAME SOURCE...
    mcs -langversion:7.2 -unsafe -optimize -debug -warnaserror -out:"$build/$1.exe" "${@:2}" "${sources[@]}"
}
mcs_package Package "$unity/Package.cs"
mcs_package Layouts "$unity/Layouts.cs"
mcs_package TwoPeers "$here/../../examples/csharp/TwoPeers.cs"
readarray -t components < <(find "$package/Runtime.Unity" "$package/Samples~" -name '*.cs')
mcs -langversion:7.2 -nowarn:0649 -warnaserror -target:library -r:"$build/Package.exe" -out:"$build/Components.dll" \
    "$here/engine/UnityEngine.cs" "${components[@]}"
python3 "$unity/check_package.py" "$package"
for host in $hosts; do
    run "$host" Abi Abi "$abi"
    for name in Seed Exceptions Nre; do
        run "$host" "$name" "$name"
    done
    run "$host" Layouts Layouts "$abi"
    reload=reload
    [ "$host" = mono ] || reload=reload-pumped # see Package.cs
    for how in talk errors cycles "$reload"; do
        run "$host" Package "Package, $how" "$how"
    done
    run "$host" TwoPeers TwoPeers
    for how in return exit; do
        run "$host" Leave "Leave by $how" "$how"
    done
    for ((number = 1; number <= runs; number++)); do
        run "$host" Stress "Stress $number/$runs" "$seconds"
    done
done
if [ $failures -ne 0 ]; then
    echo "test/csharp: $failures runs FAILED"
    exit 1
fi
echo "test/csharp: OK"
