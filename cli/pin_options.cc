// SPDX-License-Identifier: Apache-2.0
#include "cli/pin_options.h"

#include "cli/ask.h"
#include "cli/option_values.h"
#include "cli/pin_prompt.h"
#include "keymgmt/key_pin.h"

namespace sesam::cli {

void add_pin_source(CLI::App& command, Session& session, PinOptions& pin) {
  command
      .add_option_function<std::string>(
          "--pin-source",
          [&session, &pin](const std::string& source) {
            if (source == keymgmt::kAsk)
              pin.ask = true;
            else
              session.set.push_back("pin_source=" + source);
          },
          "source of the PIN: file:PATH, env:NAME, or ask: to be prompted")
      ->check(secret_source({std::string(keymgmt::kAsk)}))
      ->type_name("SOURCE");
}

void add_new_pin_options(CLI::App& command, Session& session, PinOptions& pin) {
  add_pin_source(command, session, pin);
  command.add_flag("--no-pin", pin.none, "send no PIN")->excludes("--pin-source");
}

Result<Secret> pin_of_new_keys(const n200::Device& device, const PinOptions& pin) {
  if (pin.none) return Secret();
  if (!pin.ask && !device.options().pin.empty()) return device.options().pin.clone();
  if (!has_terminal())
    return Error{Reason::bad_argument,
                 "a new key needs a PIN, and there is no terminal to ask for it; use --pin-source file:PATH, "
                 "--pin-source env:NAME or --no-pin"};
  auto answer = ask_new_secret("PIN of the new key");
  if (!answer) return Error{Reason::pin_missing, "no PIN was entered, or the two PINs differ"};
  return std::move(*answer);
}

Result<n200::KeyHandle> handle_of(const n200::Device& device, FoundKey found, const PinOptions& pin) {
  if (pin.ask && !has_terminal())
    return Error{Reason::bad_argument,
                 "--pin-source ask: there is no terminal to ask for the PIN; use file:PATH or env:NAME"};
  if (pin.ask) found.uri.pin_source = keymgmt::kAsk;
  SESAM_TRY(secret, keymgmt::pin_for(found.uri, found.record, device, terminal_prompt()));
  return device.handle(found.uri, found.record, std::move(secret));
}

}  // namespace sesam::cli
