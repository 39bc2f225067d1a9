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

/// Whether the callers are ASYNC_JOBs of one thread, and how this thread is notified of a signature: by the
/// wait context's callback or its file descriptor (ASYNC_WAIT_CTX_new(3)).
enum class Jobs { none, callback, descriptor };

struct Options {
  std::string client;    ///< see clients.h
  unsigned callers = 1;  ///< threads, or ASYNC_JOBs of one thread
  Jobs jobs = Jobs::none;
  double seconds = 1.5;          ///< duration of the measurement
  double warm_up_seconds = 0.3;  ///< minimum time before the measurement
  std::string url;               ///< "https://name:port"
  std::string address = "127.0.0.1";
  std::string ca_file;
  std::string user;
  std::string password;
  std::string pin;
  std::vector<KeyName> keys;  ///< caller i uses key number i modulo the number of keys
  bool http1 = false;         ///< clients that use libcurl directly: no HTTP/2
};

/// Returns nothing and sets `exit_status` if the program must exit immediately.
std::optional<Options> parse_options(int argc, char** argv, int& exit_status);

}  // namespace sesam::bench
