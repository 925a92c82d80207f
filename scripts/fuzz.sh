#!/usr/bin/env bash
# Runs each fuzz target of the Go packages: fuzz.sh HOW-LONG, as -fuzztime takes it. A number of runs ("4000x") ends
# by itself; a time ("60s") may be reported as "context deadline exceeded", by a mistake of Go before 1.27 (golang/go#75804).
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-4000x}
found=0
while IFS=: read -r file target; do
    package=./$(dirname "$file")
    echo "== $target ($package) for $time"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x "$package" </dev/null
    found=$((found + 1))
done < <(grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' capi callbacks handles internal test | sed 's/func //' | sort)
[ "$found" -gt 0 ] || { echo "fuzz.sh: no fuzz target found" >&2; exit 1; }
echo "OK: $found fuzz targets, $time each"
