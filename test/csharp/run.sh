#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs one C# program in one runtime: run.sh FOLDER LIBRARY_FOLDER HOST PROGRAM [ARGUMENT...]
# FOLDER is build.sh's. HOST is mono (the SGen collector), mono-boehm (the kind that Unity has) or dotnet; several with
# commas between run at the same time.
# LIBRARY_FOLDER holds libml_webrtc.so, built with -tags mltest.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
library=$(cd "$2" && pwd)
host=$3 name=$4
shift 4
if [[ $host = *,* ]]; then
    runs=()
    for one in ${host//,/ }; do
        "$0" "$build" "$library" "$one" "$name" "$@" &
        runs+=($!)
    done
    status=0
    for run in "${runs[@]}"; do
        wait "$run" || status=1
    done
    exit $status
fi
export LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

case $host in
mono | mono-boehm) command=("$host" --debug "$build/mono/$name.exe" "$@") ;;
dotnet) command=("$here/../../build/dotnet/dotnet" "$build/dotnet/$name.dll" "$@") ;;
*) echo "run.sh: no host is called '$host'" >&2; exit 2 ;;
esac
# Mono leaves its crash reports where it runs. On SIGQUIT it says where its threads are.
cd "$build"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "$host:"
status=0
timeout --signal=QUIT --kill-after=10 170 "${command[@]}" 2>&1 | tee "$log" || status=$?
# Its own word that all is well: a runtime may end with 0 after something else.
[ $status -eq 0 ] && grep -qx "$name: OK" "$log"
