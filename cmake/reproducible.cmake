# SPDX-License-Identifier: Apache-2.0
# The same sources, compiler and libraries give the same bytes, whatever the directory is called (scripts/reproducible).
# The counters of the coverage build are looked for where the paths in it say.
if(NOT SESAM_COVERAGE)
  # Of two that fit the last one counts: the build directory is mostly within that of the sources.
  add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=./build")
endif()
