# Installs the libraries and their public headers, and what find_package(Arenite) and pkg-config read.
#
#     find_package(Arenite 0.1 REQUIRED COMPONENTS vm redis)   target_link_libraries(app PRIVATE Arenite::vm)
include(CMakePackageConfigHelpers)

set(arenite_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Arenite")

install(TARGETS arenite_arena arenite_heap arenite_txn arenite_compiler arenite_vm arenite_redis_api arenite_all
    EXPORT AreniteTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev)
foreach(layer IN ITEMS arena heap txn vm redis_api)
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/${layer}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev
            FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN "*.def")
endforeach()
install(FILES "${PROJECT_BINARY_DIR}/include/arenite/version.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/arenite" COMPONENT dev)
install(EXPORT AreniteTargets NAMESPACE Arenite:: DESTINATION "${arenite_cmake_dir}" COMPONENT dev)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/AreniteConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/AreniteConfig.cmake" INSTALL_DESTINATION "${arenite_cmake_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/AreniteConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/AreniteConfig.cmake" "${PROJECT_BINARY_DIR}/AreniteConfigVersion.cmake"
    DESTINATION "${arenite_cmake_dir}" COMPONENT dev)

# In the order in which a linker needs them.
set(arenite_pc_libs "-larenite_redis_api -larenite_vm -larenite_compiler -larenite_txn -larenite_heap -larenite_arena")
configure_file("${PROJECT_SOURCE_DIR}/cmake/arenite.pc.in" "${PROJECT_BINARY_DIR}/arenite.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/arenite.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)
if(TARGET arenite)
    install(TARGETS arenite RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()
