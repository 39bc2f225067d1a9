// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_trial.h"

#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "base/file.h"
#include "cli/device_access.h"
#include "cli/doctor.h"
#include "cli/files.h"
#include "cli/key_name.h"
#include "cli/setup_settings.h"
#include "cli/shell_word.h"
#include "cli/trial_signature.h"
#include "keymgmt/key_types.h"
#include "keymgmt/public_key.h"
#include "n200/audit.h"
#include "n200/errors.h"
#include "transport/pipeline.h"

namespace sesam::cli::setup {
namespace {

constexpr char kUser[] = "user";
constexpr char kCores[] = "cores";
constexpr char kKey[] = "key";
constexpr unsigned kMaxCore = 16;  // further ones are not looked for
constexpr unsigned kMaxPasswords = 3;

Result<Secret> password_on_stdin() {
  if (::isatty(STDIN_FILENO) == 1)
    return Error{Reason::bad_argument,
                 "--pass-source stdin: is for a pipe or a file; use ask: at a terminal"};
  Secret text;
  SESAM_CHECK(read_input({}, [&](std::span<unsigned char> block) {
    text.append({reinterpret_cast<const char*>(block.data()), block.size()});
    OPENSSL_cleanse(block.data(), block.size());
  }));
  auto line = only_line(text.reveal());
  if (auto* problem = std::get_if<std::string>(&line))
    return Error{Reason::bad_argument, "--pass-source stdin: " + *problem};
  return std::get<Secret>(std::move(line));
}

Result<Secret> ask_password(const std::string& user) {
  auto password = ask_secret("Password of " + user);
  if (!password) return Error{Reason::bad_argument, "no password was given"};
  return std::move(*password);
}

std::string user_in(const Plan& plan) {
  const auto found = plan.values.find(kUser);
  return found == plan.values.end() ? std::string() : std::string(found->second.reveal());
}

// Returns whether the password was typed, and so may be prompted for again.
Result<bool> find_credentials(Plan& plan, const Arguments& arguments) {
  if (user_in(plan).empty() && !arguments.user && arguments.may_ask())
    if (const auto user = ask_text("User on the device (none: Enter)", ""); user && !user->empty())
      plan.values.insert_or_assign(kUser, Secret(*user));
  const std::string user = user_in(plan);
  if (user.empty()) {
    plan.password = Secret();
    return false;
  }
  if (arguments.pass_source == kStdin) {
    SESAM_TRY(password, password_on_stdin());
    plan.password = std::move(password);
  }
  if (!plan.password.empty()) return false;
  if (!has_terminal())
    return Error{
        Reason::bad_argument,
        "the password of " + user + " is not known, and there is no terminal to ask at: give --pass-source"};
  SESAM_TRY(password, ask_password(user));
  plan.password = std::move(password);
  return true;
}

// Nothing if one of the nodes cannot be reached.
std::optional<HttpVersion> check_connections(const transport::Options& options, Checkup& checkup) {
  bool all = true;
  auto lowest = HttpVersion::http2;
  for (std::size_t node = 0; node < options.urls.size(); ++node) {
    const auto http = check_connection(options, node, checkup);
    all &= http.has_value();
    lowest = std::min(lowest, http.value_or(lowest));
  }
  return all ? std::optional(lowest) : std::nullopt;
}

// The reason why the device refuses an absent key in that core.
Reason refusal_in_core(n200::Device& device, unsigned core) {
  const auto made = sign_with_absent_key(device, core);
  return made ? Reason::unknown_key : made.error().reason;
}

std::string text_of_cores(unsigned cores) {
  if (cores == 1) return "1";
  return "1 to " + std::to_string(cores) + (cores == kMaxCore ? ", and maybe more" : "");
}

// The reasons for which a signature can fail although user, key and PIN are right.
bool may_be_another_command(Reason reason) noexcept {
  constexpr Reason kReasons[] = {
      Reason::unknown_command, Reason::bad_reply,   Reason::reply_field_missing, Reason::bad_signature_length,
      Reason::bad_signature,   Reason::http_status, Reason::server_error,        Reason::device_error};
  return std::find(std::begin(kReasons), std::end(kReasons), reason) != std::end(kReasons);
}

struct Wanted {
  std::string name;
  bool may_make = false;
};

Wanted wanted_key(const Arguments& arguments) {
  if (!arguments.make_key.empty()) return {arguments.make_key, true};
  if (!arguments.key.empty() || !arguments.may_ask()) return {arguments.key, false};
  return {ask_text("Key for a first signature, or the name of a new one (none: Enter)", "").value_or(""),
          false};
}

Result<void> make_key(n200::Device& device, const Plan& plan, const Arguments& arguments,
                      const std::string& name, Changes& changes) {
  SESAM_TRY(key, new_key(device, arguments.place, name, plan.pin));
  keymgmt::set_kind(key, *keymgmt::key_type_named(arguments.type), {}, 0);
  SESAM_TRY(record, device.generate(key));
  changes.add(creation_of(record));
  return {};
}

Result<FoundKey> find_or_make(n200::Device& device, const Plan& plan, const Arguments& arguments,
                              const Wanted& wanted, bool& is_new, Changes& changes) {
  auto found = find_key_past_cache(device, wanted.name);
  if (found || found.error().reason != Reason::unknown_key || n200::has_key_uri_scheme(wanted.name))
    return found;
  const bool is_asked_for =
      wanted.may_make || (arguments.key.empty() && arguments.may_ask() &&
                          confirms("The device has no key '" + wanted.name + "'. Make it?"));
  if (!is_asked_for) return found;
  SESAM_CHECK(make_key(device, plan, arguments, wanted.name, changes));
  is_new = true;
  return find_key(device, wanted.name);
}

// Whether a new key could have that name.
bool may_make_key(const Error& error, const Wanted& wanted) {
  return error.reason == Reason::unknown_key && !n200::has_key_uri_scheme(wanted.name) &&
         !n200::is_key_id(wanted.name) && !n200::is_token_label(wanted.name);
}

}  // namespace

Result<std::shared_ptr<n200::Device>> device_for(const Plan& plan, const Arguments& arguments,
                                                 Records records) {
  SESAM_TRY(configuration, configuration_of(plan, arguments.directory));
  configuration.device.remembers_refusals = false;
  SESAM_TRY(log, Log::open(0, "stderr"));
  std::shared_ptr<const n200::Audit> audit;
  if (records == Records::audit) {
    SESAM_TRY(opened, n200::Audit::open(configuration.device.audit, configuration.connection.user, log));
    audit = std::move(opened);
  }
  SESAM_TRY(connection, options_for_libcurl(std::move(configuration.connection)));
  return n200::Device::for_options(std::move(connection), std::move(configuration.device), std::move(log),
                                   std::move(audit));
}

Result<std::optional<HttpVersion>> log_in(Plan& plan, const Arguments& arguments, Checkup& checkup) {
  SESAM_TRY(was_typed, find_credentials(plan, arguments));
  std::optional<HttpVersion> http;
  for (unsigned tries = 1;; ++tries) {
    SESAM_TRY(device, device_for(plan, arguments));
    if (tries == 1) http = check_connections(device->pipeline().options(), checkup);
    if (!http) return http;
    const auto time = device->timestamp();
    const std::string user = user_in(plan);
    if (time || n200::says_no_time(time.error().reason)) {
      checkup.good(kUser, user.empty() ? "none is needed" : user + " is authorized");
      return http;
    }
    if (!is_denial(time.error().reason) || !was_typed || tries == kMaxPasswords) {
      checkup.bad(kUser, time.error());
      return std::optional<HttpVersion>();
    }
    SESAM_TRY(password, ask_password(user + ", again: the device denied access"));
    plan.password = std::move(password);
  }
}

Result<bool> find_limits(const Plan& plan, const Arguments& arguments, HttpVersion http, Checkup& checkup) {
  SESAM_TRY(device, device_for(plan, arguments));
  check_limit(*device, http, checkup);
  const unsigned chosen = device->options().core;
  unsigned cores = 0;
  Reason refusal = Reason::none;
  while (cores < kMaxCore && (refusal = refusal_in_core(*device, cores + 1)) == Reason::unknown_key) ++cores;
  if (is_denial(refusal)) {
    checkup.bad(kCores, Error{refusal, "POST as " + user_in(plan)});
    return false;
  }
  if (cores == 0 || (refusal != Reason::wrong_core && refusal != Reason::unknown_key)) {
    checkup.skip({kCores},
                 "the device does not say which there are; core " + std::to_string(chosen) + " is used");
    return true;
  }
  if (chosen > cores && cores < kMaxCore) {
    checkup.bad(
        kCores,
        "the device has " + text_of_cores(cores) + ", and core " + std::to_string(chosen) + " is chosen",
        "choose one of them with --core");
    return false;
  }
  checkup.good(kCores, text_of_cores(cores) + "; core " + std::to_string(chosen) + " is used");
  return true;
}

void find_pin(Plan& plan, const Arguments& arguments) {
  if (arguments.place.pin.none || !plan.pin.empty()) return;
  if (!arguments.place.pin.ask && !arguments.may_ask()) return;
  if (!has_terminal()) return;
  if (auto pin = ask_optional_secret("PIN of the keys (none, or stored on the device: Enter)"))
    plan.pin = std::move(*pin);
}

Result<Trial> sign_with_key(const Plan& plan, const Arguments& arguments, TriedKey& key, Checkup& checkup,
                            Changes& changes) {
  const Wanted wanted = wanted_key(arguments);
  if (wanted.name.empty() || arguments.dry_run) {
    checkup.skip({kKey, kSignature},
                 arguments.dry_run ? "nothing is changed by a dry run" : "no key was named");
    return Trial::none;
  }
  SESAM_TRY(device, device_for(plan, arguments, Records::audit));
  bool is_new = false;
  const auto found = find_or_make(*device, plan, arguments, wanted, is_new, changes);
  if (!found) {
    changes.note(found.error());
    if (may_make_key(found.error(), wanted))
      checkup.bad(kKey, found.error(), "to make it, give --make-key " + shell_word(wanted.name));
    else
      checkup.bad(kKey, found.error());
    return Trial::bad;
  }
  key.name = name_to_tell(found->record);
  if (const auto type = keymgmt::type_of(found->record)) key.type = keymgmt::row_of(*type).name;
  checkup.good(kKey, "'" + key.name + "' (" + found->record.key_id + ")" + (is_new ? ", new" : ""));
  const auto made = trial_signature(device, *found);
  if (made) {
    checkup.good(kSignature, *made);
    return Trial::good;
  }
  if (may_be_another_command(made.error().reason)) {
    key.failure = made.error();
    return Trial::unknown_how;
  }
  checkup.bad(kSignature, made.error());
  return Trial::bad;
}

}  // namespace sesam::cli::setup
