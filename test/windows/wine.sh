#!/usr/bin/env bash
# Runs a Windows program under Wine, in a Wine folder of this checkout's own that has the shims:
#   wine.sh PROGRAM [ARGUMENT...]      in the folder that $WINEPREFIX names
#   wine.sh --prepare                  makes that folder anew
#   wine.sh --end                      ends what still runs of it
set -euo pipefail
: "${WINEPREFIX:?must name the folder for Wine}"
# No window, no log of its own, no offer to install Mono and a browser.
export WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe= WINEARCH=win64
unset DISPLAY
wine=/usr/lib/wine/wine64
case ${1:?} in
--prepare)
    rm -rf "$WINEPREFIX"
    mkdir -p "$WINEPREFIX"
    timeout 120 $wine wineboot --init >/dev/null 2>&1
    timeout 60 /usr/lib/wine/wineserver64 -w
    x86_64-w64-mingw32-gcc -std=c11 -O2 -Wall -Wextra -Werror -shared -static \
        "$(dirname "$0")/shims/shims.c" -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" -lws2_32 -ladvapi32
    ;;
--end) timeout 60 /usr/lib/wine/wineserver64 -k || true ;;
*) exec $wine "$@" ;;
esac
