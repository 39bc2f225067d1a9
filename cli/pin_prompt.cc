// SPDX-License-Identifier: Apache-2.0
#include "cli/pin_prompt.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <cstring>
#include <string>

#include "cli/ask.h"

namespace sesam::cli {
namespace {

// OSSL_PASSPHRASE_CALLBACK: openssl-core.h(7).
int ask(char* pass, size_t size, size_t* length, const OSSL_PARAM params[], void*) {
  const OSSL_PARAM* info = OSSL_PARAM_locate_const(params, OSSL_PASSPHRASE_PARAM_INFO);
  const char* what = nullptr;
  if (info == nullptr || OSSL_PARAM_get_utf8_string_ptr(info, &what) != 1) what = "PIN";
  if (!ask_secret(std::string("Enter ") + what, {pass, size})) return 0;
  *length = std::strlen(pass);
  return 1;
}

}  // namespace

keymgmt::PinPrompt terminal_prompt() noexcept { return {&ask, nullptr}; }

}  // namespace sesam::cli
