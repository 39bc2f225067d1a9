// SPDX-License-Identifier: Apache-2.0
#include "n200/known_secrets.h"

#include "n200/options.h"
#include "n200/pins_in_use.h"
#include "n200/redaction.h"
#include "transport/options.h"
#include "transport/passwords.h"

namespace sesam::n200 {

KnownSecrets::KnownSecrets(const transport::Options& connection, const Options& options) {
  add_login(connection.user, connection.password.reveal());
  add(options.pin.reveal());
}

KnownSecrets::KnownSecrets(const transport::Options& connection, const transport::Passwords& passwords,
                           const Options& options) {
  for (const auto* one = &passwords.newest(); one != nullptr; one = one->previous.get())
    add_login(connection.user, one->secret.reveal());
  add(options.pin.reveal());
}

void KnownSecrets::add_login(std::string_view user, std::string_view password) {
  if (password.empty()) return;
  Secret& login = logins_.emplace_back();
  login.append(user);
  login.append(":");
  login.append(password);
  add(password).add(login.reveal());
}

KnownSecrets& KnownSecrets::add(std::string_view secret) {
  if (!secret.empty()) all_.push_back(secret);
  return *this;
}

KnownSecrets& KnownSecrets::add_pins_in_use() {
  pins_ = process_state<PinsInUse>().all();
  for (const auto& pin : pins_) add(pin->reveal());
  return *this;
}

std::string KnownSecrets::redacted(std::string_view text) const { return redact(text, all_); }

}  // namespace sesam::n200
