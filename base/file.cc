// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

namespace sesam {
namespace {

// Opened without waiting, for nobody may ever write to a FIFO; but who has it open may need a moment.
constexpr int kPatienceMs = 2000;

ssize_t read_some(int fd, std::span<char> buffer) noexcept {
  while (true) {
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length >= 0 || (errno != EAGAIN && errno != EINTR)) return length;
    pollfd one{fd, POLLIN, 0};
    if (errno == EAGAIN && ::poll(&one, 1, kPatienceMs) == 0) {
      errno = ETIMEDOUT;
      return -1;
    }
  }
}

}  // namespace

std::variant<Secret, int> read_file(const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd == -1) return errno;
  Secret text;
  std::array<char, 4096> buffer;
  ssize_t length = 0;
  while (text.reveal().size() <= kMostBytes && (length = read_some(fd, buffer)) > 0)
    text.append({buffer.data(), static_cast<std::size_t>(length)});
  const int failed = length < 0 ? errno : text.reveal().size() > kMostBytes ? EFBIG : 0;
  ::close(fd);
  OPENSSL_cleanse(buffer.data(), buffer.size());
  if (failed != 0) return failed;
  return text;
}

std::string_view without_line_end(std::string_view text) noexcept {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace sesam
