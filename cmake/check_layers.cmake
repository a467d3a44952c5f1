# cmake -DROOT=<repository> [-DSTAMP=<file>] -P check_layers.cmake
#
# Checks every #include of the engine and the command line program against the order
#
#     cli → redis_api → vm → compiler → txn → heap → arena
#
# A folder may include itself and what is to its right; nothing here may include tests/ or benchmarks/. Includes are
# written from the repository's root, so a path with ".." is refused: it would slip past this check.
cmake_minimum_required(VERSION 3.21)

if(NOT ROOT)
    message(FATAL_ERROR "check_layers.cmake: pass -DROOT=<repository>")
endif()

set(order cli redis_api vm compiler txn heap arena)
set(folders ${order} tests benchmarks)
set(violations 0)

# Reports the include at `position` in `text` (which starts with one newline that the file has not).
macro(report reason)
    string(SUBSTRING "${text}" 0 ${position} before)
    string(REGEX REPLACE "[^\n]" "" before "${before}")
    string(LENGTH "${before}" line)
    math(EXPR line "${line} + 1")
    message("${file}:${line}: error: #include \"${included}\": ${reason}")
    math(EXPR violations "${violations} + 1")
endmacro()

foreach(folder IN LISTS order)
    list(FIND order ${folder} at)
    list(SUBLIST order ${at} -1 allowed)
    string(REPLACE ";" ", " allowed_text "${allowed}")
    set(forbidden ${folders})
    list(REMOVE_ITEM forbidden ${allowed})

    set(globs)
    foreach(extension IN ITEMS h hpp inc inl def cc cpp)
        list(APPEND globs "${ROOT}/${folder}/*.${extension}")
    endforeach()
    file(GLOB_RECURSE files RELATIVE "${ROOT}" ${globs})

    foreach(file IN LISTS files)
        file(READ "${ROOT}/${file}" text)
        # Brackets and semicolons would confuse CMake's lists. They are replaced one for one to keep positions.
        string(REGEX REPLACE "[][;]" "_" text "\n${text}")
        string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*[\"<][^\">\n]+" includes "${text}")
        foreach(directive IN LISTS includes)
            string(REGEX REPLACE "^\n[^\"<]*[\"<]" "" included "${directive}")
            string(FIND "${text}" "${directive}" position)
            if(included MATCHES "(^|/)\\.\\.(/|$)")
                report("write the path from the repository's root, without '..'")
            elseif(included MATCHES "^([^/]+)/")
                if(CMAKE_MATCH_1 IN_LIST forbidden)
                    report("${folder}/ may include only ${allowed_text}")
                endif()
            endif()
        endforeach()
    endforeach()
endforeach()

if(violations GREATER 0)
    message(FATAL_ERROR "${violations} include(s) against the order of the layers: "
                        "cli → redis_api → vm → compiler → txn → heap → arena")
endif()
if(STAMP)
    file(TOUCH "${STAMP}")
endif()
