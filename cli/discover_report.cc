// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_report.h"

#include <iostream>
#include <utility>

#include "base/joined.h"
#include "cli/output.h"

namespace sesam::cli::discover {
namespace {

constexpr std::pair<Ending, const char*> kEndings[] = {
    {Ending::found, "found"},
    {Ending::not_found, "not_found"},
    {Ending::needs_pin, "needs_pin"},
    {Ending::pin_unproven, "pin_unproven"},
    {Ending::pin_refused, "pin_refused"},
    {Ending::unauthorized, "unauthorized"},
    {Ending::unanswered, "unanswered"},
    {Ending::out_of_requests, "out_of_requests"},
};

const char* name_of(Ending ending) {
  for (const auto& [value, name] : kEndings)
    if (value == ending) return name;
  return "";
}

std::string explanation(Ending ending) {
  switch (ending) {
    case Ending::found:
    case Ending::not_found:
      return "No command on the list signs a digest.";
    case Ending::needs_pin:
      return "A command asks for the key's PIN, which was not sent. Allow that with --send-pin.";
    case Ending::pin_unproven:
      return "The PIN was sent, but no signature proved it correct. To let the search send the PIN in more "
             "requests, use a new key (--make-key).";
    case Ending::pin_refused:
      return "The device refused a request that carried the PIN. No further request carried it, because the "
             "device "
             "may lock the key.";
    case Ending::unauthorized:
      return "The device answered with HTTP status 401. Correct 'user' and 'pass' in openssl.cnf.";
    case Ending::unanswered:
      return "The device no longer responds.";
    case Ending::out_of_requests:
      return "The limit on requests was reached.";
  }
  return "";
}

Json json_of(const std::vector<AnswerGroup>& answers) {
  Json all = Json::array();
  for (const auto& group : answers)
    all.push_back({{"answer", group.answer}, {"count", group.count}, {"commands", group.commands}});
  return all;
}

Json json_of(const Finding& finding, const Subject& subject, const DeviceTarget& target) {
  Json json = {{"found", finding.ending == Ending::found},
               {"ending", name_of(finding.ending)},
               {"requests", finding.requests},
               {"key", subject.key},
               {"signed_text", subject.text},
               {"digest", {{"name", subject.hash}, {"hex", subject.digest}}}};
  if (!subject.delete_with.empty()) json["delete_with"] = subject.delete_with;
  if (finding.ending == Ending::found) {
    json["setting"] = subject.setting;
    json["row"] = finding.row();
    json["pin_tested"] = finding.pin_was_sent;
  }
  json["known_commands"] = finding.known_commands;
  json["remarks"] = finding.remarks;
  json["answers"] = json_of(target.answers());
  return json;
}

void print_answers(const std::vector<AnswerGroup>& answers) {
  std::cout << "\nThe device's answers:\n";
  for (const auto& group : answers)
    std::cout << "\n"
              << group.count << " times: " << printable(group.answer) << "\n  to "
              << joined(group.commands, ", ") << "\n";
}

void print_key_left(const Subject& subject) {
  if (!subject.delete_with.empty())
    std::cout << "\nThe key '" << printable(subject.key) << "' is still on the device. To delete it:\n  "
              << printable(subject.delete_with) << "\n";
}

void print_success(const Finding& finding, const Subject& subject) {
  std::cout << "Found after " << finding.requests
            << " requests. Add this line to the provider's section of openssl.cnf:\n\n"
            << subject.setting << " = " << finding.row() << "\n\n"
            << "It signed the " << subject.hash << " digest of this text with the key '"
            << printable(subject.key) << "':\n  " << subject.text << "\n";
  if (!finding.pin_was_sent)
    std::cout << "No PIN was sent: the name of the PIN field in this row is not tested.\n";
}

}  // namespace

void print_plan(KeyType kind, bool without_pin, bool json) {
  constexpr std::pair<Role, const char*> kRoles[] = {
      {Role::key, "key"},         {Role::digest, "digest"},         {Role::pin, "PIN"},
      {Role::padding, "padding"}, {Role::hash_name, "hash's name"}, {Role::salt, "salt's length"}};
  std::vector<std::string> first{with_all_names(kControlName, kind).row()};
  for (const auto name : command_names(kind)) first.push_back(with_all_names(name, kind).row());
  std::vector<std::string> gets;
  for (const auto& arguments : get_arguments(kind, without_pin))
    gets.push_back("GET /n200/COMMAND/" + arguments);
  Json names;
  for (const auto& [role, what] : kRoles) names[what] = field_names(role);
  if (json)
    return print_json({{"commands", command_names(kind)},
                       {"control", kControlName},
                       {"fields", names},
                       {"first_requests", first},
                       {"get_requests", gets}});
  std::cout << "Command names, and " << kControlName << ", which does not exist, for comparison:\n ";
  for (const auto name : command_names(kind)) std::cout << ' ' << name;
  std::cout << "\n\nField names:\n";
  for (const auto& [what, all] : names.items()) {
    std::cout << "  " << what << ':';
    for (const auto& name : all) std::cout << ' ' << name.get<std::string>();
    std::cout << '\n';
  }
  std::cout << "A name that a reply asks for is used too, if it is a plain identifier.\n\nFirst requests, in "
               "this order:\n";
  for (const auto& row : first) std::cout << "  " << row << '\n';
  std::cout
      << "\nThen the same fields one by one, with other values: {key_id}, {name} and {token}; {digest:hex}, "
         "{digest:hexlower} and\n{digest:base64}; and with pin={pin}, once until a signature proves the PIN "
         "correct. "
         "If no POST signs, with each command:\n";
  for (const auto& row : gets) std::cout << "  " << row << '\n';
}

void print_finding(const Finding& finding, const Subject& subject, const DeviceTarget& target, bool json) {
  if (json) return print_json(json_of(finding, subject, target));
  const bool found = finding.ending == Ending::found;
  if (found) {
    print_success(finding, subject);
  } else {
    std::cout << "Not found after " << finding.requests << " requests. " << explanation(finding.ending)
              << "\n";
    if (!finding.known_commands.empty())
      std::cout << "The device seems to know: " << joined(finding.known_commands, ", ") << "\n";
  }
  for (const auto& remark : finding.remarks) std::cout << printable(remark) << "\n";
  if (!found) print_answers(target.answers());
  print_key_left(subject);
}

}  // namespace sesam::cli::discover
