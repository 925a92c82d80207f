#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Links a program of all the Go modules in the library, without C, for Android and macOS: link.sh
# Types alone would not show what Go's linker refuses there.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for platform in android/arm64 darwin/arm64 darwin/amd64; do
    flags=()
    # As scripts/library.sh has it.
    [[ $platform != android/* ]] || flags=(-ldflags -checklinkname=0)
    CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go build "${flags[@]}" -o "$out" ./bench/pion
done
echo "test/types: OK: the Go modules link for Android and macOS"
