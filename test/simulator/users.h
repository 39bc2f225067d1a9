// SPDX-License-Identifier: Apache-2.0
// Users of the device, and HTTP Basic authentication.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sesam::simulator {

struct User {
  std::string name;
  std::string password;
  // The access rules (n200.md): which interfaces the user may use.
  bool may_post = false;
  bool may_get = false;
};

// "NAME:PASSWORD:RULES"; RULES is `post`, `get`, both with a comma, or empty. Throws std::invalid_argument.
User parse_user(const std::string& text);

// Throws std::invalid_argument for an unknown rule.
void grant(User& user, std::string_view rule);

// HTTP Basic authentication (RFC 7617), cheap enough for every request of a benchmark.
class Users {
 public:
  void put(const User& user);  // adds or replaces
  void remove(const std::string& name);
  // `authorization`: the header's value. Returns nullptr if no user matches. Valid until put() or remove().
  const User* authenticate(const std::string& authorization) const;

 private:
  void rebuild();

  std::map<std::string, User> users_;
  // Keyed by the exact header value: a request needs neither Base64 nor a password comparison.
  std::unordered_map<std::string, const User*> by_header_;
};

}  // namespace sesam::simulator
