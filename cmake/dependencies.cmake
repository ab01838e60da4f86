# The libraries that switchio stands on, by their pkg-config names. This list is the only one: it
# goes into switchio.pc and switchioConfig.cmake too. Their Debian packages are in tools/packages.sh.
set(SWITCHIO_REQUIRES libuv jansson expat sqlite3 cairo)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
set(SWITCHIO_LIBRARIES Threads::Threads m)
foreach(module ${SWITCHIO_REQUIRES})
  pkg_check_modules(${module} REQUIRED IMPORTED_TARGET ${module})
  list(APPEND SWITCHIO_LIBRARIES PkgConfig::${module})
endforeach()

# Headers alone, so pkg-config does not know them.
find_path(UTHASH_INCLUDE_DIR uthash.h)
if(NOT UTHASH_INCLUDE_DIR)
  message(FATAL_ERROR "uthash.h is missing: install uthash-dev")
endif()

# The prompt of the program; the library does without.
pkg_check_modules(libedit REQUIRED IMPORTED_TARGET libedit)
