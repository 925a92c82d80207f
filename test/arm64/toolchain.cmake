# Linux on arm64 from elsewhere: Debian's cross compilers build the tests, against the C library that the shared
# library is linked against; QEMU runs them with that C library.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot/arm64 ABSOLUTE)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_SYSROOT ${root})
set(triple aarch64-linux-gnu)
set(CMAKE_C_FLAGS_INIT "-isystem ${root}/usr/include -isystem ${root}/usr/include/${triple}")
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-B${root}/usr/lib/${triple} -L${root}/usr/lib/${triple} -L${root}/lib/${triple}")
# A tenth as fast, and a process can start no other one of its kind.
set(PROCESSOR_IS_EMULATED ON)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L ${root})
