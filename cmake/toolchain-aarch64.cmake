# Cross compilation with clang for 64-bit ARM Linux; tests run in qemu-aarch64 (the preset `aarch64`).
#
# ARENITE_SYSROOT (CMake, or the environment) is a folder with the headers and libraries of such a system. From Debian:
#
#     mmdebstrap --variant=extract --architectures=arm64 --include=libc6-dev,libstdc++-12-dev,libboost-container-dev,\
#     libxxhash-dev,libmsgpack-cxx-dev,libgmock-dev bookworm build/sysroot-aarch64
#
# ARENITE_QEMU_PAGE is the size of the pages of the kernel that qemu plays: 4096, 16384 or 65536.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

set(ARENITE_SYSROOT "$ENV{ARENITE_SYSROOT}" CACHE PATH "Headers and libraries of a 64-bit ARM Linux")
set(ARENITE_QEMU_PAGE 4096 CACHE STRING "Page size of the kernel that the tests run on")
if(ARENITE_SYSROOT STREQUAL "")
    get_filename_component(ARENITE_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-aarch64" ABSOLUTE)
endif()
if(NOT IS_DIRECTORY "${ARENITE_SYSROOT}/usr/include")
    message(FATAL_ERROR "There is no system at ${ARENITE_SYSROOT}; cmake/toolchain-aarch64.cmake says how to make one")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ARENITE_SYSROOT)

include("${CMAKE_CURRENT_LIST_DIR}/toolchain-clang.cmake")
set(CMAKE_CXX_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_SYSROOT "${ARENITE_SYSROOT}")
foreach(kind IN ITEMS LIBRARY INCLUDE PACKAGE)
    set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-fuse-ld=lld")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-fuse-ld=lld")

find_program(ARENITE_QEMU qemu-aarch64 NO_CMAKE_FIND_ROOT_PATH)
if(ARENITE_QEMU)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${ARENITE_QEMU};-p;${ARENITE_QEMU_PAGE};-L;${ARENITE_SYSROOT}")
endif()
