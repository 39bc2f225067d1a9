# SPDX-License-Identifier: Apache-2.0
# sesam_folder(<name> SOURCES ... LINKS ...): one static library per source folder.
#
# Its headers are reachable as "<name>/x.h" only through a directory that holds nothing but
# a link to that folder, and only for targets that link it: a wrong include does not build.
function(sesam_folder name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  string(REPLACE "/" "_" target "sesam_${name}")
  set(include_root "${CMAKE_BINARY_DIR}/include/${target}")
  get_filename_component(parent "${include_root}/${name}" DIRECTORY)
  file(MAKE_DIRECTORY "${parent}")
  file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${name}" "${include_root}/${name}" SYMBOLIC)
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC "${include_root}")
  target_link_libraries(${target} PRIVATE ${ARG_LINKS})
  # Everything but OSSL_provider_init stays inside the module.
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
endfunction()
