# Settings of Arenite's own build. Not included when Arenite is part of another project, whose settings then rule.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(ARENITE_CCACHE ccache)
    mark_as_advanced(ARENITE_CCACHE)
    if(ARENITE_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${ARENITE_CCACHE}")
    endif()
endif()

include(CheckLinkerFlag)
check_linker_flag(CXX "-fuse-ld=lld" ARENITE_HAVE_LLD)
if(ARENITE_HAVE_LLD)
    add_link_options("-fuse-ld=lld")
endif()

# The instrumentation covers everything that is linked together, tests included.
if(ARENITE_SANITIZE)
    add_compile_options("-fsanitize=${ARENITE_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options("-fsanitize=${ARENITE_SANITIZE}")
endif()
if(ARENITE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "ARENITE_FUZZ needs clang (libFuzzer); the compiler is ${CMAKE_CXX_COMPILER_ID}")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
