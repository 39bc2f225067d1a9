# SPDX-License-Identifier: Apache-2.0
# The same sources, compiler and libraries produce the same bytes, regardless of the directory (scripts/reproducible).
# Not for the coverage build, whose paths say where its counters are.
if(NOT SESAM_COVERAGE)
  # The last matching option applies: the build directory is usually inside the source directory.
  add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=./build")
endif()
