// SPDX-License-Identifier: Apache-2.0
#include "cli/trial_signature.h"

#include "cli/message.h"

namespace sesam::cli {

Result<std::string> trial_signature(const std::shared_ptr<n200::Device>& device, const FoundKey& found) {
  SESAM_TRY(data, open_found_key(device, found, true));
  keymgmt::Key key(data, keymgmt::Key::Part::with_private);
  Message message;
  message.hex = std::string(64, '0');
  SESAM_TRY(digest, digest_of(message));
  SESAM_TRY(signature, sign_digest(key, message, digest));
  SESAM_TRY(good, verify_digest(key, message, digest, signature));
  if (!good)
    return Error{Reason::bad_signature, data->handle.description() + ": does not match the public key"};
  return "made by " + data->handle.description() + " in core " + std::to_string(data->handle.core) +
         ", and verified";
}

}  // namespace sesam::cli
