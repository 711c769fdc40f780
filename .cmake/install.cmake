# What `cmake --install` puts where: the headers, the CMake package and the pkg-config file. Nothing in it depends on
# the processor, hence share/; nothing in it names the prefix, hence the whole tree can be moved.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(kuramoto_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/kuramoto")
set(kuramoto_pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(TARGETS kuramoto EXPORT kuramoto-targets FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS kuramoto_openmp EXPORT kuramoto-openmp-targets FILE_SET HEADERS
                                                               DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS kuramoto_threads EXPORT kuramoto-threads-targets FILE_SET HEADERS
                                                                 DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS kuramoto_odeint EXPORT kuramoto-odeint-targets FILE_SET HEADERS
                                                               DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS kuramoto_fftw EXPORT kuramoto-fftw-targets FILE_SET HEADERS
                                                           DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS kuramoto_mpi EXPORT kuramoto-mpi-targets FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT kuramoto-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")
install(EXPORT kuramoto-openmp-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")
install(EXPORT kuramoto-threads-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")
install(EXPORT kuramoto-odeint-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")
install(EXPORT kuramoto-fftw-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")
install(EXPORT kuramoto-mpi-targets NAMESPACE kuramoto:: DESTINATION "${kuramoto_package_dir}")

configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/kuramoto-config.cmake.in" "${PROJECT_BINARY_DIR}/kuramoto-config.cmake"
    INSTALL_DESTINATION "${kuramoto_package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/kuramoto-config-version.cmake" COMPATIBILITY SameMajorVersion
                                 ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/kuramoto-config.cmake" "${PROJECT_BINARY_DIR}/kuramoto-config-version.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindFFTW3.cmake"
        DESTINATION "${kuramoto_package_dir}")

if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(kuramoto_pkgconfig_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
    file(RELATIVE_PATH kuramoto_up "/prefix/${kuramoto_pkgconfig_dir}" "/prefix/${CMAKE_INSTALL_INCLUDEDIR}")
    set(kuramoto_pkgconfig_includedir "\${pcfiledir}/${kuramoto_up}")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/kuramoto.pc.in" "${PROJECT_BINARY_DIR}/kuramoto.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/kuramoto.pc" DESTINATION "${kuramoto_pkgconfig_dir}")
