#!/usr/bin/env bash
# Runs a Windows program under Wine, in a Wine folder of this checkout's own that has the shims:
#   wine.sh PROGRAM [ARGUMENT...]
#   wine.sh --prepare     makes the folder, if it is not there
#   wine.sh --end         ends what still runs of it
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export WINEPREFIX=$here/../../build/wine
# No window, no log of its own, no offer to install Mono and a browser.
export WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe= WINEARCH=win64
unset DISPLAY
wine=/usr/lib/wine/wine64
case ${1:?} in
--prepare)
    shim=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
    [ ! "$shim" -nt "$here/shims/shims.c" ] || exit 0
    rm -rf "$WINEPREFIX"
    mkdir -p "$WINEPREFIX"
    WINEPREFIX=$(realpath "$WINEPREFIX")
    timeout 120 $wine wineboot --init >/dev/null 2>&1
    timeout 60 /usr/lib/wine/wineserver64 -w
    x86_64-w64-mingw32-gcc -std=c11 -O2 -Wall -Wextra -Werror -shared -static \
        "$here/shims/shims.c" -o "$shim" -lws2_32 -ladvapi32
    ;;
--end) timeout 60 /usr/lib/wine/wineserver64 -k || true ;;
*) exec $wine "$@" ;;
esac
