// SPDX-License-Identifier: Apache-2.0
// The file in which the keys of the device survive a restart.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sesam::simulator {

// Oldest entry first; a last line without its end is left out. Returns the length in bytes of the whole
// lines. Throws std::runtime_error if a line is no JSON.
std::uintmax_t replay_journal(const std::string& path,
                              const std::function<void(const nlohmann::json&)>& replay);

// An append-only file of one JSON object a line: cheap for 100,000 keys, and readable.
class Journal {
 public:
  // Replays what is there, oldest first; a last line cut short by a kill is dropped. Creates the file (0600)
  // if need be. Throws std::runtime_error if it cannot be opened or a line is no JSON.
  Journal(const std::string& path, const std::function<void(const nlohmann::json&)>& replay);

  void append(const nlohmann::json& entry);
  // To the kernel, not to the disk: a killed simulator loses nothing, a killed machine may.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace sesam::simulator
