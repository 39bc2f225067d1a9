# SPDX-License-Identifier: Apache-2.0
# Compiler flags that every target of the project shares.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                    -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wundef)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_compile_options(-Wthread-safety)  # base/thread_annotations.h; scripts/fuzz and scripts/lint build with clang
endif()
if(SESAM_WERROR)
  add_compile_options(-Werror)
endif()
if(SESAM_COVERAGE)
  # All processes and threads of a test run write to the same counter files.
  add_compile_options(--coverage -fprofile-update=atomic -O0)
  add_link_options(--coverage)
endif()
if(SESAM_SANITIZE)
  add_compile_options(-fsanitize=${SESAM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SESAM_SANITIZE})
endif()
