# SPDX-License-Identifier: Apache-2.0
# sesam_folder(<name> [PROGRAM main.cc] PUBLISHES <headers> ... LINKS ...): one static library per source folder, of all its
# sources but PROGRAM, which is what the library is linked into.
#
# Targets that link it can include the headers that it publishes, as "<name>/x.h", and nothing else of it: another include does
# not build (test/integration/test_includes.py proves it). The folder itself and its unit tests (sesam_see_folder) can include
# all of its headers.
function(sesam_folder name)
  cmake_parse_arguments(ARG "" "PROGRAM" "PUBLISHES;LINKS" ${ARGN})
  string(REPLACE "/" "_" target "sesam_${name}")
  set(published "${CMAKE_BINARY_DIR}/include/${target}")
  file(REMOVE_RECURSE "${published}")  # what is no longer published must not stay
  file(MAKE_DIRECTORY "${published}/${name}")
  foreach(header IN LISTS ARG_PUBLISHES)
    if(NOT EXISTS "${CMAKE_SOURCE_DIR}/${name}/${header}")
      message(FATAL_ERROR "${name} publishes ${header}, which is not there")
    endif()
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${name}/${header}" "${published}/${name}/${header}" SYMBOLIC)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${name}/*.cc")
  list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/${name}/${ARG_PROGRAM}")
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} INTERFACE "${published}")
  sesam_see_folder(${target} "${name}")
  target_link_libraries(${target} PRIVATE ${ARG_LINKS})
  # Everything but OSSL_provider_init stays inside the module.
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# Gives a target all headers of a folder, and none of a folder inside it, through a directory of links.
function(sesam_see_folder target name)
  string(REPLACE "/" "_" folder "${name}")
  set(whole "${CMAKE_BINARY_DIR}/include/whole_${folder}")
  if(IS_SYMLINK "${whole}/${name}")  # in an older build directory: to the folder itself
    file(REMOVE "${whole}/${name}")
  endif()
  file(REMOVE_RECURSE "${whole}/${name}")
  file(MAKE_DIRECTORY "${whole}/${name}")
  file(GLOB headers RELATIVE "${CMAKE_SOURCE_DIR}/${name}" CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${name}/*.h")
  foreach(header IN LISTS headers)
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${name}/${header}" "${whole}/${name}/${header}" SYMBOLIC)
  endforeach()
  target_include_directories(${target} BEFORE PRIVATE "${whole}")
endfunction()
