# SPDX-License-Identifier: Apache-2.0
# sesam.spdx.json: a bill of materials (SPDX 2.3) for module, command and simulator and the libraries they use.
set(sbom_packages "")
set(sbom_relationships "")

# sbom_component(<name> <version> <licence>)
function(sbom_component name version licence)
  if(NOT version)
    message(FATAL_ERROR "bill of materials: no version of ${name}")
  endif()
  string(REGEX REPLACE "[^A-Za-z0-9.-]" "-" id "SPDXRef-${name}")
  set(sbom_packages "${sbom_packages},
    {
      \"SPDXID\": \"${id}\", \"name\": \"${name}\", \"versionInfo\": \"${version}\", \"filesAnalyzed\": false,
      \"downloadLocation\": \"NOASSERTION\", \"licenseConcluded\": \"${licence}\", \"licenseDeclared\": \"${licence}\",
      \"copyrightText\": \"NOASSERTION\", \"externalRefs\": [
        {\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": \"pkg:generic/${name}@${version}\"}
      ]
    }" PARENT_SCOPE)
  set(sbom_relationships "${sbom_relationships},
    {\"spdxElementId\": \"SPDXRef-sesam\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"${id}\"}" PARENT_SCOPE)
endfunction()

# defined_in(<variable> <header> <macro>...): sets the variable to the values of the macros, joined by dots.
function(defined_in variable header)
  set(values "")
  foreach(macro IN LISTS ARGN)
    file(STRINGS "${header}" line REGEX "^#define ${macro} " LIMIT_COUNT 1)
    string(REGEX REPLACE "^#define ${macro} +\"?([0-9A-Za-z.-]+).*" "\\1" value "${line}")
    list(APPEND values "${value}")
  endforeach()
  list(JOIN values "." values)
  set(${variable} "${values}" PARENT_SCOPE)
endfunction()

sbom_component(openssl "${OPENSSL_VERSION}" Apache-2.0)
sbom_component(curl "${CURL_VERSION_STRING}" curl)
sbom_component(simdjson "${simdjson_VERSION}" Apache-2.0)
if(SESAM_COMMAND OR SESAM_TESTS OR SESAM_SIMULATOR)
  find_package(CLI11 QUIET REQUIRED)  # cli/ and test/simulator/ find them, too, but their variables are not visible here
  find_package(nlohmann_json QUIET REQUIRED)
  sbom_component(cli11 "${CLI11_VERSION}" BSD-3-Clause)
  sbom_component(nlohmann-json "${nlohmann_json_VERSION}" MIT)
endif()
if(SESAM_TESTS OR SESAM_SIMULATOR)
  defined_in(version "${NGHTTP2_INCLUDE_DIR}/nghttp2/nghttp2ver.h" NGHTTP2_VERSION)
  sbom_component(nghttp2 "${version}" MIT)
  defined_in(version "${HTTP_PARSER_INCLUDE_DIR}/http_parser.h" HTTP_PARSER_VERSION_MAJOR HTTP_PARSER_VERSION_MINOR
             HTTP_PARSER_VERSION_PATCH)
  sbom_component(http-parser "${version}" MIT)
endif()

# The same contents get the same UUID; the time obeys SOURCE_DATE_EPOCH.
string(UUID sbom_uuid NAMESPACE 6ba7b811-9dad-11d1-80b4-00c04fd430c8 NAME "${PROJECT_VERSION}${sbom_packages}" TYPE SHA1)
string(TIMESTAMP sbom_created "%Y-%m-%dT%H:%M:%SZ" UTC)
configure_file("${CMAKE_SOURCE_DIR}/cmake/sesam.spdx.json.in" "${CMAKE_BINARY_DIR}/sesam.spdx.json" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/sesam.spdx.json" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
