# The newest usable clang: 19 first, since musttail with preserve_none needs it; then what there is. Without any clang,
# CMake's own choice stands (the engine then dispatches by computed goto).
if(NOT CMAKE_CXX_COMPILER)
    find_program(arenite_compiler NAMES clang++-19 clang++-20 clang++-21 clang++ NO_CACHE)
    if(arenite_compiler)
        set(CMAKE_CXX_COMPILER "${arenite_compiler}")
    endif()
endif()
