// SPDX-License-Identifier: Apache-2.0
#include "cli/ask.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iostream>
#include <limits>

#include "base/blocked_signals.h"
#include "cli/errors.h"
#include "cli/output.h"
#include "ossl/handles.h"

namespace sesam::cli {
namespace {

using Ui = std::unique_ptr<UI, ossl::FreeWith<&UI_free>>;
using Answer = std::array<char, 257>;  // including the terminating zero

// UI_OpenSSL() catches most signals to restore the terminal's echo, but not these two, which end a process as
// well.
sigset_t unknown_to_ui() noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGUSR2);
  return signals;
}

constexpr int kInterrupted = -2;  // UI_process(3)

// UI_OpenSSL() uses /dev/tty, but falls back to stdin, which may hold the text to encrypt.
bool ask(const std::string& question, int flags, bool twice, std::span<char> answer, int least = 1) {
  const Ui ui(has_terminal() ? UI_new_method(UI_OpenSSL()) : nullptr);
  if (!ui || answer.size() < 2 || answer.size() > std::numeric_limits<int>::max()) return false;
  Answer again;
  const int most = static_cast<int>(answer.size()) - 1;
  const std::string asked = printable(question) + ": ";
  const std::string asked_again = printable(question) + ", again: ";
  if (UI_add_input_string(ui.get(), asked.c_str(), flags, answer.data(), least, most) < 0 ||
      (twice && UI_add_verify_string(ui.get(), asked_again.c_str(), flags, again.data(), least, most,
                                     answer.data()) < 0))
    return false;
  int outcome = 0;
  {
    const BlockedSignals blocked(unknown_to_ui());
    outcome = UI_process(ui.get());
  }
  OPENSSL_cleanse(again.data(), again.size());
  if (outcome == kInterrupted) {
    OPENSSL_cleanse(answer.data(), answer.size());
    static_cast<void>(std::raise(SIGINT));  // UI_OpenSSL() consumed the signal
  }
  return outcome == 0;
}

std::optional<Secret> secret_answer(const std::string& question, bool twice, int least = 1) {
  Answer answer;
  std::optional<Secret> secret;
  if (ask(question, 0, twice, answer, least)) secret.emplace(answer.data());
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

void explain_question(const std::string& text) {
  if (error_form() == ErrorForm::json)
    std::ofstream("/dev/tty") << text;
  else
    std::cerr << text;
}

bool ask_secret(const std::string& question, std::span<char> answer) {
  return ask(question, 0, false, answer);
}

std::optional<Secret> ask_secret(const std::string& question) { return secret_answer(question, false); }

std::optional<Secret> ask_new_secret(const std::string& question) { return secret_answer(question, true); }

std::optional<Secret> ask_optional_secret(const std::string& question) {
  return secret_answer(question, false, 0);
}

std::optional<std::string> ask_text(const std::string& question) {
  Answer answer;
  if (!ask(question, UI_INPUT_FLAG_ECHO, false, answer)) return std::nullopt;
  return answer.data();
}

std::optional<std::string> ask_text(const std::string& question, const std::string& otherwise) {
  Answer answer;
  if (!ask(question + (otherwise.empty() ? "" : " [" + otherwise + "]"), UI_INPUT_FLAG_ECHO, false, answer,
           0))
    return std::nullopt;
  return answer[0] == '\0' ? otherwise : std::string(answer.data());
}

bool confirms(const std::string& question) {
  const auto answer = ask_text(question + " (yes/no)");
  return answer == "yes" || answer == "y";
}

}  // namespace sesam::cli
