# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What building, testing and the demo need, by Debian package name: the one list. Sourced by scripts/install.

build_packages=(
  g++ cmake ninja-build pkgconf
  libssl-dev libcurl4-openssl-dev libsimdjson-dev           # the provider
  nlohmann-json3-dev libcli11-dev                           # the command, the simulator
  libnghttp2-dev libhttp-parser-dev                         # the simulator
)
packages=(
  "${build_packages[@]}"
  libgtest-dev libgmock-dev python3 python3-pytest python3-pytest-xdist strace gdb # the tests
  ldnsutils validns # other people's judgement of a signed zone
  python3-h2 # a hostile peer
  python3-prometheus-client prometheus-node-exporter python3-yaml # readers of the metrics file, and of the alerts on it
  prometheus # promtool, which tests the alerts and the queries of the dashboard
  softhsm2                                                  # a token in software: pkcs11-provider's, beside which sesam is tested
  openssl curl ca-certificates # the last is only recommended by libcurl: what "system CAs" means
  nginx apache2-bin haproxy stunnel4 osslsigncode # programs that use a key: test/integration/test_program_*.py
)

# Services among the packages of these lists. The tests start them themselves: the installation must not, nor the machine's
# next start.
services=(prometheus:prometheus nginx:nginx haproxy:haproxy stunnel4:stunnel4 bind9:named prometheus-node-exporter:prometheus-node-exporter
  lighttpd-mod-openssl:lighttpd mosquitto:mosquitto redis-server:redis-server postgresql:postgresql unbound:unbound nsd:nsd
  postfix:postfix dovecot-imapd:dovecot openvpn:openvpn freeradius:freeradius) # package:unit

# Many more programs that use a key, for test/integration/test_programs.py, which skips those that are missing: only where
# SESAM_PROGRAMS says so. Not every release has all of them. PREFIX* is the newest package whose name begins so.
program_packages=()
[[ ! ${SESAM_PROGRAMS:-} ]] || program_packages=(
  lighttpd-mod-openssl mosquitto redis-server postgresql mariadb-server-core # TLS servers
  unbound nsd postfix dovecot-imapd openvpn freeradius eapoltest
  php-cli nodejs ruby libio-socket-ssl-perl                 # languages
  sbsigntool 'linux-kbuild-*' u-boot-tools device-tree-compiler rauc squashfs-tools xmlsec1 libxmlsec1-openssl cosign # signers
  fish zsh                                                  # shells that complete the command's options
  systemd systemd-tpm systemd-ukify systemd-repart systemd-boot-efi libcryptsetup12 'libtss2-mu*' 'libtss2-esys*' 'libtss2-rc*'
)

# BIND: dnssec-signzone and its family, dig, and the server, which the tests start themselves and the installation does
# not. 9.18, which Debian 12 ships, answers "no engine" to every key label, so there they come from backports.
bind_packages=(bind9 bind9-utils bind9-dnsutils)
bind_minimum='1:9.20'

# The other provider of pkcs11: URIs. Debian 12 has it in backports only.
newer_packages=(pkcs11-provider)

# Only what scripts/bench needs, which says so: h2load, the pictures, time(1).
[[ ! ${SESAM_BENCH:-} ]] || packages+=(nghttp2-client gnuplot-nox time)

# Only what the tests of scripts/suites need.
[[ ! ${SESAM_SUITES:-} ]] ||
  packages+=(python3-dnspython python3-jinja2 python3-hypothesis libnet-dns-perl iproute2 xz-utils make perl)

# scripts/chroot.sh: all that it needs outside its chroots. scripts/matrix: the other libcurl that it tests in one of them.
[[ ! ${SESAM_CHROOT:-} ]] || packages=(debootstrap rsync) bind_packages=() newer_packages=() program_packages=()
[[ ${SESAM_LIBCURL:-} != gnutls ]] || packages=("${packages[@]/#libcurl4-openssl-dev/libcurl4-gnutls-dev}")

# scripts/package: what a Debian package is built and looked at with, and what it is tried with once it is installed.
[[ ! ${SESAM_PACKAGE:-} ]] ||
  packages=("${build_packages[@]}" build-essential debhelper dpkg-dev file lintian) bind_packages=() newer_packages=() program_packages=()
[[ ! ${SESAM_PACKAGE_TEST:-} ]] || packages=(openssl ldnsutils) bind_packages=(bind9-utils) newer_packages=() program_packages=()

# scripts/site; its test in addition, which scripts/test skips where there is no browser.
[[ ! ${SESAM_SITE:-} ]] || packages=(mandoc python3-markdown-it) bind_packages=() newer_packages=() program_packages=()
[[ ${SESAM_SITE:-} != browser ]] || packages+=(chromium)

# scripts/lint quick.
[[ ${SESAM_LINT:-} != quick ]] || packages=(clang-format shellcheck mandoc) bind_packages=() newer_packages=() program_packages=()

# Only what scripts/fuzz, scripts/lint, scripts/sanitize and scripts/coverage need, who say so.
[[ ! ${SESAM_FUZZ:-} ]] || packages+=(clang libclang-rt-dev)
[[ ${SESAM_LINT:-} != 1 ]] || packages+=(clang-tidy clang-format cppcheck shellcheck mandoc)
[[ ! ${SESAM_SANITIZE:-} ]] || packages+=(valgrind)
[[ ! ${SESAM_COVERAGE:-} ]] || packages+=(gcovr)
