// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: sets up a device and writes the files that programs need for it.
#include "cli/setup.h"

#include <sys/stat.h>

#include <iostream>
#include <utility>

#include "cli/advice.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/key_name.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/setup_block.h"
#include "cli/setup_contents.h"
#include "cli/setup_discover.h"
#include "cli/setup_files.h"
#include "cli/setup_settings.h"
#include "cli/setup_system.h"
#include "cli/setup_trial.h"
#include "cli/setup_trust.h"
#include "cli/shell_word.h"
#include "cli/trial_signature.h"
#include "keymgmt/key_types.h"

namespace sesam::cli {
namespace {

using setup::Arguments;
using setup::Change;
using setup::Plan;
using setup::PlannedFile;
using setup::Trial;

// The results of a run, for output as text and JSON.
struct Run {
  Checkup checkup;
  std::vector<PlannedFile> files;
  setup::Agreed agreed;
  setup::TriedKey key;
  bool is_written = false;
};

// Whether to describe what is planned for a file, or what was done.
enum class Tense { plan, past };

const char* word_of(const PlannedFile& planned, Tense tense) noexcept {
  constexpr const char* kPlan[] = {"unchanged", "to be written", "mode to be corrected", "to be replaced"};
  constexpr const char* kPast[] = {"unchanged", "new", "mode corrected", "replaced"};
  const bool is_plan = tense == Tense::plan;
  if (planned.change == Change::replace && planned.file.is_edit)
    return is_plan ? "to be extended" : "extended";
  return (is_plan ? kPlan : kPast)[static_cast<std::size_t>(planned.change)];
}

std::string octal(unsigned mode) {
  return {'0', static_cast<char>('0' + (mode >> 6 & 7)), static_cast<char>('0' + (mode >> 3 & 7)),
          static_cast<char>('0' + (mode & 7))};
}

// What a dry run may show: files that every user can read, and only the additions to others.
std::string shown_of(const setup::NewFile& file) {
  if ((file.mode & S_IROTH) != 0) return std::string(file.text.reveal());
  return file.is_edit ? setup::blocks_in(file.text.reveal()) : std::string();
}

void print_files(const std::vector<PlannedFile>& files, Tense tense) {
  std::cout << "\nFiles:\n\n";
  for (const auto& planned : files) {
    std::cout << "  " << octal(planned.file.mode) << "  " << printable(planned.file.path) << "  "
              << word_of(planned, tense);
    if (tense == Tense::past && !planned.backup.empty())
      std::cout << "; the old one is " << printable(planned.backup);
    std::cout << '\n';
  }
  std::cout << std::endl;
}

void print_contents(const std::vector<PlannedFile>& files) {
  for (const auto& planned : files)
    if (const auto text = shown_of(planned.file); planned.change != Change::none && !text.empty())
      std::cout << "--- " << printable(planned.file.path) << '\n' << text << '\n';
}

void print_as_json(const Run& run, const Arguments& arguments, const Result<bool>& healthy) {
  Json steps = Json::array();
  for (const auto& step : run.checkup.steps()) {
    Json one{{"step", step.name}, {"result", word_of(step.mark)}, {"finding", step.finding}};
    if (!step.cure.empty()) one["cure"] = step.cure;
    steps.push_back(std::move(one));
  }
  Json files = Json::array();
  for (const auto& planned : run.files) {
    const Tense tense = run.is_written ? Tense::past : Tense::plan;
    Json one{
        {"path", planned.file.path}, {"mode", octal(planned.file.mode)}, {"change", word_of(planned, tense)}};
    if (run.is_written && !planned.backup.empty()) one["backup"] = planned.backup;
    files.push_back(std::move(one));
  }
  Json all{{"healthy", healthy && *healthy},
           {"written", run.is_written},
           {"openssl_conf", arguments.directory + "/openssl.cnf"},
           {"key", run.key.name},
           {"steps", steps},
           {"files", files}};
  if (!healthy) all["error"] = text_of(healthy.error());
  print_json(all);
}

// Nothing: a step of the checkup says what is wrong.
Result<std::optional<Plan>> find_device(const Session& session, const Arguments& arguments,
                                        Checkup& checkup) {
  Plan plan;
  SESAM_TRY(values, setup::settings_before(session, arguments));
  plan.values = std::move(values);
  SESAM_CHECK(setup::read_secrets(plan));
  SESAM_TRY(nodes, setup::nodes_in(plan.values));
  plan.nodes = std::move(nodes);
  constexpr unsigned kTimeoutMs = 5000;
  const auto earlier = plan.values.find("tlscert");
  const std::string path = earlier == plan.values.end() ? "" : std::string(earlier->second.reveal());
  SESAM_TRY(certificates, setup::trust_nodes(plan.nodes, arguments, path, kTimeoutMs, checkup));
  if (!certificates) return std::optional<Plan>();
  plan.certificates = std::move(*certificates);
  return std::optional(std::move(plan));
}

// Tests the written files as programs use them.
Result<bool> try_files(const Arguments& arguments, Run& run) {
  Session written;
  written.config = arguments.directory + "/openssl.cnf";
  const auto cnf = config::OpensslCnf::load(written.config);
  if (const auto section = check_openssl_cnf(written, cnf, nullptr, run.checkup))
    check_module(*cnf, *section, nullptr, run.checkup);
  if (arguments.system) {
    SESAM_TRY(system, config::OpensslCnf::load(setup::system_path(*arguments.system)));
    if (const auto section = Session().section_in(system)) check_pkcs11_uris(system, *section, run.checkup);
  }
  if (!run.checkup.is_healthy() || run.key.name.empty()) return run.checkup.is_healthy();
  SESAM_TRY(device, written.device());
  SESAM_TRY(found, find_key(*device, arguments.key.empty() ? run.key.name : arguments.key));
  const auto made = trial_signature(device, found);
  if (made)
    run.checkup.good("these files", *made);
  else
    run.checkup.bad("these files", made.error());
  return static_cast<bool>(made);
}

// Plans the files, and asks before one is replaced.
Result<void> plan_files(const Session& session, const Arguments& arguments, const Plan& plan, Run& run) {
  SESAM_TRY(files, setup::files_for(plan, arguments));
  SESAM_TRY(planned, setup::plan_files(std::move(files)));
  run.files = std::move(planned);
  if (!arguments.dry_run) SESAM_CHECK(setup::check_places(run.files));
  if (arguments.dry_run || !setup::needs_consent(run.files, arguments, run.agreed)) return {};
  if (!session.json) print_files(run.files, Tense::plan);
  return setup::confirm_changes(run.files, arguments, run.agreed);
}

Result<bool> write(Session& session, const Arguments& arguments, const Plan& plan, Trial trial, Run& run) {
  SESAM_CHECK(plan_files(session, arguments, plan, run));
  if (arguments.dry_run) {
    if (!session.json) print_files(run.files, Tense::plan);
    if (session.json) return true;
    print_contents(run.files);
    std::cout << "This is a dry run: nothing was written.\n";
    return true;
  }
  SESAM_CHECK(setup::write_files(run.files, run.is_written, session.changes));
  if (!session.json) print_files(run.files, Tense::past);
  if (trial == Trial::unknown_how) {
    if (!session.json) setup::print_way_on(arguments, run.key);
    return false;
  }
  SESAM_TRY(healthy, try_files(arguments, run));
  if (healthy && !session.json) std::cout << '\n' << setup::next_steps(plan, arguments, run.key.name);
  return healthy;
}

Result<bool> perform(Session& session, const Arguments& arguments, Run& run) {
  SESAM_TRY(found, find_device(session, arguments, run.checkup));
  if (!found) return false;
  Plan& plan = *found;
  SESAM_TRY(http, setup::log_in(plan, arguments, run.checkup));
  if (!http) return false;
  SESAM_TRY(is_core, setup::find_limits(plan, arguments, *http, run.checkup));
  if (!is_core) return false;
  setup::find_pin(plan, arguments);
  // What prevents writing is found before a key is made. The search below may change the settings to write.
  SESAM_CHECK(plan_files(session, arguments, plan, run));
  SESAM_TRY(trial, setup::sign_with_key(plan, arguments, run.key, run.checkup, session.changes));
  if (trial == Trial::unknown_how)
    trial = setup::find_signing_command(plan, arguments, run.key, session.json, run.checkup, session.changes);
  if (trial == Trial::bad) return false;
  return write(session, arguments, plan, trial, run);
}

// A step of the report describes the problem if there is no error.
void report_nothing_written(Session& session, const Result<bool>& healthy) {
  constexpr char kNothing[] = "nothing was written";
  const auto changes = session.changes.take();
  if (session.json)
    return healthy ? print_error("setup_failed", kNothing, {}, changes)
                   : print_error(healthy.error(), {}, changes);
  if (!healthy) print_error(healthy.error());
  std::cerr << "sesam: " << kNothing << '\n';
  print_changes(changes);
}

Result<bool> run_setup(Session& session, Arguments arguments) {
  set_audience(Audience::setup);
  SESAM_TRY(directory, setup::check_directory(arguments.directory, arguments.dry_run));
  arguments.directory = directory;
  Run run{Checkup(session.json), {}, {}, {}};
  auto healthy = perform(session, arguments, run);
  if (session.json) print_as_json(run, arguments, healthy);
  if ((!healthy || !*healthy) && !run.is_written) {
    std::cout.flush();
    report_nothing_written(session, healthy);
    return false;
  }
  return healthy;
}

void add_device_options(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--url", arguments.urls,
                  "the device: its name, as in its certificate, or its address; repeatable, for the nodes of "
                  "a cluster")
      ->type_name("URL")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--address", arguments.addresses,
                  "connect there instead of resolving the name; repeatable, one for each --url")
      ->type_name("ADDRESS")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--user", arguments.user, "the user on the device")->type_name("NAME");
  command
      .add_option("--pass-source", arguments.pass_source,
                  "where the password is: file:PATH, env:NAME, stdin:, or ask: for the terminal")
      ->check(secret_source({std::string(setup::kStdin), std::string(setup::kAsk)}))
      ->type_name("SOURCE");
  command
      .add_option("--fingerprint", arguments.fingerprints,
                  "trust the certificate with this SHA-256 fingerprint; repeatable, for several nodes")
      ->type_name("SHA256")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--tlscert", arguments.tlscert,
                  "trust the certificates in this PEM file: the device's own, or its CA's")
      ->type_name("FILE");
}

void add_file_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--directory", arguments.directory, "where to write the files")
      ->capture_default_str()
      ->type_name("DIR");
  auto* named =
      command
          .add_option_function<std::string>(
              "--named", [&arguments](const std::string& text) { arguments.named = text; },
              "write a systemd drop-in for named, into this directory; the default for /etc/sesam if "
              "BIND and systemd are there")
          ->expected(0, 1)
          ->type_name("[DIR]");
  command.add_flag("--no-named", arguments.no_named, "do not write files for named")->excludes(named);
  command
      .add_option_function<std::string>(
          "--system", [&arguments](const std::string& text) { arguments.system = text; },
          "add the provider to the system's openssl.cnf too, or to this one; a backup is kept")
      ->expected(0, 1)
      ->type_name("[FILE]");
  command.add_flag("--force", arguments.force, "replace files that have other contents; backups are kept");
  command.add_flag("--yes", arguments.yes,
                   "ask only what has no default: the device, its certificate, the password");
  command.add_flag("--dry-run", arguments.dry_run,
                   "print what would be written; write nothing and make no key");
}

void add_key_options(CLI::App& command, Session& session, Arguments& arguments) {
  auto* key = command.add_option("--key", arguments.key, "sign with this key: " + std::string(kKeyHelp));
  key->type_name("KEY");
  command
      .add_option("--make-key", arguments.make_key,
                  "sign with the key of this name; make it if it does not exist")
      ->type_name("NAME")
      ->excludes(key);
  arguments.type = keymgmt::row_of(keymgmt::KeyType::ec).name;
  command.add_option("--type", arguments.type, "type of the key to make: EC (P-256) or RSA (2048 bits)")
      ->check(CLI::IsMember(keymgmt::key_type_names(), CLI::ignore_case))
      ->capture_default_str();
  add_place_options(command, session, arguments.place);
}

}  // namespace

void add_setup(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "setup", "Set up a device: trust its certificate, try user and key, write openssl.cnf");
  const auto arguments = std::make_shared<Arguments>();
  add_device_options(*command, *arguments);
  add_key_options(*command, session, *arguments);
  add_file_options(*command, *arguments);
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return run_setup(session, std::move(*arguments)); };
  });
}

}  // namespace sesam::cli
