// SPDX-License-Identifier: Apache-2.0
// The options of one run, from the command line and later from the control port.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connection_rules.h"
#include "dialect.h"
#include "sign_dialect.h"
#include "users.h"

namespace sesam::simulator {

// The command-line options, listed in README.md. Some can be changed at run time through the control port.
struct Options {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any
  std::uint16_t control_port = 0;
  std::string name = "seSAM-nserie-101";
  std::string state_dir;  // empty: keys in memory, certificate in a temporary directory
  std::string ready_file, write_cert, tls_cert, tls_key, client_ca;
  bool http1_only = false;
  std::uint32_t max_streams = 256;
  ConnectionRules connections;
  std::uint32_t delay_ms = 0;
  std::int64_t clock_offset_s = 0;
  int cores = 2;
  std::uint32_t sign_us = 0;
  std::uint32_t keygen_ms = 0;
  bool canned = false;
  std::uint32_t populate = 0;
  std::vector<std::string> keys;  // JSON, as for POST /keys
  int pin_tries = 0;
  bool errors_as_200 = false;
  SignDialect sign_dialect;
  bool attributes_without_public_key = false;
  const Dialect* dialect = nullptr;
  std::string serial = "23F13C56131E1EEE";
  std::uint64_t first_counter = 25;
  std::vector<User> users;
  std::vector<std::string> faults, network;  // JSON, as for POST /faults and POST /network
  bool verbose = false;
  bool exit_with_parent = false;
};

}  // namespace sesam::simulator
