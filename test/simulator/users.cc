// SPDX-License-Identifier: Apache-2.0
#include "users.h"

#include <openssl/evp.h>

#include <stdexcept>
#include <vector>

namespace sesam::simulator {
namespace {

std::string basic_header(const User& user) {
  const std::string plain = user.name + ":" + user.password;
  std::vector<unsigned char> in(plain.begin(), plain.end());
  std::vector<unsigned char> out(plain.size() / 3 * 4 + 5);
  const int size = EVP_EncodeBlock(out.data(), in.data(), static_cast<int>(in.size()));
  return "Basic " + std::string(out.begin(), out.begin() + size);
}

}  // namespace

void grant(User& user, std::string_view rule) {
  if (rule == "post") {
    user.may_post = true;
  } else if (rule == "get") {
    user.may_get = true;
  } else {
    throw std::invalid_argument("unknown access rule: " + std::string(rule));
  }
}

User parse_user(const std::string& text) {
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == std::string::npos || first == last)
    throw std::invalid_argument("a user is NAME:PASSWORD:RULES");
  User user{text.substr(0, first), text.substr(first + 1, last - first - 1)};
  std::string_view rules = std::string_view(text).substr(last + 1);
  while (!rules.empty()) {
    const std::size_t comma = rules.find(',');
    grant(user, rules.substr(0, comma));
    rules.remove_prefix(comma == std::string_view::npos ? rules.size() : comma + 1);
  }
  return user;
}

void Users::put(const User& user) {
  users_[user.name] = user;
  rebuild();
}

void Users::remove(const std::string& name) {
  users_.erase(name);
  rebuild();
}

const User* Users::authenticate(const std::string& authorization) const {
  const auto found = by_header_.find(authorization);
  return found == by_header_.end() ? nullptr : found->second;
}

void Users::rebuild() {
  by_header_.clear();
  for (const auto& [name, user] : users_) by_header_.emplace(basic_header(user), &user);
}

}  // namespace sesam::simulator
