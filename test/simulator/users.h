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

// "NAME:PASSWORD:RULES", RULES a comma list of `post` and `get`, or empty. Throws std::invalid_argument.
User parse_user(const std::string& text);

// Throws std::invalid_argument for a rule that does not exist.
void grant(User& user, std::string_view rule);

// HTTP Basic (RFC 7617), cheap enough for every request of a benchmark.
class Users {
 public:
  void put(const User& user);  // adds or replaces
  void remove(const std::string& name);
  // nullptr if the Authorization header's value is not that of a user. Valid until the next put or remove.
  const User* authenticate(const std::string& authorization) const;

 private:
  void rebuild();

  std::map<std::string, User> users_;
  // By the exact header value: neither Base64 nor comparison per request.
  std::unordered_map<std::string, const User*> by_header_;
};

}  // namespace sesam::simulator
