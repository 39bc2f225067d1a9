# SPDX-License-Identifier: Apache-2.0
# sesam_folder(<name> [PROGRAM main.cc] PUBLISHES <headers> ... LINKS ...): creates one static library per source folder,
# from all its sources except PROGRAM, the main file of the program that links the library.
#
# Targets that link it can include only the headers that it publishes, as "<name>/x.h"; other includes do not build
# (test/integration/test_includes.py verifies this). The folder itself and its unit tests (sesam_see_folder) can include all
# of its headers.
function(sesam_folder name)
  cmake_parse_arguments(ARG "" "PROGRAM" "PUBLISHES;LINKS" ${ARGN})
  string(REPLACE "/" "_" target "sesam_${name}")
  set(published "${CMAKE_BINARY_DIR}/include/${target}")
  file(REMOVE_RECURSE "${published}")  # removes headers that are no longer published
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
  # The module exports only OSSL_provider_init.
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# Gives a target all headers of a folder, but none of its subfolders, through a directory of links.
function(sesam_see_folder target name)
  string(REPLACE "/" "_" folder "${name}")
  set(whole "${CMAKE_BINARY_DIR}/include/whole_${folder}")
  if(IS_SYMLINK "${whole}/${name}")  # older build directories have a link to the folder itself
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
