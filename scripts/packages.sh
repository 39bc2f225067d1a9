# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# The only list of Debian packages that building, testing and the demo need. Sourced by scripts/install.

build_packages=(
  g++ cmake ninja-build pkgconf
  libssl-dev libcurl4-openssl-dev libsimdjson-dev           # the provider
  nlohmann-json3-dev libcli11-dev                           # the command, the simulator
  libnghttp2-dev libhttp-parser-dev                         # the simulator
)
packages=(
  "${build_packages[@]}"
  libgtest-dev libgmock-dev python3 python3-pytest python3-pytest-xdist strace gdb # the tests
  ldnsutils validns # independent checks of a signed zone
  python3-h2 # to play a hostile peer
  python3-prometheus-client prometheus-node-exporter python3-yaml # to read the metrics file and its alerts
  prometheus # promtool, which tests the alerts and the queries of the dashboard
  softhsm2                                                  # a software token for pkcs11-provider, beside which sesam is tested
  openssl curl ca-certificates # the last, only recommended by libcurl, has the system's CAs
  nginx apache2-bin haproxy stunnel4 osslsigncode # programs that use a key: test/integration/test_program_*.py
)

# Services in these packages. Only the tests start them: neither the installation nor the next boot of the machine
# may do so.
services=(prometheus:prometheus nginx:nginx haproxy:haproxy stunnel4:stunnel4 bind9:named prometheus-node-exporter:prometheus-node-exporter
  lighttpd-mod-openssl:lighttpd mosquitto:mosquitto redis-server:redis-server postgresql:postgresql unbound:unbound nsd:nsd
  postfix:postfix dovecot-imapd:dovecot openvpn:openvpn freeradius:freeradius) # package:unit

# Many more programs that use a key, for test/integration/test_programs.py, which skips missing ones; installed only if
# SESAM_PROGRAMS is set. Not every release has all of them. PREFIX* is the newest package whose name starts with PREFIX.
program_packages=()
[[ ! ${SESAM_PROGRAMS:-} ]] || program_packages=(
  lighttpd-mod-openssl mosquitto redis-server postgresql mariadb-server-core # TLS servers
  unbound nsd postfix dovecot-imapd openvpn freeradius eapoltest
  php-cli nodejs ruby libio-socket-ssl-perl                 # languages
  sbsigntool 'linux-kbuild-*' u-boot-tools device-tree-compiler rauc squashfs-tools xmlsec1 libxmlsec1-openssl cosign # signers
  fish zsh                                                  # shells that complete the command's options
  systemd systemd-tpm systemd-ukify systemd-repart systemd-boot-efi libcryptsetup12 'libtss2-mu*' 'libtss2-esys*' 'libtss2-rc*'
)

# BIND: dnssec-signzone and related tools, dig, and the server, which only the tests start. BIND 9.18 of Debian 12
# reports "no engine" for every key label, so there they come from backports.
bind_packages=(bind9 bind9-utils bind9-dnsutils)
bind_minimum='1:9.20'

# The other provider for pkcs11: URIs. Debian 12 has it only in backports.
newer_packages=(pkcs11-provider)

# Only for scripts/bench, which sets SESAM_BENCH: h2load, the pictures, time(1).
[[ ! ${SESAM_BENCH:-} ]] || packages+=(nghttp2-client gnuplot-nox time)

# Only for the tests of scripts/suites.
[[ ! ${SESAM_SUITES:-} ]] ||
  packages+=(python3-dnspython python3-jinja2 python3-hypothesis libnet-dns-perl iproute2 xz-utils make perl)

# scripts/chroot.sh: what it needs outside its chroots. scripts/matrix: the other libcurl, which one chroot tests.
[[ ! ${SESAM_CHROOT:-} ]] || packages=(debootstrap rsync) bind_packages=() newer_packages=() program_packages=()
[[ ${SESAM_LIBCURL:-} != gnutls ]] || packages=("${packages[@]/#libcurl4-openssl-dev/libcurl4-gnutls-dev}")

# scripts/package: what it needs to build and check a Debian package, and to try the installed package.
[[ ! ${SESAM_PACKAGE:-} ]] ||
  packages=("${build_packages[@]}" build-essential debhelper dpkg-dev file lintian) bind_packages=() newer_packages=() program_packages=()
[[ ! ${SESAM_PACKAGE_TEST:-} ]] || packages=(openssl ldnsutils) bind_packages=(bind9-utils) newer_packages=() program_packages=()

# scripts/site, and its test, which scripts/test skips without a browser.
[[ ! ${SESAM_SITE:-} ]] || packages=(mandoc python3-markdown-it) bind_packages=() newer_packages=() program_packages=()
[[ ${SESAM_SITE:-} != browser ]] || packages+=(chromium)

# scripts/lint quick.
[[ ${SESAM_LINT:-} != quick ]] || packages=(clang-format shellcheck mandoc) bind_packages=() newer_packages=() program_packages=()

# Only for scripts/fuzz, scripts/lint, scripts/sanitize and scripts/coverage, which set these variables.
[[ ! ${SESAM_FUZZ:-} ]] || packages+=(clang libclang-rt-dev)
[[ ${SESAM_LINT:-} != 1 ]] || packages+=(clang-tidy clang-format cppcheck shellcheck mandoc)
[[ ! ${SESAM_SANITIZE:-} ]] || packages+=(valgrind)
[[ ! ${SESAM_COVERAGE:-} ]] || packages+=(gcovr)
