// SPDX-License-Identifier: Apache-2.0
// libcurl's easy handles, set up once and reused without reset.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "transport/call.h"
#include "transport/curl/lane.h"
#include "transport/curl/url.h"
#include "transport/passwords.h"

namespace sesam::transport::curl {

class Connections;

/// One handle and its current transfer.
struct Easy {
  Easy() = default;
  ~Easy();
  Easy(const Easy&) = delete;
  Easy& operator=(const Easy&) = delete;

  CURL* handle = nullptr;
  Call* call = nullptr;
  Lane* lane = nullptr;
  Connections* connections = nullptr;  ///< for the callbacks
  std::size_t place = 0;               ///< index in Lane::active
  bool fresh = false;                  ///< a connection is being, or was, made for this call
  Clock::time_point connecting_since;  ///< valid if fresh
  Clock::time_point sent_at;           ///< valid once the call is sent
  Clock::time_point heard_at;          ///< when the last part of the reply's body arrived; valid once one has
  std::size_t header_bytes = 0;        ///< of the reply so far, trailers included
  Failure broken_off_for = Failure::none;  ///< why we stopped receiving the reply
  bool own_deadline = false;               ///< the call's deadline is shorter than the configured time-outs
  // The handle's current settings, so that only changes are applied.
  CURLU* url = nullptr;
  Url own_url;
  curl_slist* headers = nullptr;
  curl_slist* connect_to = nullptr;
  long connect_timeout_ms = 0;
  bool is_post = false;
  char error[CURL_ERROR_SIZE] = {};
};

class Easies {
 public:
  /// All arguments must outlive this object. Throws std::bad_alloc.
  Easies(const Options& options, const Passwords& passwords, Connections& connections);
  ~Easies();
  Easies(const Easies&) = delete;
  Easies& operator=(const Easies&) = delete;

  /// A handle for the call, with URL, headers, body and time limits set. nullptr: `why_not` is out_of_memory,
  /// or bad_url if the URL cannot be parsed.
  Easy* take(Call& call, Lane& lane, Clock::time_point now, Failure& why_not) noexcept;
  void give_back(Easy& easy) noexcept;

 private:
  std::unique_ptr<Easy> make() const;
  void preset(Easy& easy) const;
  bool set_url(Easy& easy, const Call& call, Lane& lane) const;
  static void set_address(Easy& easy, const Lane& lane) noexcept;
  void set_time_limits(Easy& easy, const Call& call, const Lane& lane, Clock::time_point now) const noexcept;
  static void set_body(Easy& easy, const Call& call) noexcept;

  /// The headers with the credentials of one password.
  struct Login {
    Login(const Options& options, const Passwords::Password& password, curl_slist* other_headers);
    const unsigned password_number;
    Secret authorization;
    curl_slist
        line{};  // its node in the header list: a copy made by curl_slist_append() would not be wiped later
  };
  void set_headers(Easy& easy);

  const Options& options_;
  const Passwords& passwords_;
  Connections& connections_;
  curl_slist* headers_ = nullptr;
  std::vector<std::unique_ptr<Login>> logins_;  // transfers may be using older ones
  std::vector<std::unique_ptr<Easy>> all_;
  std::vector<Easy*> idle_;
};

}  // namespace sesam::transport::curl
