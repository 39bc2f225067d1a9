// SPDX-License-Identifier: Apache-2.0
#include "cli/standard_output.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <streambuf>
#include <string_view>

namespace sesam::cli {
namespace {

// The library's own buffer loses errno: a later flush() of a failed stream does nothing.
class StandardOutput : public std::streambuf {
 public:
  StandardOutput() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
  int error() const noexcept { return error_; }

 protected:
  int_type overflow(int_type next) override {
    if (!drain()) return traits_type::eof();
    return traits_type::eq_int_type(next, traits_type::eof()) ? traits_type::not_eof(next)
                                                              : sputc(traits_type::to_char_type(next));
  }

  std::streamsize xsputn(const char* text, std::streamsize size) override {
    const std::streamsize put = std::streambuf::xsputn(text, size);
    const bool has_line =
        std::string_view(text, static_cast<std::size_t>(put)).find('\n') != std::string_view::npos;
    return !is_terminal_ || !has_line || drain() ? put : 0;
  }

  int sync() override { return drain() ? 0 : -1; }

 private:
  bool drain() noexcept {
    const char* next = pbase();
    while (next < pptr()) {
      const ssize_t written = ::write(STDOUT_FILENO, next, static_cast<std::size_t>(pptr() - next));
      if (written >= 0) {
        next += written;
        continue;
      }
      if (errno == EINTR) continue;
      if (error_ == 0) error_ = errno;
      break;
    }
    const bool is_whole = next == pptr();
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return is_whole;
  }

  std::array<char, 8192> buffer_;
  const bool is_terminal_ = ::isatty(STDOUT_FILENO) == 1;
  int error_ = 0;
};

StandardOutput* output = nullptr;  // never deleted: std::cout is flushed at the end of the process

}  // namespace

void take_standard_output() {
  output = new StandardOutput;
  std::cout.rdbuf(output);
}

int standard_output_error() noexcept { return output == nullptr ? 0 : output->error(); }

}  // namespace sesam::cli
