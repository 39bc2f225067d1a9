// SPDX-License-Identifier: Apache-2.0
// `sesam discover`: finds the device's signing command where it is not as assumed.
#include "cli/discover.h"

#include <iostream>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/discover_search.h"
#include "cli/discover_target.h"
#include "cli/message.h"
#include "cli/new_key.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/shell_word.h"
#include "cli/time_text.h"
#include "config/configuration.h"
#include "transport/curl/curl_driver.h"

namespace sesam::cli {
namespace {

using keymgmt::KeyType;

struct Arguments {
  std::string key;
  std::optional<std::string> make_key;  // its name; empty: a generated name
  std::string type = keymgmt::row_of(KeyType::ec).name;
  bool send_pin = false;
  bool dry_run = false;
  bool yes = false;
  unsigned max_requests = 0;
  Place place;
};

constexpr unsigned kMaxRequests = 400;
// Requests reserved for creating or finding the key, and for the final signature by the provider's own code.
constexpr unsigned kRequestsBeside = 10;

KeyType kind_of(const Arguments& arguments) { return *keymgmt::key_type_named(arguments.type); }

void explain_search(const Arguments& arguments, const n200::Device& device) {
  explain_question("This sends at most " + std::to_string(arguments.max_requests) + " requests to " +
                   printable(device.pipeline().options().urls.front()) +
                   ", one at a time, until one of them makes a signature.\n"
                   "All have command names that contain \"sign\"; `sesam discover --dry-run` prints them. " +
                   (arguments.make_key   ? "A new key is created for this, and remains on the device.\n"
                    : arguments.send_pin ? "The key's PIN is sent.\n"
                                         : "No PIN is sent.\n"));
}

Result<void> confirm(const Arguments& arguments, const n200::Device& device) {
  if (arguments.yes) return {};
  if (!has_terminal())
    return Error{Reason::bad_argument,
                 "there is no terminal for confirmation; review the output of --dry-run, then use --yes"};
  explain_search(arguments, device);
  if (ask_text("Type yes to continue") == "yes") return {};
  return Error{Reason::bad_argument, "not confirmed; no request was sent"};
}

using KeyPtr = std::shared_ptr<const keymgmt::KeyData>;

Result<KeyPtr> make_key(const std::shared_ptr<n200::Device>& device, const Arguments& arguments,
                        Changes& changes, bool json) {
  SESAM_TRY(pin, pin_of_new_keys(*device, arguments.place.pin));
  const std::string name =
      arguments.make_key->empty() ? "sesam-discover-" + time_as("%Y%m%d-%H%M%S") : *arguments.make_key;
  SESAM_TRY(key, new_key(*device, arguments.place, name, pin));
  keymgmt::set_kind(key, kind_of(arguments), {}, 0);
  SESAM_TRY(record, device->generate(key));
  changes.add(creation_of(record));
  if (!json) print_changes(changes.take());
  n200::KeyUri uri;
  uri.core = key.core;
  return keymgmt::Key::from_record(record, uri, std::move(pin), device);
}

// Opens the named key; with its PIN only if that may be sent.
Result<KeyPtr> named_key(const std::shared_ptr<n200::Device>& device, const Arguments& arguments) {
  SESAM_TRY(found, find_key(*device, arguments.key));
  if (!arguments.send_pin) return keymgmt::Key::from_record(found.record, found.uri, Secret(), device);
  const n200::KeyRecord record = found.record;
  n200::KeyUri uri;
  uri.core = found.uri.core;
  SESAM_TRY(handle, handle_of(*device, std::move(found), arguments.place.pin));
  if (handle.pin.empty()) return Error{Reason::pin_missing, "--send-pin is used, but no PIN is known"};
  return keymgmt::Key::from_record(record, uri, std::move(handle.pin), device);
}

Result<std::shared_ptr<transport::Pipeline>> pipeline_of(const Session& session) {
  SESAM_TRY(collected, session.collect());
  SESAM_TRY(configuration, config::build_configuration(collected.values));
  SESAM_TRY(log, Log::open(configuration.log_level, configuration.log_output, configuration.log_format));
  return transport::curl::pipeline_for(std::move(configuration.connection), std::move(log));
}

// The row must serve in the provider, whose own code is asked for a signature.
Result<bool> signs_with_row(const discover::Source& source, const keymgmt::KeyData& key,
                            const std::string& setting, const std::string& row,
                            const discover::DeviceTarget& target) {
  SESAM_TRY(device, source.device_with(setting, row));
  SESAM_TRY(found, find_key(*device, key.handle.key_id));
  n200::KeyUri uri;
  uri.core = key.handle.core;
  SESAM_TRY(data, keymgmt::Key::from_record(found.record, uri, key.handle.pin.clone(), device));
  keymgmt::Key signer(data, keymgmt::Key::Part::with_private);
  Message message;
  message.digest = target.hash().name;
  SESAM_TRY(signature, sign_digest(signer, message, target.digest()));
  return verify_digest(signer, message, target.digest(), signature);
}

discover::SearchSettings settings_for(const Arguments& arguments, const keymgmt::KeyData& key,
                                      const discover::DeviceTarget& target) {
  discover::SearchSettings settings;
  settings.kind = key.type;
  settings.signature_bytes = key.device_signature_bytes;
  settings.may_send_pin = !key.handle.pin.empty();
  // The key was just created with this PIN: a refusal that names another field does not cost a PIN attempt.
  constexpr unsigned kPinsOfMadeKey = 8;
  if (arguments.make_key) settings.max_unproven_pins = kPinsOfMadeKey;
  settings.key_has_no_pin = arguments.make_key.has_value() && key.handle.pin.empty();
  settings.sent = target.values_sent();
  settings.max_requests = arguments.max_requests - std::min(arguments.max_requests, kRequestsBeside);
  return settings;
}

std::string deletion_of(const keymgmt::KeyData& key, const std::string& config) {
  return "sesam delete " + key.handle.key_id + (config.empty() ? "" : " --config " + shell_word(config));
}

discover::Subject subject_of(const discover::Source& source, const Arguments& arguments,
                             const keymgmt::KeyData& key, std::string text,
                             const discover::DeviceTarget& target) {
  discover::Subject subject;
  subject.setting = n200::setting_of(keymgmt::row_of(key.type).sign);
  subject.key = key.handle.nice_name.empty() ? key.handle.key_id : key.handle.nice_name;
  if (arguments.make_key) subject.delete_with = deletion_of(key, source.config);
  subject.text = std::move(text);
  subject.hash = target.hash().name;
  subject.digest = to_hex(target.digest());
  return subject;
}

void add_remarks(discover::Finding& finding, KeyType kind) {
  if (finding.ending != discover::Ending::found || !keymgmt::row_of(kind).has_paddings) return;
  if (!finding.signs_other_digest)
    finding.remarks.emplace_back(
        "The command signs SHA256 digests only: a signature over a SHA512 digest did not verify.");
  if (!finding.signs_pss)
    finding.remarks.emplace_back(
        "The command makes PKCS#1 v1.5 signatures only: a PSS signature did not verify.");
}

Result<bool> search_with(const discover::Source& source, const Arguments& arguments, const KeyPtr& key) {
  SESAM_TRY(pipeline, source.pipeline());
  const std::string text = "sesam discover, " + time_as("%Y-%m-%dT%H:%M:%SZ");
  Progress progress(arguments.max_requests);
  discover::DeviceTarget target(
      pipeline, key, text, [&](const discover::Candidate& candidate) { progress.next(candidate.command); });
  const auto subject = subject_of(source, arguments, *key, text, target);
  if (!source.json)
    std::cerr << "sesam: signing the " << subject.hash << " digest of the text \"" << subject.text << "\"\n";
  auto settings = settings_for(arguments, *key, target);
  auto finding = discover::search(target, settings);
  add_remarks(finding, settings.kind);
  Result<bool> serves = finding.ending == discover::Ending::found;
  if (*serves) serves = signs_with_row(source, *key, subject.setting, finding.row(), target);
  progress.clear();
  source.report(finding, subject, target, serves && *serves);
  if (serves || finding.ending != discover::Ending::found) return serves;
  std::cout.flush();
  if (!source.json) std::cerr << "sesam: the provider cannot sign with this line yet\n";
  return serves;
}

discover::Source source_of(const Session& session) {
  return {session.config, session.json, [&session] { return pipeline_of(session); },
          [&session](const std::string& setting, const std::string& row) {
            Session with_row = session;
            with_row.set.push_back(setting + "=" + row);
            return with_row.device();
          },
          [&session](const auto& finding, const auto& subject, const auto& target, bool) {
            discover::print_finding(finding, subject, target, session.json);
          }};
}

Result<bool> run_discover(Session& session, const Arguments& arguments) {
  if (arguments.dry_run) {
    discover::print_plan(kind_of(arguments), arguments.place.pin.none, session.json);
    return true;
  }
  SESAM_TRY(device, session.device());
  SESAM_CHECK(confirm(arguments, *device));
  SESAM_TRY(key, arguments.make_key ? make_key(device, arguments, session.changes, session.json)
                                    : named_key(device, arguments));
  return search_with(source_of(session), arguments, key);
}

void check_fit(const Arguments& arguments) {
  if (arguments.dry_run) return;
  if (arguments.key.empty() && !arguments.make_key)
    throw CLI::ValidationError("discover", "KEY or --make-key is required");
  if (!arguments.key.empty() && arguments.make_key)
    throw CLI::ValidationError("--make-key", "KEY and --make-key exclude each other");
}

Arguments arguments_for_new_key() {
  Arguments arguments;
  arguments.make_key.emplace();
  arguments.max_requests = kMaxRequests;
  return arguments;
}

}  // namespace

bool discover::confirms_search(const n200::Device& device) {
  explain_search(arguments_for_new_key(), device);
  return confirms("Run `sesam discover` now?");
}

Result<bool> discover::search_with_new_key(const Source& source, const std::shared_ptr<n200::Device>& device,
                                           const std::string& type, const Place& place, Changes& changes) {
  Arguments arguments = arguments_for_new_key();
  arguments.type = type;
  arguments.place = place;
  SESAM_TRY(key, make_key(device, arguments, changes, source.json));
  return search_with(source, arguments, key);
}

void add_discover(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("discover", "Find the device's signing command, if it differs from the assumed one");
  const auto arguments = std::make_shared<Arguments>();
  arguments->max_requests = kMaxRequests;
  command->add_option("KEY", arguments->key, kKeyHelp);
  command
      ->add_option_function<std::string>(
          "--make-key", [arguments](const std::string& name) { arguments->make_key = name; },
          "create a key with this name for the search; it remains on the device")
      ->expected(0, 1)
      ->type_name("[NAME]");
  command->add_option("--type", arguments->type, "type of the key to create: EC (P-256) or RSA (2048 bits)")
      ->check(CLI::IsMember(keymgmt::key_type_names(), CLI::ignore_case))
      ->capture_default_str();
  command->add_flag("--send-pin", arguments->send_pin, "send the PIN of an existing KEY");
  command->add_flag("--dry-run", arguments->dry_run, "print what would be sent, and send nothing");
  command->add_flag("--yes", arguments->yes, "do not ask for confirmation");
  command->add_option("--max-requests", arguments->max_requests, "maximum number of requests; default: 400")
      ->check(decimal())
      ->check(CLI::Range(20U, kMaxRequests))
      ->type_name("N");
  add_place_options(*command, session, arguments->place);
  command->callback([&session, arguments] {
    check_fit(*arguments);
    session.command = [&session, arguments] { return run_discover(session, *arguments); };
  });
}

}  // namespace sesam::cli
