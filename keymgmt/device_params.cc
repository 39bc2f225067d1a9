// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/device_params.h"

#include <openssl/params.h>

#include <string>

#include "base/printable.h"
#include "keymgmt/key.h"

namespace sesam::keymgmt {
namespace {

// The names come from the device, so they are filtered; in the URI they are percent-encoded, so the filter
// changes nothing. False: the parameter was requested, but the text does not fit.
bool set_text(OSSL_PARAM params[], const char* name, const std::string& text) {
  OSSL_PARAM* p = OSSL_PARAM_locate(params, name);
  return p == nullptr || OSSL_PARAM_set_utf8_string(p, printable(text).c_str()) == 1;
}

bool set_number(OSSL_PARAM params[], const char* name, unsigned number) {
  OSSL_PARAM* p = OSSL_PARAM_locate(params, name);
  return p == nullptr || OSSL_PARAM_set_uint(p, number) == 1;
}

}  // namespace

Result<void> get_device_params(const KeyData& key, OSSL_PARAM params[]) {
  bool fit = set_number(params, kSecurityCategoryParam, 0);
  if (key.device)
    fit = fit && set_text(params, kKeyIdParam, key.handle.key_id) &&
          set_text(params, kNameParam, key.handle.nice_name) && set_text(params, kUriParam, key.uri) &&
          set_number(params, kCoreParam, key.handle.core);
  if (!fit) return Error{Reason::bad_argument, "a parameter has the wrong type or is too small"};
  return {};
}

}  // namespace sesam::keymgmt
