# What style.md asks for, under gcc and clang alike; a warning ends the build.
add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
  -Wpointer-arith -Wwrite-strings -Wformat=2 -fno-common)
option(SWITCHIO_WERROR "Treat warnings as errors" ON)
if(SWITCHIO_WERROR)
  add_compile_options(-Werror)
endif()
