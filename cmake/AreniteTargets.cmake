# arenite_add_library(<layer> [LINK <targets>...] [EXCLUDE <regex>])
# arenite_compile_settings(<target>)   warnings of our own code

# Warnings concern our own code only, so they are PRIVATE everywhere.
function(arenite_compile_settings target)
    set(warnings -Wall -Wextra -Wno-missing-field-initializers)
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # -Wpedantic, minus the extensions we use knowingly: labels as values, statement expressions, flexible arrays,
        # anonymous structs. -Wno-unknown-warning-option keeps older and newer clangs quiet about this list.
        list(APPEND warnings -Wpedantic -Wno-unknown-warning-option -Wno-gnu-label-as-value
             -Wno-gnu-statement-expression -Wno-gnu-statement-expression-from-macro-expansion
             -Wno-gnu-zero-variadic-macro-arguments -Wno-variadic-macro-arguments-omitted -Wno-c99-extensions
             -Wno-gnu-anonymous-struct -Wno-nested-anon-types -Wno-zero-length-array -Wno-gnu-case-range
             -Wno-deprecated-declarations  # libstdc++ 12, in std::stable_sort
             -Wthread-safety)  # no view of a payload over a change (heap/payload_view.h)
    else()
        # GCC cannot permit labels as values under -Wpedantic, knows no clang attributes, and its flow-based warnings
        # are wrong too often to stop a build. An assertion of GoogleTest after an if is no dangling else.
        list(APPEND warnings -Wno-attributes -Wno-dangling-else -Wno-error=maybe-uninitialized -Wno-error=array-bounds
             -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=restrict
             -Wno-error=dangling-pointer)
    endif()
    if(ARENITE_WERROR)
        list(PREPEND warnings -Werror)
    endif()
    target_compile_options(${target} PRIVATE ${warnings})
    # Files have names of their own in unnamed namespaces, and macros; a host that sets CMAKE_UNITY_BUILD means its own.
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
endfunction()

# What is compiled with the engine's own headers, tests and microbenchmarks among it, links this. Public headers depend on
# none of it.
add_library(arenite_internal INTERFACE)
target_include_directories(arenite_internal INTERFACE "${PROJECT_SOURCE_DIR}")
# Slots and values are read through more than one type, and contracting a*b+c into one rounding would make arithmetic differ
# between machines.
target_compile_options(arenite_internal INTERFACE -fno-strict-aliasing -ffp-contract=off)
if(ARENITE_CHUNK_TABLE)
    target_compile_definitions(arenite_internal INTERFACE ARENITE_CHUNK_TABLE=1)
endif()
if(ARENITE_STRESS)
    target_compile_definitions(arenite_internal INTERFACE ARENITE_STRESS=1)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug" OR ARENITE_SANITIZE OR ARENITE_STRESS) # arena/checks.h
    target_compile_definitions(arenite_internal INTERFACE ARENITE_CHECKS=1)
endif()
foreach(option IN LISTS ARENITE_UNSAFE)
    target_compile_definitions(arenite_internal INTERFACE ARENITE_${option}=1)
endforeach()

# A static library arenite_<layer>, alias Arenite::<layer>, of every .cpp below the current folder.
function(arenite_add_library layer)
    cmake_parse_arguments(ARG "" "EXCLUDE" "LINK" ${ARGN})
    set(target arenite_${layer})

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "*.cpp")
    if(ARG_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${ARG_EXCLUDE}")
    endif()
    if(NOT sources) # a folder of headers only: the archive still needs a member
        set(stub "${CMAKE_CURRENT_BINARY_DIR}/${target}_stub.cpp")
        file(CONFIGURE OUTPUT "${stub}" CONTENT "// ${target} has no source files.\n")
        set(sources "${stub}")
    endif()

    add_library(${target} STATIC ${sources})
    add_library(Arenite::${layer} ALIAS ${target})
    target_link_libraries(${target} PUBLIC ${ARG_LINK})
    # An embedder sees the public headers of each layer (<arenite/...>), and nothing else.
    if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include")
        target_include_directories(${target} PUBLIC
            "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    endif()
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:arenite_internal>)
    # In front of what a host adds with include_directories(): it may have folders of the same names.
    target_include_directories(${target} BEFORE PRIVATE "${PROJECT_SOURCE_DIR}")
    target_compile_features(${target} PUBLIC cxx_std_20)
    # So that a linker can drop what is not used, and place functions as it is told (cli/CMakeLists.txt).
    if(NOT ARENITE_SANITIZE)
        target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
    endif()
    # Without a build type (and without flags of the embedder's): what a release is built with.
    target_compile_options(${target} PRIVATE "$<$<CONFIG:>:-O2;-DNDEBUG>")
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${layer}
        CXX_EXTENSIONS OFF
        POSITION_INDEPENDENT_CODE ON
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    arenite_compile_settings(${target})
    arenite_harden(${target})
    add_dependencies(${target} arenite_layers)
endfunction()
