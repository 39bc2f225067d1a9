// SPDX-License-Identifier: Apache-2.0
#include "n200/known_secrets.h"

#include "n200/options.h"
#include "n200/pins_in_use.h"
#include "n200/redaction.h"
#include "transport/options.h"

namespace sesam::n200 {

KnownSecrets::KnownSecrets(const transport::Options& connection, const Options& options) {
  const auto password = connection.password.reveal();
  if (!password.empty()) {
    login_.append(connection.user);
    login_.append(":");
    login_.append(password);
  }
  add(password).add(login_.reveal()).add(options.pin.reveal());
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
