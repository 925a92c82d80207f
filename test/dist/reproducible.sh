#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the library for Linux once more, C libraries and all, from a copy of this checkout under another path and with nothing
# cached, and compares it with build/platforms: reproducible.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1
fail() { echo "test/dist/reproducible.sh: $*" >&2; exit 1; }
elsewhere=$(mktemp -d)
trap 'chmod -R u+w "$elsewhere" && rm -rf "$elsewhere"' EXIT
git ls-files -z | xargs -0 cp --parents -t "$elsewhere"
# The sources, of known hashes, need not be fetched again.
mkdir -p "$elsewhere/build/codecs" "$elsewhere/build/sysroot"
cp -r build/codecs/cache "$elsewhere/build/codecs/"
cp -r build/sysroot/cache "$elsewhere/build/sysroot/"
(cd "$elsewhere" && GOCACHE=$elsewhere/go-cache scripts/library.sh linux_amd64 build/platforms/linux_amd64 "$version")
cmp build/platforms/linux_amd64/libml_webrtc.so "$elsewhere/build/platforms/linux_amd64/libml_webrtc.so" ||
    fail "two builds of the same sources differ"
echo "test/dist: OK: two builds in two places give the same bytes"
