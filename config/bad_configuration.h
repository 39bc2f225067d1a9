// SPDX-License-Identifier: Apache-2.0
// The error of a setting that cannot be used.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace sesam::config {

/// `problem` names the setting, and the file if there is one; never a secret.
inline Error bad_configuration(std::string problem) {
  return {Reason::bad_configuration, std::move(problem)};
}

}  // namespace sesam::config
