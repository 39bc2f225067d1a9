// SPDX-License-Identifier: Apache-2.0
// Where to connect for one node instead of resolving the name in its URL.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ossl/handles.h"

namespace sesam::transport::curl {

/// The addresses of one node, used in turn: after a failed connection, the next one is used.
class Addresses {
 public:
  /// `setting` is "host", "host:port", "[v6]:port" or a bare IPv6 address, several separated by '|'; empty:
  /// the URL's name is resolved. Throws std::bad_alloc.
  explicit Addresses(std::string_view setting);

  /// CURLOPT_CONNECT_TO for the current address; nullptr: resolve.
  curl_slist* in_use() const noexcept { return list_.empty() ? nullptr : list_[current_].get(); }
  /// "HOST:[PORT]" of each.
  std::vector<std::string> hosts() const;
  /// The number of addresses to try; at least one.
  std::size_t count() const noexcept { return list_.empty() ? 1 : list_.size(); }

  /// The number of addresses not tried since the last success; at least one.
  std::size_t untried() const noexcept { return count() - tries_; }

  /// The connection failed: switches to the next address. true: it was not tried since the last success.
  bool failed() noexcept;
  /// The same after an attempt that had less time than configured. Such attempts are counted separately: an
  /// attempt with its full time still tries each address.
  bool failed_in_haste() noexcept;
  void connected() noexcept { failures_ = tries_ = 0; }

 private:
  std::vector<std::unique_ptr<curl_slist, ossl::FreeWith<&curl_slist_free_all>>> list_;
  std::size_t current_ = 0;
  std::size_t failures_ = 0;  // consecutive, only attempts that had the configured time
  std::size_t tries_ = 0;     // consecutive, all attempts
};

}  // namespace sesam::transport::curl
