// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key_pin.h"

namespace sesam::keymgmt {

Result<Secret> pin_for(const KeyUri& uri, const n200::Device& device) {
  if (!uri.pin_value.empty()) return uri.pin_value.clone();
  if (!uri.pin_source.empty()) return read_pin_source(uri.pin_source);
  return device.options().pin.clone();
}

}  // namespace sesam::keymgmt
