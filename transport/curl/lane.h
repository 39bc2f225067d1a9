// SPDX-License-Identifier: Apache-2.0
// One endpoint as the I/O thread sees it: its URLs, its queue, and what of it is on the wire.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "transport/admission.h"
#include "transport/curl/addresses.h"
#include "transport/curl/url.h"

namespace sesam::transport::curl {

struct Easy;

struct Lane {
  Lane(std::size_t endpoint, const Options& options);

  void forget(const std::string& host_and_port);
  /// Keeps `active` and `unsent` right.
  void put_on_wire(Easy& easy) noexcept;
  void take_off_wire(Easy& easy) noexcept;
  void mark_sent(Easy& easy) noexcept;
  /// A part of its reply came.
  void hear(const Easy& easy) noexcept;
  /// When a part of the reply to another one last came.
  Clock::time_point heard_others_at(const Easy& easy) const noexcept;

  const std::size_t index;
  EndpointUrls urls;
  Addresses addresses;
  /// CURLOPT_RESOLVE that has libcurl forget the addresses behind the names. Its cache keeps them for a
  /// minute by the wall clock, whatever becomes of the connections and the clock.
  std::unique_ptr<curl_slist, ossl::FreeWith<&curl_slist_free_all>> forget_addresses;
  bool must_resolve_anew = false;  ///< a connection failed
  Admission admission;
  std::vector<Easy*> active;          ///< handed to libcurl
  unsigned unsent = 0;                ///< of them, those that libcurl has not begun to send
  Clock::time_point heard_at;         ///< when a part of a reply last came
  const Easy* heard = nullptr;        ///< whose reply that was of
  Clock::time_point heard_before_at;  ///< when a part of any other reply last came before
  Clock::time_point replied_at;       ///< when a reply was last complete
  Clock::duration last_handshake{0};  ///< of one that was made alone
  Clock::time_point looked_at;        ///< for handshakes that take too long
  bool ever_answered = false;
  unsigned broken_handshakes = 0;     ///< in a row, while it never answered
  unsigned reported_connections = 0;  ///< of Admission::learned_connections()
  bool moved = true;                  ///< a reply, or a part of one, has come since the last nudge
};

}  // namespace sesam::transport::curl
