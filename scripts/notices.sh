#!/usr/bin/env bash
# Prints the licence text of each module that the shared library contains; fails when one has no
# licence file or is not named in THIRD_PARTY_NOTICES.md.
set -euo pipefail
cd "$(dirname "$0")/.."
list() {
    go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./capi | sort -u
}
modules=0
while read -r path version dir; do
    licence=$(find "$dir" -maxdepth 1 -iname 'LICENSE*' | head -n 1)
    [ -n "$licence" ] || { echo "notices.sh: $path $version has no licence file" >&2; exit 1; }
    grep -qF "| $path |" THIRD_PARTY_NOTICES.md || { echo "notices.sh: $path is not in THIRD_PARTY_NOTICES.md" >&2; exit 1; }
    printf '\n==== %s %s ====\n\n' "$path" "$version"
    cat "$licence"
    modules=$((modules + 1))
done < <(list)
printf '\n==== Go %s: the runtime and the standard library ====\n\n' "$(go env GOVERSION)"
cat "$(go env GOROOT)/LICENSE"
[ "$modules" -gt 0 ] || { echo "notices.sh: no modules found" >&2; exit 1; }
