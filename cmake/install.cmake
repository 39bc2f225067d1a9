# SPDX-License-Identifier: Apache-2.0
# What is installed beside the module (provider/CMakeLists.txt): the manual page and the example configuration.
include(GNUInstallDirs)
install(FILES "${CMAKE_SOURCE_DIR}/docs/OSSL_PROVIDER-sesam.7" DESTINATION "${CMAKE_INSTALL_MANDIR}/man7")
install(FILES "${CMAKE_SOURCE_DIR}/openssl.cnf.example" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
