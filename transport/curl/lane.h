// SPDX-License-Identifier: Apache-2.0
// One endpoint as the I/O thread sees it: its URLs, its queue and its requests in flight.
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
  /// These keep `active` and `unsent` up to date.
  void put_on_wire(Easy& easy) noexcept;
  void take_off_wire(Easy& easy) noexcept;
  void mark_sent(Easy& easy) noexcept;
  /// A part of this transfer's reply arrived.
  void hear(const Easy& easy) noexcept;
  /// When a part of any other transfer's reply last arrived.
  Clock::time_point heard_others_at(const Easy& easy) const noexcept;

  const std::size_t index;
  EndpointUrls urls;
  Addresses addresses;
  /// A CURLOPT_RESOLVE list that makes libcurl forget the addresses of the node's names. Otherwise its cache
  /// keeps them for a minute of wall-clock time, even if connections fail or the clock is changed.
  std::unique_ptr<curl_slist, ossl::FreeWith<&curl_slist_free_all>> forget_addresses;
  bool must_resolve_anew = false;  ///< a connection failed: resolve the name again
  Admission admission;
  std::vector<Easy*> active;          ///< handed to libcurl
  unsigned unsent = 0;                ///< how many of these libcurl has not begun to send
  Clock::time_point heard_at;         ///< when a part of a reply last arrived
  const Easy* heard = nullptr;        ///< the transfer of that reply
  Clock::time_point heard_before_at;  ///< when a part of any other reply last arrived before
  Clock::time_point replied_at;       ///< when the last complete reply arrived
  Clock::duration last_handshake{0};  ///< the last handshake that was made alone
  Clock::time_point looked_at;        ///< when slow handshakes were last looked for
  bool ever_answered = false;
  unsigned broken_handshakes = 0;     ///< consecutive, as long as the node has never answered
  unsigned reported_connections = 0;  ///< last reported value of Admission::learned_connections()
  bool moved = true;                  ///< a reply, or a part of one, has arrived since the last nudge
};

}  // namespace sesam::transport::curl
