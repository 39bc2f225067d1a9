// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: tries with the device what is to be written, before it is written.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/changes.h"
#include "cli/checkup.h"
#include "cli/doctor.h"
#include "cli/setup.h"
#include "n200/device.h"

namespace sesam::cli::setup {

/// Asks for user and password where they are not known, and tries them. They are sent only to a device that
/// shows a certificate of `plan.certificates`. Returns what the nodes speak: HTTP/1.1 if one of them does.
/// Nothing: a step of the checkup says what is wrong.
Result<std::optional<HttpVersion>> log_in(Plan& plan, const Arguments& arguments, Checkup& checkup);

/// How many requests at a time and which cores there are. False: the core that is to be used is not.
Result<bool> find_limits(const Plan& plan, const Arguments& arguments, HttpVersion http, Checkup& checkup);

inline constexpr char kSignature[] = "signature";  ///< the step

/// What a signature with the key came to.
enum class Trial : std::uint8_t {
  good,
  none,         ///< no key was named
  unknown_how,  ///< no problem but that the device's signing command is not the assumed one
  bad
};

struct TriedKey {
  std::string name;                ///< empty: there is none
  std::string type;                ///< as for --type
  std::optional<Error> failure{};  ///< with Trial::unknown_how: the device's answer, not reported yet
  bool was_searched = false;       ///< `sesam discover` ran, and found no signing command
};

enum class Records { none, audit };

/// The device that the plan configures. With Records::audit it leaves the records that the settings demand;
/// their output is made at once, of which a dry run has no use.
Result<std::shared_ptr<n200::Device>> device_for(const Plan& plan, const Arguments& arguments,
                                                 Records records = Records::none);

/// Asks for PIN and key where they are not known, makes the key where that is wanted, and signs with it.
/// `key` becomes that one. Of Trial::unknown_how the caller reports the step "signature".
Result<Trial> sign_with_key(Plan& plan, const Arguments& arguments, TriedKey& key, Checkup& checkup,
                            Changes& changes);

}  // namespace sesam::cli::setup
