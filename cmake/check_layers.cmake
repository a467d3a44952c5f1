# cmake -DROOT=<repository> [-DSTAMP=<file>] -P check_layers.cmake
#
# Checks every #include of the engine, the command line program and the examples against the order
#
#     cli, examples → redis_api → vm/embed → vm/lib → vm/fast → vm → vm/text → compiler → txn → heap → arena
#
# A room may include itself and what is to its right; nothing here may include tests/ or benchmarks/. The public headers
# (<arenite/...>, in the include/ folder of their layer) belong to their layer; of vm's, those of hosts belong to vm/embed. They
# may include public headers alone, and so may cli/ and examples/. Includes are written from the repository's root, so a path
# with ".." is refused: it would slip past this check.
cmake_minimum_required(VERSION 3.21)

if(NOT ROOT)
    message(FATAL_ERROR "check_layers.cmake: pass -DROOT=<repository>")
endif()

set(order cli redis_api vm/embed vm/lib vm/fast vm vm/text compiler txn heap arena)
set(layers arena heap txn compiler vm redis_api)
set(outside tests benchmarks)
# Public headers of vm that are not its machine's but those of hosts.
set(host_headers vm.h task.h savepoint.h ref.h arenite.hpp result.h object.h convert.h run.h bind.h class.h)
set(violations 0)

# The room of a file given by its path from the root; empty for none.
function(room_of path out)
    set(room "")
    if(path MATCHES "^vm/include/arenite/(.*)$")
        set(room vm)
        if(CMAKE_MATCH_1 IN_LIST host_headers)
            set(room vm/embed)
        endif()
    elseif(path MATCHES "^(vm/(embed|lib|fast|text))/")
        set(room "${CMAKE_MATCH_1}")
    elseif(path MATCHES "^examples/")
        set(room cli)
    elseif(path MATCHES "^([^/]+)/")
        set(room "${CMAKE_MATCH_1}")
    endif()
    set(${out} "${room}" PARENT_SCOPE)
endfunction()

# Reports the include at `position` in `text` (which starts with one newline that the file has not).
macro(report reason)
    string(SUBSTRING "${text}" 0 ${position} before)
    string(REGEX REPLACE "[^\n]" "" before "${before}")
    string(LENGTH "${before}" line)
    math(EXPR line "${line} + 1")
    message("${file}:${line}: error: #include \"${included}\": ${reason}")
    math(EXPR violations "${violations} + 1")
endmacro()

set(globs)
foreach(folder IN ITEMS cli examples ${layers})
    foreach(extension IN ITEMS h hpp inc inl def cc cpp in)
        list(APPEND globs "${ROOT}/${folder}/*.${extension}")
    endforeach()
endforeach()
file(GLOB_RECURSE files RELATIVE "${ROOT}" ${globs})

foreach(file IN LISTS files)
    room_of("${file}" room)
    list(FIND order "${room}" at)
    list(SUBLIST order ${at} -1 allowed)
    string(REPLACE ";" ", " allowed_text "${allowed}")
    set(public_only FALSE)
    if(room STREQUAL "cli" OR file MATCHES "^[a-z_]+/include/")
        set(public_only TRUE)
    endif()

    file(READ "${ROOT}/${file}" text)
    # Brackets and semicolons would confuse CMake's lists. They are replaced one for one to keep positions.
    string(REGEX REPLACE "[][;]" "_" text "\n${text}")
    string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*[\"<][^\">\n]+" includes "${text}")
    foreach(directive IN LISTS includes)
        string(REGEX REPLACE "^\n[^\"<]*[\"<]" "" included "${directive}")
        string(FIND "${text}" "${directive}" position)
        set(path "${included}")
        set(public FALSE)
        if(included MATCHES "^arenite/")
            set(public TRUE)
            set(path "")
            foreach(layer IN LISTS layers)
                if(EXISTS "${ROOT}/${layer}/include/${included}" OR EXISTS "${ROOT}/${layer}/include/${included}.in")
                    set(path "${layer}/include/${included}")
                endif()
            endforeach()
            if(NOT path)
                report("there is no such public header")
                continue()
            endif()
        endif()
        room_of("${path}" target)
        if(included MATCHES "(^|/)\\.\\.(/|$)")
            report("write the path from the repository's root, without '..'")
        elseif(target IN_LIST outside)
            report("${room}/ may include only ${allowed_text}")
        elseif(target IN_LIST order)
            if(NOT target IN_LIST allowed)
                report("${room}/ may include only ${allowed_text}")
            elseif(public_only AND NOT public AND NOT (room STREQUAL "cli" AND target STREQUAL "cli"))
                report("${file} may include public headers (<arenite/...>) only")
            endif()
        endif()
    endforeach()
endforeach()

if(violations GREATER 0)
    message(FATAL_ERROR "${violations} include(s) against the order of the layers: cli → redis_api → vm/embed → vm/lib → "
                        "vm/fast → vm → vm/text → compiler → txn → heap → arena")
endif()
if(STAMP)
    file(TOUCH "${STAMP}")
endif()
