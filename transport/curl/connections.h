// SPDX-License-Identifier: Apache-2.0
// The connections that libcurl makes: opens, watches and counts their sockets.
#pragma once

#include <curl/curl.h>
#include <openssl/types.h>

#include <memory>
#include <optional>
#include <vector>

#include "metrics/counts.h"
#include "transport/curl/easy.h"
#include "transport/curl/flood_watch.h"
#include "transport/driver.h"

namespace sesam::transport::curl {

class Connections {
 public:
  explicit Connections(const Workplace& workplace) noexcept
      : log_(workplace.log),
        metrics_(workplace.metrics),
        poller_(workplace.poller),
        sockets_(workplace.sockets) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // libcurl's callbacks, called on the I/O thread from within curl_multi_socket_action(3). The first two get
  // the Easy, the others the Connections, as a connection outlives the handle that opened it.
  static int on_sending(void* easy, char*, char*, int, int local_port) noexcept;
  static curl_socket_t open_socket(void* easy, curlsocktype, curl_sockaddr* address) noexcept;
  static int close_socket(void* connections, curl_socket_t fd) noexcept;
  static int on_interest(CURL*, curl_socket_t fd, int what, void* connections, void*) noexcept;

  /// OpenSSL's callback for what it reads and writes on a connection (SSL_CTX_set_msg_callback(3)). `watched`
  /// is null until the connection is watched.
  static void on_record(int is_written, int, int content_type, const void*, std::size_t, SSL*, void* watched);

  /// Stops using this connection: the next time libcurl reads from it, it finds the end of the stream.
  void bury(int fd) noexcept;
  /// Buries the connection over which this transfer failed if the peer has ended it.
  void bury_if_ended(const Easy& easy) noexcept;
  /// Like Sockets::take_lost(), if libcurl has stopped watching a socket over which nothing was sent.
  std::optional<Sockets::Lost> take_lost() noexcept;
  /// Closes all of them with close(2): libcurl may no longer use their numbers.
  void abandon() noexcept;

 private:
  /// A connection, as passed to on_record.
  struct Watched {
    Connections* connections;
    const Lane* lane;
    int fd;  // -1: closed
    FloodWatch traffic;
    bool floods;  // already reported; OpenSSL may have buffered more records
  };
  void count_closed() noexcept;
  void watch_traffic(const Easy& easy, int local_port) noexcept;
  void note_certificates(const Easy& easy) noexcept;
  void close_flooding(Watched& watched) noexcept;

  const Log& log_;
  metrics::MetricsWriter& metrics_;
  metrics::Counts& counts_ = metrics::counts();
  Poller& poller_;
  Sockets& sockets_;
  std::vector<std::unique_ptr<Watched>> watched_;  // entries of closed connections are reused
  bool may_have_lost_one_ = false;
};

}  // namespace sesam::transport::curl
