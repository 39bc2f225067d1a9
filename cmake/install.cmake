# SPDX-License-Identifier: Apache-2.0
# Installs what comes with module, command and simulator: manual pages, guides, examples, shell completions.
include(GNUInstallDirs)

# The module's directory below a prefix other than the system's (cmake/install-module.cmake.in).
set(SESAM_PREFIX_MODULES_DIR "${CMAKE_INSTALL_LIBDIR}/ossl-modules")

# Debug information is five times as large as the code. It stays in the build directory; distributions split it off themselves.
option(SESAM_STRIP "Install programs without debug information" ON)
if(SESAM_STRIP AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  install(CODE "set(CMAKE_INSTALL_DO_STRIP 1)") # for all rules that follow
endif()

install(FILES "${CMAKE_SOURCE_DIR}/docs/OSSL_PROVIDER-sesam.7" DESTINATION "${CMAKE_INSTALL_MANDIR}/man7")
install(FILES "${CMAKE_SOURCE_DIR}/openssl.cnf.example" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(SESAM_COMMAND)
  install(FILES "${CMAKE_SOURCE_DIR}/docs/sesam.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  install(FILES "${CMAKE_SOURCE_DIR}/packaging/sesam.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
          RENAME sesam)
  # Debian's zsh has separate directories for completions from packages and from administrators.
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
    set(zsh_completions zsh/vendor-completions)
  else()
    set(zsh_completions zsh/site-functions)
  endif()
  install(FILES "${CMAKE_SOURCE_DIR}/packaging/_sesam" DESTINATION "${CMAKE_INSTALL_DATADIR}/${zsh_completions}")
  install(FILES "${CMAKE_SOURCE_DIR}/packaging/sesam.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
endif()

# The guides keep their relative paths, so that their links work.
install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs"
        FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN examples EXCLUDE)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}" USE_SOURCE_PERMISSIONS)
file(CREATE_LINK ../examples "${CMAKE_BINARY_DIR}/examples" SYMBOLIC)
install(FILES "${CMAKE_BINARY_DIR}/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
