// SPDX-License-Identifier: Apache-2.0
// The byte stream of a connection, plain or over TLS.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "openssl_handles.h"

namespace sesam::simulator {

enum class IoStatus { done, blocked, closed };

struct IoResult {
  IoStatus status;
  std::size_t bytes;  // valid if `status` is done
};

// The byte stream of a non-blocking connection, plain or encrypted. Does not own the socket.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual IoResult read(char* buffer, std::size_t size) = 0;
  virtual IoResult write(std::string_view bytes) = 0;
  virtual void say_goodbye() {}  // TLS: close_notify
  // Null until the TLS handshake is complete, and always for a plain stream.
  virtual SSL* established_tls() { return nullptr; }
  virtual bool is_tls() const { return false; }
};

std::unique_ptr<ByteStream> make_plain_stream(int fd);
std::unique_ptr<ByteStream> make_tls_stream(SSL_CTX* context, int fd);

}  // namespace sesam::simulator
