# cmake -DREADELF=<readelf> -DPROGRAM=<file> -DLIBRARY=<file> -DFLAGS=<flags> -DFORTIFY=<bool> -P check_hardening.cmake
#
# Reads the ELF file of a hardened program (AreniteHardening.cmake): position-independent, relocations read-only and resolved
# when it is loaded, no executable stack, stack protector and, if asked for, fortified calls in use. The mark of shadow
# stacks is looked for in a library of ours: the linker leaves it out where another object has none.
cmake_minimum_required(VERSION 3.21)

function(read out)
    execute_process(COMMAND "${READELF}" -W ${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE result ERROR_QUIET)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${READELF} ${ARGN}: ${result}")
    endif()
    set(${out} "${text}" PARENT_SCOPE)
endfunction()
function(expect text regex what)
    if(NOT text MATCHES "${regex}")
        message(SEND_ERROR "${PROGRAM}: ${what}")
    endif()
endfunction()

read(header -h "${PROGRAM}")
read(segments -l "${PROGRAM}")
read(dynamic -d "${PROGRAM}")
read(symbols --dyn-syms "${PROGRAM}")
expect("${header}" "Type: +DYN" "not position-independent")
expect("${segments}" "GNU_RELRO" "no RELRO")
expect("${dynamic}" "(BIND_NOW|FLAGS_1[^\n]*NOW)" "relocations are not resolved when it is loaded")
expect("${segments}" "GNU_STACK[^\n]* RW " "the stack is executable")
if(FORTIFY)
    expect("${symbols}" "__[a-z]+_chk[@ ]" "no fortified calls")
endif()
if(FLAGS MATCHES "stack-protector")
    expect("${symbols}" "__stack_chk_fail[@ ]" "no stack protector")
endif()
if(FLAGS MATCHES "cf-protection")
    read(notes -n "${LIBRARY}")
    expect("${notes}" "SHSTK" "no mark of shadow stacks in ${LIBRARY}")
endif()
