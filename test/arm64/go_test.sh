#!/usr/bin/env bash
# Runs the Go tests of what is different on another processor under QEMU: codecs, pictures, sound, the border's
# handles: go_test.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/cross.sh
use_linux_arm64
go test -exec "qemu-aarch64-static -L $PWD/build/sysroot/arm64" ./handles ./internal/picture ./internal/sound ./internal/codec/...
