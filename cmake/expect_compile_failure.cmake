# cmake -DSOURCE=<file.cpp> -DCOMPILER=<c++> -DFLAGS=<;-list> -P expect_compile_failure.cmake
#
# Passes when the file does not compile and the compiler's output matches the regular expression (CMake's dialect) of
# the file's first line, `// expect: <regex>`. The expression is what tells the intended error from a mere typo.
# A file that mentions ARENITE_CONTROL must also compile when that macro is defined: the control, without the mistake.
cmake_minimum_required(VERSION 3.21)

file(READ "${SOURCE}" text)
if(NOT text MATCHES "^// expect: ([^\r\n]+)")
    message(FATAL_ERROR "${SOURCE}: the first line must read `// expect: <regex>`")
endif()
set(expected "${CMAKE_MATCH_1}")

# In the C locale g++ quotes with ASCII marks.
set(command "${CMAKE_COMMAND}" -E env LC_ALL=C "${COMPILER}" ${FLAGS} -fsyntax-only)

execute_process(COMMAND ${command} "${SOURCE}"
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles, but must not (expected: ${expected})")
endif()
if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "${SOURCE} fails to compile, but not with `${expected}`:\n${output}")
endif()

if(text MATCHES "ARENITE_CONTROL")
    execute_process(COMMAND ${command} -DARENITE_CONTROL=1 "${SOURCE}"
                    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${SOURCE}: the control (-DARENITE_CONTROL=1) must compile:\n${output}")
    endif()
endif()
