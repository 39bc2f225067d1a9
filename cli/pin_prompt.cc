// SPDX-License-Identifier: Apache-2.0
#include "cli/pin_prompt.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/ui.h>

#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "base/handles.h"

namespace sesam::cli {
namespace {

using Ui = std::unique_ptr<UI, FreeWith<&UI_free>>;

// OSSL_PASSPHRASE_CALLBACK: openssl-core.h(7). UI_OpenSSL() reads from /dev/tty without echo.
int ask(char* pass, size_t size, size_t* length, const OSSL_PARAM params[], void*) {
  const OSSL_PARAM* info = OSSL_PARAM_locate_const(params, OSSL_PASSPHRASE_PARAM_INFO);
  const char* what = nullptr;
  if (info == nullptr || OSSL_PARAM_get_utf8_string_ptr(info, &what) != 1) what = "PIN";
  const std::string question = std::string("Enter ") + what + ": ";
  const Ui ui(UI_new_method(UI_OpenSSL()));
  if (!ui || size < 2 || size > std::numeric_limits<int>::max()) return 0;
  const int most = static_cast<int>(size) - 1;
  if (UI_add_input_string(ui.get(), question.c_str(), 0, pass, 1, most) < 0 || UI_process(ui.get()) != 0)
    return 0;
  *length = std::strlen(pass);
  return 1;
}

}  // namespace

keymgmt::PinPrompt terminal_prompt() noexcept { return {&ask, nullptr}; }

}  // namespace sesam::cli
