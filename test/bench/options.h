// SPDX-License-Identifier: Apache-2.0
// The command line of sesam-bench: one run of one client.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sesam::bench {

/// A key in the device: its key_id and the core that holds it.
struct KeyName {
  std::string key_id;
  unsigned core = 1;
};

/// Whether the callers are ASYNC_JOBs of one thread, and how that hears of a signature: as the wait context's
/// callback or by its file descriptor (ASYNC_WAIT_CTX_new(3)).
enum class Jobs { none, callback, descriptor };

struct Options {
  std::string client;    ///< see clients.h
  unsigned callers = 1;  ///< threads, or ASYNC_JOBs of one thread
  Jobs jobs = Jobs::none;
  double seconds = 1.5;          ///< measured
  double warm_up_seconds = 0.3;  ///< before that, at least
  std::string url;               ///< "https://name:port"
  std::string address = "127.0.0.1";
  std::string ca_file;
  std::string user;
  std::string password;
  std::string pin;
  std::vector<KeyName> keys;  ///< caller i uses the key i modulo their number
  bool http1 = false;         ///< of the clients that are libcurl's own: no HTTP/2
};

/// Nothing, and the exit status, where the program is to end at once.
std::optional<Options> parse_options(int argc, char** argv, int& exit_status);

}  // namespace sesam::bench
