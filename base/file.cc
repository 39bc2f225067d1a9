// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace sesam {
namespace {

// Opening a FIFO does not wait for a writer; if there is one, each read waits this long for its data.
constexpr int kPatienceMs = 2000;

std::string not_a_secret(std::string_view found) {
  return std::string(found) + "; expected a password or PIN on a single line of at most 256 bytes";
}

std::string too_long() { return not_a_secret("has more than 256 bytes"); }

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

std::variant<Secret, int> read_all(int fd, std::size_t max_bytes) {
  Secret text;
  std::array<char, 4096> buffer;
  ssize_t length = 0;
  while (text.reveal().size() <= max_bytes && (length = read_some(fd, buffer)) > 0)
    text.append({buffer.data(), static_cast<std::size_t>(length)});
  const int failed = length < 0 ? errno : text.reveal().size() > max_bytes ? EFBIG : 0;
  OPENSSL_cleanse(buffer.data(), buffer.size());
  if (failed != 0) return failed;
  return text;
}

constexpr std::size_t kMaxLineBytes = kMaxSecretBytes + 2;  // with the line break

std::variant<Secret, std::string> line_in(const std::variant<Secret, int>& text) {
  if (const int* failed = std::get_if<int>(&text))
    return *failed == EFBIG ? too_long() : std::strerror(*failed);
  return only_line(std::get<Secret>(text).reveal());
}

}  // namespace

std::variant<Secret, int> read_file(const std::string& path, std::size_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd == -1) return errno;
  auto text = read_all(fd, max_bytes);
  ::close(fd);
  return text;
}

std::variant<Secret, int> read_file(int fd, std::size_t max_bytes) { return read_all(fd, max_bytes); }

std::variant<Secret, std::string> only_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
  if (text.empty()) return "is empty";
  if (text.size() > kMaxSecretBytes) return too_long();
  if (text.find_first_of("\r\n") != text.npos) return not_a_secret("has more than one line");
  if (text.find('\0') != text.npos) return not_a_secret("has a zero byte");
  return Secret(text);
}

std::variant<Secret, std::string> read_only_line(const std::string& path) {
  return line_in(read_file(path, kMaxLineBytes));
}

std::variant<Secret, std::string> read_only_line(int fd) { return line_in(read_all(fd, kMaxLineBytes)); }

}  // namespace sesam
