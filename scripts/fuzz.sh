#!/usr/bin/env bash
# Runs each fuzz target of the Go packages: fuzz.sh TIME
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
found=0
for package in $(go list ./...); do
    for target in $(go test -list '^Fuzz' "$package" 2>/dev/null | grep '^Fuzz' || true); do
        echo "== $target ($package) for $time"
        go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x "$package"
        found=$((found + 1))
    done
done
[ "$found" -gt 0 ] || { echo "fuzz.sh: no fuzz target found" >&2; exit 1; }
echo "OK: $found fuzz targets, $time each"
