# SPDX-License-Identifier: Apache-2.0
# `cpack -G DEB`: one Debian package of all that is installed, for the release that it is built on (packaging/build-deb).
# It has no maintainer scripts and no file in /etc: nothing that OpenSSL or named read changes with it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sesam)
set(CPACK_SET_DESTDIR ON)  # the module goes to an absolute path, OpenSSL's own
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_BINARY_DIR}")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# 0.1.0-1~deb12: that of the next release of Debian is higher.
file(READ /etc/os-release os_release)
string(REGEX MATCH "VERSION_ID=\"?([0-9.]*)" os_release "${os_release}")
set(SESAM_PACKAGE_RELEASE "1~deb${CMAKE_MATCH_1}" CACHE STRING "The Debian package's revision")
set(CPACK_DEBIAN_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_DEBIAN_PACKAGE_RELEASE "${SESAM_PACKAGE_RELEASE}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(SESAM_MAINTAINER "sesam maintainers <sesam@localhost>" CACHE STRING "Who answers for the Debian package")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${SESAM_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, openssl")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bind9 (>= 1:9.20)")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Lets every program that uses OpenSSL 3 sign with keys inside an N200, a
network-attached hardware security module: BIND signs zones, openssl makes
requests and certificates, TLS servers prove who they are. Keys are named by
URI, and each signature is one HTTPS request.
.
The command sesam checks the configuration, lists keys, makes and imports
them, and starts a simulated device for trying all this without one.")

# Files that Debian's policy asks for and that only a package has.
configure_file("${CMAKE_SOURCE_DIR}/packaging/install-debian.cmake.in" "${CMAKE_BINARY_DIR}/install-debian.cmake" @ONLY)
install(SCRIPT "${CMAKE_BINARY_DIR}/install-debian.cmake")
include(CPack)
