#!/usr/bin/env bash
# Runs the C of the border, with a stand-in for the engine, under the thread sanitizer and
# under the address and undefined behaviour sanitizers: run.sh BUILD_DIR
# Then compiles all of it for Windows.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath -m "$1")
mkdir -p "$build"

codecs=build/codecs/linux_amd64
border=(callbacks/*.c handles/*.c internal/picture/*.c internal/platform/*.c internal/request/*.c internal/sound/*.c)
for file in capi/*.c; do
    grep -q '^//go:build mltest' "$file" || border+=("$file")
done
flags=(-std=gnu11 -g -O1 -Wall -Wextra -Wpedantic -Werror -I. -Iinclude -Itest/border -isystem "$codecs/include"
    -DML_WEBRTC_BUILDING -DML_TEST)

# compile FOLDER COMPILER... -- SOURCE...: an object for each source, several at a time.
compile() {
    local folder=$1 compiler=()
    shift
    while [ "$1" != -- ]; do
        compiler+=("$1")
        shift
    done
    shift
    rm -rf "$folder"
    mkdir -p "$folder"
    for source in "$@"; do
        printf '%s\0%s\0' "$source" "$folder/${source//\//_}.o"
    done | xargs -0 -n 2 -P "$(nproc)" bash -c '"${@:1:$#-2}" -c "${@: -2:1}" -o "${@: -1}"' compile "${compiler[@]}"
}

for sanitizer in thread address,undefined; do
    clang=(clang "${flags[@]}" "-fsanitize=$sanitizer" -fno-sanitize-recover=all -fno-omit-frame-pointer)
    objects=$build/${sanitizer%%,*}
    compile "$objects" "${clang[@]}" -- "${border[@]}" test/border/{engine,tracks,ear}.c
    for test in handles rules stress video video_stress audio_push audio audio_end audio_stress; do
        program="$build/$test-${sanitizer%%,*}"
        "${clang[@]}" "$objects"/*.o "test/border/${test}_test.c" "$codecs/lib/libyuv.a" "$codecs/lib/libspeexdsp.a" \
            -o "$program" -lm -lpthread
        echo "== $test under the $sanitizer sanitizer"
        # The marks of callbacks lie on the real stack, which fake frames would hide.
        TSAN_OPTIONS=halt_on_error=1 \
            ASAN_OPTIONS=detect_stack_use_after_return=0:detect_leaks=1 \
            timeout 300 "$program"
    done
done

echo "== the border for Windows"
compile "$build/windows" x86_64-w64-mingw32-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -I. -Iinclude -isystem "$codecs/include" \
    -DML_WEBRTC_BUILDING -- "${border[@]}"
echo "OK: the border"
