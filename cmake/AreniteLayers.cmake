# Target arenite_layers: fails when an include runs against the order of the layers. Every library depends on it, and
# it runs at configure time as well.

set(arenite_layers_script "${PROJECT_SOURCE_DIR}/cmake/check_layers.cmake")

execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" -P "${arenite_layers_script}"
                RESULT_VARIABLE arenite_layers_result)
if(NOT arenite_layers_result EQUAL 0)
    message(FATAL_ERROR "The layer check failed; see the includes named above.")
endif()

set(arenite_layers_globs)
foreach(folder IN ITEMS arena heap txn compiler vm redis_api cli)
    foreach(extension IN ITEMS h hpp inc inl def cc cpp)
        list(APPEND arenite_layers_globs "${PROJECT_SOURCE_DIR}/${folder}/*.${extension}")
    endforeach()
endforeach()
file(GLOB_RECURSE arenite_layers_files CONFIGURE_DEPENDS ${arenite_layers_globs})

set(arenite_layers_stamp "${PROJECT_BINARY_DIR}/layers.stamp")
add_custom_command(
    OUTPUT "${arenite_layers_stamp}"
    COMMAND "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DSTAMP=${arenite_layers_stamp}"
            -P "${arenite_layers_script}"
    DEPENDS ${arenite_layers_files} "${arenite_layers_script}"
    COMMENT "Checking the order of the layers"
    VERBATIM)
add_custom_target(arenite_layers DEPENDS "${arenite_layers_stamp}")
