# cmake -DREADELF=<readelf> -DPROGRAM=<file> -DX86=<bool> -P check_hardening.cmake
#
# Reads the ELF file of a hardened program (AreniteHardening.cmake): position-independent, relocations read-only and resolved
# when it is loaded, no executable stack, stack protector and fortified calls of the C library in use.
cmake_minimum_required(VERSION 3.21)

function(read out)
    execute_process(COMMAND "${READELF}" -W ${ARGN} "${PROGRAM}" OUTPUT_VARIABLE text RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${READELF} ${ARGN} ${PROGRAM}: ${result}")
    endif()
    set(${out} "${text}" PARENT_SCOPE)
endfunction()
function(expect text regex what)
    if(NOT text MATCHES "${regex}")
        message(SEND_ERROR "${PROGRAM}: ${what}")
    endif()
endfunction()

read(header -h)
read(segments -l)
read(dynamic -d)
read(symbols --dyn-syms)
expect("${header}" "Type: +DYN" "not position-independent")
expect("${segments}" "GNU_RELRO" "no RELRO")
expect("${dynamic}" "(BIND_NOW|FLAGS_1[^\n]*NOW)" "relocations are not resolved when it is loaded")
expect("${segments}" "GNU_STACK[^\n]* RW " "the stack is executable")
if(CODE)
    expect("${symbols}" "__[a-z]+_chk[@ ]" "no fortified calls")
endif()
