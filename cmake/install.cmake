# SPDX-License-Identifier: Apache-2.0
# What is installed beside module, command and simulator: manual pages, examples, the completion of the shell.
include(GNUInstallDirs)
install(FILES "${CMAKE_SOURCE_DIR}/docs/OSSL_PROVIDER-sesam.7" DESTINATION "${CMAKE_INSTALL_MANDIR}/man7")
install(FILES "${CMAKE_SOURCE_DIR}/openssl.cnf.example" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}" USE_SOURCE_PERMISSIONS)
if(SESAM_COMMAND)
  install(FILES "${CMAKE_SOURCE_DIR}/docs/sesam.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  install(FILES "${CMAKE_SOURCE_DIR}/packaging/sesam.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
          RENAME sesam)
endif()
