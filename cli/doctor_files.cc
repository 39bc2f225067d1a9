// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks that the program's user can use the files that settings name.
#include <algorithm>
#include <filesystem>
#include <iterator>

#include "cli/doctor.h"
#include "cli/file_access.h"

namespace sesam::cli {
namespace {

using Access = FileUse::Access;

constexpr char kFiles[] = "files";
constexpr char kLogFile[] = "log file";
constexpr char kAuditFile[] = "audit file";
constexpr char kMetricsFile[] = "metrics file";

struct PathSetting {
  const char* key;
  const char* step;
  Access access;
  bool is_source = false;  // "file:PATH"
};
constexpr PathSetting kPathSettings[] = {
    {"n200_conf", kFiles, Access::read},          {"tlscert", kFiles, Access::read},
    {"client_cert", kFiles, Access::read},        {"client_key", kFiles, Access::read},
    {"pass_source", kFiles, Access::read, true},  {"pin_source", kFiles, Access::read, true},
    {"certificates", kFiles, Access::list},       {"log_output", kLogFile, Access::append},
    {"audit_output", kAuditFile, Access::append}, {"metrics_file", kMetricsFile, Access::replace},
};

std::string value_of(const config::Values& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::string() : std::string(found->second.reveal());
}

bool is_a_word(std::string_view output) {
  constexpr std::string_view kWords[] = {"", "stderr", "syslog", "off", "none", "no"};
  return std::find(std::begin(kWords), std::end(kWords), output) != std::end(kWords);
}

bool is_log_off(const config::Values& values) {
  const std::string level = value_of(values, "log_level");
  return level.empty() || level == "0";
}

// Empty if the setting names no file. An invalid source may be the secret itself.
std::string path_in(const PathSetting& setting, const config::Values& values) {
  std::string value = value_of(values, setting.key);
  if (setting.is_source) return value.starts_with("file:") ? value.substr(5) : std::string();
  if (setting.access == Access::append && is_a_word(value)) return {};
  if (setting.key == std::string_view("log_output") && is_log_off(values)) return {};
  return value;
}

void warn_of_relative_path(const char* step, const FileUse& use, Checkup& checkup) {
  checkup.warn(step,
               use.setting + " = " + use.path +
                   " is a relative path: each program looks for it in its own working directory",
               "use an absolute path, for example " + std::filesystem::absolute(use.path).string());
}

std::string who(const User* user) {
  if (user != nullptr) return "user '" + user->name + "'";
  const User own = own_user();
  return own.uid == 0 ? "root; to check as the user of a program, add --as USER" : "user '" + own.name + "'";
}

struct Outcome {
  std::string step;
  FileUse use;
  FileVerdict own;      // as this process
  FileVerdict of_user;  // as the program's user
};

// A file that only this process can read may be enough: many programs read it before they change their user.
bool report(const Outcome& outcome, const User* user, Checkup& checkup) {
  const bool is_read = outcome.use.access == Access::read || outcome.use.access == Access::list;
  if (is_read && !outcome.own.finding.empty()) {
    checkup.bad(outcome.step, outcome.own.finding, outcome.own.cure);
    return false;
  }
  if (outcome.of_user.finding.empty()) return true;
  if (is_read)
    checkup.warn(outcome.step, outcome.of_user.finding, cure_for_other_user(*user, outcome.of_user.cure));
  else
    checkup.bad(outcome.step, outcome.of_user.finding, outcome.of_user.cure);
  return false;
}

std::vector<Outcome> outcomes_without_verdicts(const std::string& module, const config::Values& values) {
  std::vector<Outcome> outcomes;
  if (!module.empty()) outcomes.push_back({kFiles, {"module", module, Access::read}, {}, {}});
  for (const auto& setting : kPathSettings)
    if (auto path = path_in(setting, values); !path.empty())
      outcomes.push_back({setting.step, {setting.key, std::move(path), setting.access}, {}, {}});
  return outcomes;
}

Result<void> judge(const User* user, std::vector<Outcome>& outcomes) {
  std::vector<FileUse> uses;
  for (const auto& outcome : outcomes) uses.push_back(outcome.use);
  SESAM_TRY(own, try_files(nullptr, uses));
  SESAM_TRY(of_user, try_files(user, uses));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i].own = std::move(own[i]);
    outcomes[i].of_user = std::move(of_user[i]);
  }
  return {};
}

// Returns false if a file of this step cannot be used.
bool report_step(const std::string& step, const std::vector<Outcome>& outcomes, const User* user,
                 Checkup& checkup) {
  const std::size_t bad_before = checkup.count(Mark::bad);
  bool good = true;
  std::string named;
  std::size_t count = 0;
  for (const auto& outcome : outcomes) {
    if (outcome.step != step) continue;
    ++count;
    named = outcome.use.setting + " = " + outcome.use.path;
    const bool is_relative = !std::filesystem::path(outcome.use.path).is_absolute();
    if (is_relative) warn_of_relative_path(step.c_str(), outcome.use, checkup);
    good = report(outcome, user, checkup) && !is_relative && good;
  }
  if (count != 0 && good)
    checkup.good(step, step == kFiles
                           ? std::to_string(count) + " named by settings, readable for " + who(user)
                           : named + ", writable for " + who(user));
  return checkup.count(Mark::bad) == bad_before;
}

}  // namespace

FileFindings check_files(const User* user, const std::string& module, const config::Values& values,
                         Checkup& checkup) {
  auto outcomes = outcomes_without_verdicts(module, values);
  if (const auto judged = judge(user, outcomes); !judged) {
    checkup.bad(kFiles, judged.error());
    return {.can_read_settings = false};
  }
  FileFindings findings;
  findings.can_read_settings = report_step(kFiles, outcomes, user, checkup);
  if (is_log_off(values))
    checkup.good(kLogFile, "off (log_level = 0)");
  else if (const std::string output = value_of(values, "log_output"); is_a_word(output))
    checkup.good(kLogFile, output.empty() ? "stderr" : output);
  report_step(kLogFile, outcomes, user, checkup);
  findings.can_write_audit = report_step(kAuditFile, outcomes, user, checkup);
  report_step(kMetricsFile, outcomes, user, checkup);
  return findings;
}

}  // namespace sesam::cli
