// SPDX-License-Identifier: Apache-2.0
// An open key, with what operations on it need.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace sesam::n200 {

class KeyStanding;
class PinVerdicts;
class SignatureProof;

/// Device::handle() makes a complete one.
struct KeyHandle {
  KeyHandle() = default;
  /// `secrets` and the PIN are redacted from the description, because the device chooses a key's names.
  /// `nodes`: their URLs; if empty, one verdict on the PIN applies to all nodes.
  KeyHandle(std::string key_id, std::string token, std::string nice_name, unsigned core, Secret pin,
            std::span<const std::string_view> secrets = {}, std::span<const std::string> nodes = {});

  std::string key_id;
  std::string token;
  std::string nice_name;
  unsigned core = 1;
  Secret pin;                                   ///< empty: the PIN stored in the device
  std::shared_ptr<PinVerdicts> pin_verdicts;    ///< null if there is no PIN
  std::shared_ptr<const KeyStanding> standing;  ///< null: not from Device::handle()
  std::shared_ptr<SignatureProof> proof;        ///< null: likewise

  /// "key 'JP.example' (hsm...)", for messages.
  const std::string& description() const noexcept { return description_; }
  /// key_id and nice_name with secrets redacted, for audit records.
  const std::string& shown_id() const noexcept { return shown_id_; }
  const std::string& shown_name() const noexcept { return shown_name_; }

 private:
  std::string shown_id_, shown_name_;
  std::string description_;
  std::shared_ptr<const Secret> pin_in_use_;
};

}  // namespace sesam::n200
