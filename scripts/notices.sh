#!/usr/bin/env bash
# Prints the licence text of each module and C library that the shared library contains; fails when one
# has no licence file or is not named in THIRD_PARTY_NOTICES.md.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "notices.sh: $*" >&2; exit 1; }
named() { grep -qF "| $1 |" THIRD_PARTY_NOTICES.md || fail "$1 is not in THIRD_PARTY_NOTICES.md"; }
list() {
    go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./capi | sort -u
}
modules=0
while read -r path version dir; do
    licence=$(find "$dir" -maxdepth 1 -iname 'LICENSE*' | head -n 1)
    [ -n "$licence" ] || fail "$path $version has no licence file"
    named "$path"
    printf '\n==== %s %s ====\n\n' "$path" "$version"
    cat "$licence"
    modules=$((modules + 1))
done < <(list)
printf '\n==== Go %s: the runtime and the standard library ====\n\n' "$(go env GOVERSION)"
cat "$(go env GOROOT)/LICENSE"
[ "$modules" -gt 0 ] || fail "no modules found"
codecs=build/codecs/linux_amd64
[ -s $codecs/versions ] || fail "the C libraries are not built: scripts/codecs.sh"
for library in $codecs/lib/*.a; do
    name=$(basename "$library" .a)
    [ -s "$codecs/licences/$name" ] || fail "$name has no licence file"
    named "$name"
    printf '\n==== %s ====\n\n' "$(grep "^$name " $codecs/versions)"
    cat "$codecs/licences/$name"
done
