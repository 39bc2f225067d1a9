# SPDX-License-Identifier: Apache-2.0
# Compiler and linker flags that make memory errors harder to exploit, where they are supported.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)

check_pie_supported(LANGUAGES CXX)  # with CMAKE_POSITION_INDEPENDENT_CODE: links executables as PIE, too

# Control-flow protection of each processor: CET on x86, BTI and PAC on arm64.
# clang only warns about a flag for another processor, but the build treats warnings as errors, so the check does, too.
set(CMAKE_REQUIRED_FLAGS -Werror)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
foreach(flag IN ITEMS -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "SESAM_HAS${flag}" known)
  check_cxx_compiler_flag(${flag} ${known})
  if(${known})
    add_compile_options(${flag})
  endif()
endforeach()
unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
unset(CMAKE_REQUIRED_FLAGS)

foreach(keyword IN ITEMS relro now noexecstack)
  check_linker_flag(CXX "LINKER:-z,${keyword}" SESAM_HAS_Z_${keyword})
  if(SESAM_HAS_Z_${keyword})
    add_link_options("LINKER:-z,${keyword}")
  endif()
endforeach()

# Level 3 needs glibc 2.34 and GCC 12 or clang 9; otherwise glibc falls back to level 2 with a warning.
set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_cxx_source_compiles("#include <cstdlib>
#if __USE_FORTIFY_LEVEL < 3
#error
#endif
int main() {}" SESAM_HAS_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
if(SESAM_HAS_FORTIFY_3)
  set(fortify_level 3)
else()
  set(fortify_level 2)
endif()
# The sanitizers check more, but do not know the fortified functions. Some compilers predefine their own level.
if(NOT SESAM_SANITIZE)
  add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=${fortify_level}>")
endif()

# Sets no RUNPATH, not even in the build directory, from which sesam.so is copied.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
