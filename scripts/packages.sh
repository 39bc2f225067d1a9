# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What building, testing and the demo need, by Debian package name: the one list. Sourced by scripts/install.

packages=(
  g++ cmake ninja-build pkgconf
  libssl-dev libcurl4-openssl-dev libsimdjson-dev           # the provider
  libnghttp2-dev libhttp-parser-dev nlohmann-json3-dev libcli11-dev # the simulator
  libgtest-dev libgmock-dev python3 python3-pytest strace   # the tests
  haproxy                                                   # the tests, as load balancer; they start it themselves
  openssl curl ca-certificates # the last is only recommended by libcurl: what "system CAs" means
)

# BIND's tools: dnssec-signzone and its family, and dig. 9.18, which Debian 12 ships, answers "no engine" to every
# key label, so there they come from backports. The server itself (bind9) is needed by scripts/faults alone.
bind_packages=(bind9-utils bind9-dnsutils)
bind_minimum='1:9.20'

# Only what scripts/faults needs: servers that it starts itself.
[[ ! ${SESAM_FAULTS:-} ]] || { packages+=(nginx); bind_packages+=(bind9); }

# Only what scripts/bench needs, which says so: h2load, the pictures, time(1), and a token in software to compare with.
[[ ! ${SESAM_BENCH:-} ]] || packages+=(nghttp2-client gnuplot-nox time softhsm2)
