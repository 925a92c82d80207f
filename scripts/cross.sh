# Sourced, in the checkout's folder: the environment in which Go builds for a platform, with what it links.

# The C libraries of targets that no #cgo line names.
use_codecs() { # TARGET
    local codecs=$PWD/build/codecs/$1
    scripts/codecs.sh "$1"
    export CGO_CFLAGS="-O2 -I$codecs/include"
    export CGO_LDFLAGS="$codecs/lib/libvpx.a $codecs/lib/libyuv.a $codecs/lib/libopus.a $codecs/lib/libspeexdsp.a -lm"
}

# Linux with an old C library. Debian's cross compilers have one of their own, which they look at before the given root.
use_sysroot() { # GOARCH COMPILER_PREFIX MACHINE
    local root=$PWD/build/sysroot/$1
    scripts/sysroot.sh "$1"
    export CGO_ENABLED=1 GOOS=linux GOARCH=$1
    CC="${2}gcc --sysroot=$root -isystem $root/usr/include -isystem $root/usr/include/$3"
    CC+=" -B$root/usr/lib/$3 -L$root/usr/lib/$3 -L$root/lib/$3"
    export CC
}

use_linux_arm64() {
    use_codecs linux_arm64
    use_sysroot arm64 aarch64-linux-gnu- aarch64-linux-gnu
}

use_linux_amd64() {
    scripts/codecs.sh linux_amd64
    use_sysroot amd64 '' x86_64-linux-gnu
}
