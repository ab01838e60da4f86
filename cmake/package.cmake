# The Debian packages of `./dev package`: switchio (the program and what comes with it), libswitchioN
# (the shared library; N is its SOVERSION) and libswitchio-dev (headers, static library, pkg-config and
# CMake files).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The switchio authors <maintainers@switchio.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# What the program and the library need is found in them.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)

# Behind the synopsis, which is that of the project.
set(words "switchio places calls through one or many FreeSWITCH over their Event
Socket, decides what happens in them, and tells what became of them.
.")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME switchio)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION comm)
# Of the same build; it is not there yet when dpkg-shlibdeps asks which package has it.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libswitchio${SWITCHIO_SOVERSION} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "${words}
This package has the program: the auto-dialer, the console, the simulated
FreeSWITCH, and reports and pictures of what was measured.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libswitchio${SWITCHIO_SOVERSION})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/package/triggers)
file(WRITE ${PROJECT_BINARY_DIR}/package/triggers "activate-noawait ldconfig\n")
file(CHMOD ${PROJECT_BINARY_DIR}/package/triggers PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "${words}
This package has the shared library.")

# Who links the static library needs these; pkg-config asks for them in any case.
set(package_of_libuv libuv1-dev)
set(package_of_jansson libjansson-dev)
set(package_of_expat libexpat1-dev)
set(package_of_sqlite3 libsqlite3-dev)
set(package_of_cairo libcairo2-dev)
set(needs "libswitchio${SWITCHIO_SOVERSION} (= ${PROJECT_VERSION})")
foreach(module ${SWITCHIO_REQUIRES})
  if(NOT package_of_${module})
    message(FATAL_ERROR "which Debian package has ${module}.pc? Say it in cmake/package.cmake")
  endif()
  string(APPEND needs ", ${package_of_${module}}")
endforeach()
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libswitchio-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ${needs})
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "${words}
This package has the headers, the static library, and the files for
pkg-config and CMake.")

# Manual pages are compressed there, the licence and the change log have Debian's names and places.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_finish.cmake)
include(CPack)
