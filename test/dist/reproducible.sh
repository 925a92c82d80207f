#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two builds of the same sources give the same bytes: reproducible.sh DIST VERSION [TARGET...]
# Builds the library for each TARGET (linux_amd64) once more, C libraries and all, from a copy of this checkout under another path
# and with nothing cached, and compares it with build/platforms; then packs all once more and compares it with DIST.
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$1 version=$2
shift 2
[ $# -gt 0 ] || set -- linux_amd64
fail() { echo "test/dist/reproducible.sh: $*" >&2; exit 1; }
elsewhere=$(mktemp -d)
trap 'chmod -R u+w "$elsewhere" && rm -rf "$elsewhere"' EXIT
git ls-files -z | xargs -0 cp --parents -t "$elsewhere"
# The sources, of known hashes, need not be fetched again.
mkdir -p "$elsewhere/build/codecs" "$elsewhere/build/sysroot"
cp -r build/codecs/cache "$elsewhere/build/codecs/"
cp -r build/sysroot/cache "$elsewhere/build/sysroot/"
for target in "$@"; do
    (cd "$elsewhere" && GOCACHE=$elsewhere/go-cache scripts/library.sh "$target" "build/platforms/$target" "$version")
    diff -r "build/platforms/$target" "$elsewhere/build/platforms/$target" || fail "two builds for $target differ"
done
scripts/dist/dist.sh "$elsewhere/dist" "$version" >/dev/null
diff -r "$dist" "$elsewhere/dist" || fail "what was packed twice differs"
echo "test/dist: OK: two builds in two places give the same bytes ($*), and so do two archives"
