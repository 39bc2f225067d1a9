// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sesam::simulator {

std::uintmax_t replay_journal(const std::string& path,
                              const std::function<void(const nlohmann::json&)>& replay) {
  std::ifstream in(path);
  std::string line;
  std::uintmax_t length = 0;
  while (std::getline(in, line) && !in.eof()) {
    replay(nlohmann::json::parse(line));
    length += line.size() + 1;
  }
  return length;
}

Journal::Journal(const std::string& path, const std::function<void(const nlohmann::json&)>& replay) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  file_.reset(fd < 0 ? nullptr : fdopen(fd, "a"));
  if (!file_) throw std::runtime_error(path + ": " + std::strerror(errno));
  const std::uintmax_t length = replay_journal(path, replay);
  if (ftruncate(fd, static_cast<off_t>(length)) != 0)
    throw std::runtime_error(path + ": " + std::strerror(errno));
}

void Journal::append(const nlohmann::json& entry) {
  const std::string line = entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  std::fwrite(line.data(), 1, line.size(), file_.get());
}

void Journal::flush() { std::fflush(file_.get()); }

}  // namespace sesam::simulator
