# SPDX-License-Identifier: Apache-2.0
# sesam_folder(<name> SOURCES ... PUBLISHES <headers> ... LINKS ...): one static library per source folder.
#
# Targets that link it reach the headers that it publishes, as "<name>/x.h", and nothing else of it: a wrong include does not
# build (test/includes proves it). The folder itself and its unit tests (sesam_see_folder) reach all of its headers.
function(sesam_folder name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLISHES;LINKS" ${ARGN})
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
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} INTERFACE "${published}")
  sesam_see_folder(${target} "${name}")
  target_link_libraries(${target} PRIVATE ${ARG_LINKS})
  # Everything but OSSL_provider_init stays inside the module.
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# Gives a target all headers of a folder, through a directory that holds nothing but a link to that folder.
function(sesam_see_folder target name)
  string(REPLACE "/" "_" folder "${name}")
  set(whole "${CMAKE_BINARY_DIR}/include/whole_${folder}")
  if(NOT EXISTS "${whole}/${name}")
    get_filename_component(parent "${whole}/${name}" DIRECTORY)
    file(MAKE_DIRECTORY "${parent}")
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${name}" "${whole}/${name}" SYMBOLIC)
  endif()
  target_include_directories(${target} BEFORE PRIVATE "${whole}")
endfunction()
