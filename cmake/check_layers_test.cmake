# cmake -DSCRIPT=<check_layers.cmake> -DDIR=<scratch> -P check_layers_test.cmake
# Proves that the layer check accepts what is allowed and fails on each kind of forbidden include.
cmake_minimum_required(VERSION 3.21)

set(order cli redis_api vm compiler txn heap arena)

# expect(<"ok" or regex of the message> <file> <text>)
function(expect outcome file text)
    file(REMOVE_RECURSE "${DIR}")
    file(WRITE "${DIR}/${file}" "${text}")
    execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${DIR}" -P "${SCRIPT}"
                    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(outcome STREQUAL "ok")
        if(NOT result EQUAL 0)
            message(FATAL_ERROR "${file} was refused, but is allowed:\n${text}\n${output}")
        endif()
    elseif(result EQUAL 0)
        message(FATAL_ERROR "${file} was accepted, but is forbidden:\n${text}")
    elseif(NOT output MATCHES "${outcome}")
        message(FATAL_ERROR "${file} was refused without the message '${outcome}':\n${output}")
    endif()
endfunction()

# Every pair of folders: to the right is allowed, to the left is not.
foreach(from IN LISTS order)
    list(FIND order ${from} from_at)
    foreach(to IN LISTS order)
        list(FIND order ${to} to_at)
        set(text "#pragma once\n\n#include <vector>\n#include \"${to}/x.h\"\n")
        if(to_at LESS from_at)
            expect("${from}/a.cpp:4: error: #include \"${to}/x.h\": ${from}/ may include only" "${from}/a.cpp" "${text}")
        else()
            expect("ok" "${from}/a.cpp" "${text}")
        endif()
    endforeach()
    expect("may include only" "${from}/deep/er/a.h" "#include \"tests/support/x.h\"\n")
    expect("may include only" "${from}/a.inc" "#include \"benchmarks/x.h\"\n")
    expect("without '..'" "${from}/a.h" "#include \"../arena/x.h\"\n")
endforeach()

expect("vm/lib/s.cpp:1: .*may include only" "vm/lib/s.cpp" "  #  include <cli/main.h> // note [1\n")
expect("a.cpp:2:" "arena/a.cpp" "int x[3]; // [[; [\n#include \"heap/x.h\"\n")
expect("ok" "arena/a.cpp" "// #include \"vm/x.h\"\n#include \"local.h\"\n#include <boost/container/vector.hpp>\n")
expect("ok" "tests/a.cpp" "#include \"vm/x.h\"\n")

file(REMOVE_RECURSE "${DIR}")
