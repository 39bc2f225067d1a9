// SPDX-License-Identifier: Apache-2.0
// The file that preserves the device's keys across restarts.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sesam::simulator {

// Calls `replay` for each entry, oldest first; ignores an incomplete last line. Returns the length of the
// complete lines in bytes. Throws nlohmann::json::exception if a line is not JSON.
std::uintmax_t replay_journal(const std::string& path,
                              const std::function<void(const nlohmann::json&)>& replay);

// An append-only file with one JSON object per line: cheap for 100,000 keys, and human-readable.
class Journal {
 public:
  // Replays the existing entries, oldest first, and removes an incomplete last line. Creates the file (0600)
  // if needed. Throws std::runtime_error if that fails, nlohmann::json::exception if a line is not JSON.
  Journal(const std::string& path, const std::function<void(const nlohmann::json&)>& replay);

  void append(const nlohmann::json& entry);
  // Writes to the kernel, not to disk: entries survive a kill of the simulator, but maybe not a system crash.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace sesam::simulator
