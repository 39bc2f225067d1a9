// SPDX-License-Identifier: Apache-2.0
// The bytes of a connection, in clear or in TLS.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "openssl_handles.h"

namespace sesam::simulator {

enum class IoStatus { done, blocked, closed };

struct IoResult {
  IoStatus status;
  std::size_t bytes;  // if done
};

// The bytes of a non-blocking connection, encrypted or not. Does not own the socket.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual IoResult read(char* buffer, std::size_t size) = 0;
  virtual IoResult write(std::string_view bytes) = 0;
  virtual void say_goodbye() {}  // TLS: close_notify
  // Not null once the TLS handshake is over; a plain stream has none.
  virtual SSL* established_tls() { return nullptr; }
  virtual bool is_tls() const { return false; }
};

std::unique_ptr<ByteStream> make_plain_stream(int fd);
std::unique_ptr<ByteStream> make_tls_stream(SSL_CTX* context, int fd);

}  // namespace sesam::simulator
