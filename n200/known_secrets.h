// SPDX-License-Identifier: Apache-2.0
// The secrets that are redacted when a device is quoted.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sesam::transport {
struct Options;
class Passwords;
}  // namespace sesam::transport

namespace sesam::n200 {

struct Options;

/// Password and PIN of a configuration, which must outlive this object, and secrets that are added.
class KnownSecrets {
 public:
  KnownSecrets(const transport::Options& connection, const Options& options);
  /// Includes all passwords that have been in use.
  KnownSecrets(const transport::Options& connection, const transport::Passwords& passwords,
               const Options& options);

  /// `secret` must outlive this.
  KnownSecrets& add(std::string_view secret);
  KnownSecrets& add_pins_in_use();

  std::span<const std::string_view> all() const noexcept { return all_; }
  /// The text with these secrets redacted (n200/redaction.h).
  std::string redacted(std::string_view text) const;

 private:
  void add_login(std::string_view user, std::string_view password);

  std::deque<Secret> logins_;  // "user:password": a password may be too short to be found within base64
  std::vector<std::shared_ptr<const Secret>> pins_;
  std::vector<std::string_view> all_;
};

}  // namespace sesam::n200
