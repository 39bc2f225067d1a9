// SPDX-License-Identifier: Apache-2.0
#include "cli/ask.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>
#include <unistd.h>

#include <array>

#include "base/handles.h"

namespace sesam::cli {
namespace {

using Ui = std::unique_ptr<UI, FreeWith<&UI_free>>;
using Answer = std::array<char, 257>;  // with its closing zero

// UI_OpenSSL() uses /dev/tty, but takes stdin where there is none: that may be the text to encrypt.
bool ask(const std::string& question, int flags, bool twice, Answer& answer) {
  const Ui ui(has_terminal() ? UI_new_method(UI_OpenSSL()) : nullptr);
  Answer again;
  constexpr int kMost = static_cast<int>(std::tuple_size_v<Answer>) - 1;
  const std::string asked = question + ": ";
  const std::string asked_again = question + ", again: ";
  const bool answered = ui &&
                        UI_add_input_string(ui.get(), asked.c_str(), flags, answer.data(), 1, kMost) >= 0 &&
                        (!twice || UI_add_verify_string(ui.get(), asked_again.c_str(), flags, again.data(), 1,
                                                        kMost, answer.data()) >= 0) &&
                        UI_process(ui.get()) == 0;
  OPENSSL_cleanse(again.data(), again.size());
  return answered;
}

std::optional<Secret> secret_answer(const std::string& question, bool twice) {
  Answer answer;
  std::optional<Secret> secret;
  if (ask(question, 0, twice, answer)) secret.emplace(answer.data());
  OPENSSL_cleanse(answer.data(), answer.size());
  return secret;
}

}  // namespace

bool has_terminal() noexcept {
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  ::close(terminal);
  return true;
}

std::optional<Secret> ask_secret(const std::string& question) { return secret_answer(question, false); }

std::optional<Secret> ask_new_secret(const std::string& question) { return secret_answer(question, true); }

std::optional<std::string> ask_text(const std::string& question) {
  Answer answer;
  if (!ask(question, UI_INPUT_FLAG_ECHO, false, answer)) return std::nullopt;
  return answer.data();
}

}  // namespace sesam::cli
