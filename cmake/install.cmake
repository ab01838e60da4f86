# What `./dev install` puts where, and in which package of `./dev package` (package.cmake): the
# program, the shared library, or what one builds against them. tests/install looks at the result as
# a user would.
include(CMakePackageConfigHelpers)

# Two sets, so that a user of the shared library needs none of the libraries behind it.
set_target_properties(switchio_shared PROPERTIES EXPORT_NAME switchio)
set_target_properties(switchio_static PROPERTIES EXPORT_NAME static)
install(TARGETS switchio_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS switchio_shared EXPORT shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS switchio_static EXPORT static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT development)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/switchio ${PROJECT_BINARY_DIR}/include/switchio
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.h")

# CMake package: switchio::switchio (shared) and switchio::static.
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/switchio)
foreach(kind shared static)
  install(EXPORT ${kind} NAMESPACE switchio:: FILE switchio-${kind}.cmake
    DESTINATION ${package_directory} COMPONENT development)
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/switchioConfig.cmake.in
  ${PROJECT_BINARY_DIR}/switchioConfig.cmake INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/switchioConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/switchioConfig.cmake ${PROJECT_BINARY_DIR}/switchioConfigVersion.cmake
  DESTINATION ${package_directory} COMPONENT development)

# pkg-config file. It finds its prefix from its own place, so that the tree may be moved.
file(RELATIVE_PATH SWITCHIO_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" SWITCHIO_PC_TO_PREFIX "${SWITCHIO_PC_TO_PREFIX}")
string(REPLACE ";" " " SWITCHIO_PC_REQUIRES "${SWITCHIO_REQUIRES}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/switchio.pc.in ${PROJECT_BINARY_DIR}/switchio.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/switchio.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)

# Manual pages, completion for the shells (where Debian and most others look for it), the configuration
# for FreeSWITCH, and the words that come with it all.
file(GLOB manuals CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.[1-8])
foreach(manual ${manuals})
  string(REGEX MATCH "[1-8]$" section ${manual})
  install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT program)
endforeach()
install(FILES completions/switchio.bash RENAME switchio
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES completions/_switchio
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES completions/switchio.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/conf DESTINATION ${CMAKE_INSTALL_DATADIR}/switchio
  COMPONENT program)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program
  FILES_MATCHING PATTERN "*.md" PATTERN "*.png" PATTERN man EXCLUDE)
