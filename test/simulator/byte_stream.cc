// SPDX-License-Identifier: Apache-2.0
#include "byte_stream.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sesam::simulator {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(int fd) : fd_(fd) {}
  IoResult read(char* buffer, std::size_t size) override { return outcome(recv(fd_, buffer, size, 0)); }
  IoResult write(std::string_view bytes) override {
    return outcome(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

 private:
  static IoResult outcome(ssize_t result) {
    if (result > 0) return {IoStatus::done, static_cast<std::size_t>(result)};
    if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {IoStatus::blocked, 0};
    return {IoStatus::closed, 0};
  }

  int fd_;
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(SSL_CTX* context, int fd) : ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_.get(), fd);
    SSL_set_accept_state(ssl_.get());
  }

  IoResult read(char* buffer, std::size_t size) override {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer, size, &bytes);  // before `bytes` is read
    return outcome(result, bytes);
  }

  IoResult write(std::string_view out) override {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_.get(), out.data(), out.size(), &bytes);
    return outcome(result, bytes);
  }

  void say_goodbye() override {
    ERR_clear_error();
    if (!broken_) SSL_shutdown(ssl_.get());
  }

  SSL* established_tls() override { return SSL_is_init_finished(ssl_.get()) != 0 ? ssl_.get() : nullptr; }
  bool is_tls() const override { return true; }

 private:
  IoResult outcome(int result, std::size_t bytes) {
    if (result == 1) return {IoStatus::done, bytes};
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {IoStatus::blocked, 0};
    broken_ = error != SSL_ERROR_ZERO_RETURN;  // SSL_shutdown must not follow a failure
    return {IoStatus::closed, 0};
  }

  SslPtr ssl_;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(int fd) { return std::make_unique<PlainStream>(fd); }
std::unique_ptr<ByteStream> make_tls_stream(SSL_CTX* context, int fd) {
  return std::make_unique<TlsStream>(context, fd);
}

}  // namespace sesam::simulator
