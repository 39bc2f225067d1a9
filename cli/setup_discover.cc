// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_discover.h"

#include <iostream>
#include <string_view>
#include <utility>

#include "cli/discover.h"
#include "cli/errors.h"
#include "cli/key_name.h"
#include "cli/output.h"
#include "cli/setup_contents.h"
#include "cli/setup_settings.h"
#include "cli/shell_word.h"
#include "cli/trial_signature.h"
#include "keymgmt/key_types.h"
#include "n200/wire.h"
#include "transport/curl/curl_driver.h"

namespace sesam::cli::setup {
namespace {

Result<std::shared_ptr<transport::Pipeline>> pipeline_for(const Plan& plan, const Arguments& arguments) {
  SESAM_TRY(configuration, configuration_of(plan, arguments.directory));
  SESAM_TRY(log, Log::open(0, "stderr"));
  SESAM_TRY(connection, options_for_libcurl(std::move(configuration.connection)));
  return transport::curl::pipeline_for(std::move(connection), std::move(log));
}

std::string text_of(const discover::Finding& finding, const discover::Subject& subject) {
  std::string text = subject.setting + " = " + finding.row();
  for (const auto& remark : finding.remarks) text += "; " + remark;
  return text + "; to delete the key of the search, when the files are written: " + subject.delete_with;
}

// The plan keeps the last setting that was tried. `found` is for the user.
discover::Source source_of(Plan& plan, const Arguments& arguments, bool json, std::string& found) {
  return {arguments.directory + "/openssl.cnf", json,
          [&plan, &arguments] { return pipeline_for(plan, arguments); },
          [&plan, &arguments](const std::string& setting, const std::string& row) {
            plan.values.insert_or_assign(setting, Secret(row));
            return device_for(plan, arguments, Records::audit);
          },
          [json, &found](const auto& finding, const auto& subject, const auto& target, bool serves) {
            if (serves)
              found = text_of(finding, subject);
            else if (!json)
              discover::print_finding(finding, subject, target, json);
          }};
}

Result<bool> search(Plan& plan, const Arguments& arguments, const TriedKey& key, bool json, Checkup& checkup,
                    Changes& changes) {
  Place place = arguments.place;
  place.pin = {};
  place.pin.none = plan.pin.empty();
  std::string found;
  SESAM_TRY(device, device_for(plan, arguments, Records::audit));
  SESAM_TRY(is_found, discover::search_with_new_key(source_of(plan, arguments, json, found), device, key.type,
                                                    place, changes));
  if (is_found) checkup.good("signing command", found);
  return is_found;
}

Result<std::string> sign_again(const Plan& plan, const Arguments& arguments, const TriedKey& key) {
  SESAM_TRY(device, device_for(plan, arguments, Records::audit));
  SESAM_TRY(found, find_key(*device, arguments.key.empty() ? key.name : arguments.key));
  return trial_signature(device, found);
}

std::string_view setting_for(const TriedKey& key) {
  return n200::setting_of(keymgmt::row_of(*keymgmt::key_type_named(key.type)).sign);
}

bool wants_search(const Plan& plan, const Arguments& arguments, const Error& failure) {
  if (!arguments.may_ask()) return false;
  const auto device = device_for(plan, arguments);
  if (!device) return false;
  explain_question("\nThe key made no signature: " + printable(cli::text_of(failure)) +
                   ".\nThe device's signing command may not be the assumed one.\n\n");
  return discover::confirms_search(**device);
}

}  // namespace

Trial find_signing_command(Plan& plan, const Arguments& arguments, TriedKey& key, bool json, Checkup& checkup,
                           Changes& changes) {
  if (!wants_search(plan, arguments, *key.failure)) {
    checkup.bad(kSignature, *key.failure);
    return Trial::unknown_how;
  }
  config::Values before = copy_of(plan.values);
  const auto is_found = search(plan, arguments, key, json, checkup, changes);
  if (!is_found || !*is_found) {
    plan.values = std::move(before);
    key.was_searched = static_cast<bool>(is_found);
    if (!is_found) changes.note(is_found.error());
    checkup.bad(kSignature, is_found ? *key.failure : is_found.error());
    return Trial::unknown_how;
  }
  const auto made = sign_again(plan, arguments, key);
  if (made)
    checkup.good(kSignature, *made);
  else
    checkup.bad(kSignature, made.error());
  return made ? Trial::good : Trial::bad;
}

// No key of the user's serves for the search: it makes one.
void print_way_on(const Arguments& arguments, const TriedKey& key) {
  const std::string config = shell_word(arguments.directory + "/openssl.cnf");
  if (key.was_searched)
    std::cout << "The device's signing command was not found. Add the line for it, see " << setting_for(key)
              << " in "
              << "OSSL_PROVIDER-sesam(7), to the provider's section of " << config << ". ";
  else
    std::cout << "The device's signing command is not the assumed one. This finds it, with at most 400 "
                 "requests:\n\n"
              << "    sesam discover --make-key --type " << key.type << " --config " << config
              << "\n\nAdd the line that it prints to the provider's section of that file. ";
  std::cout << "This copies it to the other files, and signs:\n\n    " << same_again(arguments, key.name)
            << "\n";
}

}  // namespace sesam::cli::setup
