// SPDX-License-Identifier: Apache-2.0
// One endpoint as the I/O thread sees it: its URLs, its queue, and what of it is on the wire.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "n200/http/addresses.h"
#include "n200/http/admission.h"
#include "n200/http/url.h"

namespace sesam::n200::http {

struct Easy;

struct Lane {
  Lane(std::size_t endpoint, const Options& options);

  /// Keeps `active` and `unsent` right.
  void put_on_wire(Easy& easy) noexcept;
  void take_off_wire(Easy& easy) noexcept;
  void mark_sent(Easy& easy) noexcept;

  const std::size_t index;
  EndpointUrls urls;
  Addresses addresses;
  Admission admission;
  std::vector<Easy*> active;   ///< handed to libcurl
  unsigned unsent = 0;         ///< of them, those that libcurl has not begun to send
  Clock::time_point heard_at;  ///< when a part of a reply last came
  bool moved = true;           ///< a reply, or a part of one, has come since the last nudge
};

}  // namespace sesam::n200::http
