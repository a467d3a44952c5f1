# GCC, version 12 first: the compiler that Debian 12 ships.
if(NOT CMAKE_CXX_COMPILER)
    find_program(arenite_compiler NAMES g++-12 g++ NO_CACHE)
    if(arenite_compiler)
        set(CMAKE_CXX_COMPILER "${arenite_compiler}")
    endif()
endif()
