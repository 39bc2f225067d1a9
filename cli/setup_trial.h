// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: tries the settings with the device before they are written.
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

/// Prompts for user and password if they are not known, and tries them. They are sent only to a device whose
/// certificate `plan.certificates` verify. Returns HTTP/1.1 if one of the nodes uses it, otherwise HTTP/2;
/// nothing if a step of the checkup reports a problem.
Result<std::optional<HttpVersion>> log_in(Plan& plan, const Arguments& arguments, Checkup& checkup);

/// Finds the limit on connections, and the cores. Returns false if the chosen core cannot be used.
Result<bool> find_limits(const Plan& plan, const Arguments& arguments, HttpVersion http, Checkup& checkup);

inline constexpr char kSignature[] = "signature";  ///< the step

/// What a signature with the key came to.
enum class Trial : std::uint8_t {
  good,
  none,         ///< no key was named
  unknown_how,  ///< the device's signing command may not be the assumed one
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

/// Asks for the PIN of the keys if it is not known.
void find_pin(Plan& plan, const Arguments& arguments);

/// Asks for the key if it is not known, makes it where that is wanted, and signs with it.
/// `key` becomes that one. Of Trial::unknown_how the caller reports the step "signature".
Result<Trial> sign_with_key(const Plan& plan, const Arguments& arguments, TriedKey& key, Checkup& checkup,
                            Changes& changes);

}  // namespace sesam::cli::setup
