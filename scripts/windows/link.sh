#!/usr/bin/env bash
# The linker of Go's build for Windows: Go's own list of exports gives way to ours ($ML_EXPORTS).
# Nothing is exported from Go, and then its list has one stub, so that the linker keeps the relocations.
set -euo pipefail
arguments=()
for argument in "$@"; do
    case $argument in
    */export_file.def) arguments+=("$ML_EXPORTS") ;;
    *) arguments+=("$argument") ;;
    esac
done
exec x86_64-w64-mingw32-gcc "${arguments[@]}"
