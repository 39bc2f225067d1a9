// SPDX-License-Identifier: Apache-2.0
// Makes one signature, to test that everything works.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/key_name.h"

namespace sesam::cli {

/// Signs a digest of zeros with the key and verifies the signature. Returns a sentence that reports success.
/// Raises what open_found_key and sign_digest raise, and bad_signature.
Result<std::string> trial_signature(const std::shared_ptr<n200::Device>& device, const FoundKey& found);

}  // namespace sesam::cli
