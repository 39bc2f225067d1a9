// SPDX-License-Identifier: Apache-2.0
// `sesam simulate`: starts a simulated device, and writes an openssl.cnf for it.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <utility>

#include "base/trimmed.h"
#include "cli/commands.h"
#include "cli/directory.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/own_module.h"
#include "cli/shell_word.h"
#include "cli/simulate_shell.h"
#include "cli/simulator_process.h"
#include "n200/key_type_forms.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;
using n200::KeyFamily;

// The simulator's own user; the PIN of the public transcript.
constexpr const char* kUser = "pkmaster";
constexpr const char* kPassword = "sesam-demo";
constexpr const char* kPin = "12345678";
constexpr const char* kLog = "n200-sim.log";
constexpr std::string_view kFirstLine = "# Written by `sesam simulate`, which overwrites it.";

struct KeyOfOurs {
  const char* name;
  KeyFamily family;
  int bits;
};
constexpr KeyOfOurs kKeys[] = {{"JP.example", KeyFamily::nist, 256},
                               {"web", KeyFamily::nist, 256},
                               {"ca", KeyFamily::nist, 384},
                               {"rsa", KeyFamily::rsa, 2048},
                               {"k01", KeyFamily::symmetric, 256}};

struct Arguments {
  std::string directory;
  std::uint16_t port = 0;
  unsigned delay_ms = 0;
  bool shell = false;
  std::vector<std::string> command;  // instead of a shell
};

Error cannot(const std::string& what, int error) {
  return {Reason::bad_argument, what + ": " + std::strerror(error)};
}

// The chosen directory, which is created if necessary; by default a temporary one, which is removed at the
// end. Locked until then: two devices would overwrite each other's keys and files.
class Directory {
 public:
  static Result<Directory> open(const std::string& chosen) {
    std::error_code failed;
    if (!chosen.empty()) {
      fs::path path = fs::absolute(chosen, failed);
      if (!path.has_filename()) path = path.parent_path();  // a link would be followed through a trailing '/'
      if (!failed) fs::create_directories(path, failed);
      if (failed) return cannot(chosen, failed.value());
      SESAM_CHECK(refuse_foreign(path));
      Directory directory(fs::canonical(path), false);
      SESAM_CHECK(directory.lock());
      return directory;
    }
    std::string path = fs::temp_directory_path(failed) / "sesam-device.XXXXXX";
    if (failed || mkdtemp(path.data()) == nullptr) return cannot(path, failed ? failed.value() : errno);
    return Directory(path, true);
  }
  Directory(Directory&& other) noexcept
      : path_(std::move(other.path_)),
        temporary_(std::exchange(other.temporary_, false)),
        lock_(std::exchange(other.lock_, -1)) {}
  Directory& operator=(Directory&&) = delete;
  ~Directory() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
    if (lock_ >= 0) ::close(lock_);
  }

  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const noexcept { return path_; }
  bool is_temporary() const noexcept { return temporary_; }

 private:
  Directory(fs::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}

  // Other errors are ignored: not every network file system can lock directories.
  Result<void> lock() {
    lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return {};
    return Error{Reason::bad_argument, path_.string() + ": a simulated device already uses this directory"};
  }

  fs::path path_;
  bool temporary_;
  int lock_ = -1;
};

std::vector<std::string> simulator_arguments(const Directory& directory, const Arguments& arguments) {
  std::vector<std::string> words{
      "--state",           directory / "device",     "--port",     std::to_string(arguments.port),
      "--ready-file",      directory / "ready.json", "--delay-ms", std::to_string(arguments.delay_ms),
      "--exit-with-parent"};
  for (const KeyOfOurs& key : kKeys) {
    const Json order = {
        {"nice_name", key.name}, {"type", n200::word_of(key.family)}, {"size", key.bits}, {"pin", kPin}};
    words.insert(words.end(), {"--key", order.dump()});
  }
  return words;
}

std::string url_of(const SimulatorProcess::Ready& device) {
  return "https://" + device.name + ":" + std::to_string(device.port);
}

// Escapes a path for openssl.cnf.
std::string escaped(const fs::path& path) {
  std::string text;
  for (const char c : path.string()) {
    if (std::string_view("$#\\\"'`").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

void print_cnf(std::ostream& out, const SimulatorProcess::Ready& device) {
  out << kFirstLine << "\nopenssl_conf = openssl_init\nextensions = no_extensions\n\n[no_extensions]\n\n"
      << "[openssl_init]\nproviders = providers\n\n[providers]\ndefault = default_provider\nsesam = "
         "sesam_provider\n\n"
      << "[default_provider]\nactivate = 1\n\n[sesam_provider]\n";
  if (const fs::path module = own_module(); !module.empty()) out << "module = " << escaped(module) << '\n';
  out << "activate = 1\nurl = " << url_of(device)
      << "\naddress = 127.0.0.1\ntlscert = " << escaped(device.tlscert) << "\nuser = " << kUser
      << "\npass = " << kPassword << "\npin = " << kPin << "\nlog_level = 1\n\n"
      << "[req]\ndistinguished_name = req_distinguished_name\n\n[req_distinguished_name]\n";
}

// Never overwrites a file that `sesam simulate` has not written.
Result<void> write_cnf(const fs::path& path, const SimulatorProcess::Ready& device) {
  std::string first_line;
  if (std::ifstream there(path); there && (!std::getline(there, first_line) || first_line != kFirstLine))
    return Error{Reason::bad_argument,
                 path.string() + " exists and was not written by sesam simulate; choose another --directory"};
  std::ostringstream text;
  print_cnf(text, device);
  return write_output(path, text.str(), Readers::owner);  // it holds a password, though a well-known one
}

void print_keys(std::ostream& out, const SimulatorProcess::Ready& device) {
  out << "A simulated N200 is at " << url_of(device) << " of 127.0.0.1.\nIts keys, all with the PIN " << kPin
      << ":";
  for (const KeyOfOurs& key : kKeys) out << ' ' << key.name;
  out << '\n';
}

std::string farewell(const Directory& directory) {
  return (directory.is_temporary() ? "removes " : "keeps its keys in ") + directory.path().string();
}

void print_usage(const Directory& directory, const fs::path& cnf, const SimulatorProcess::Ready& device) {
  print_keys(std::cout, device);
  std::cout << "\nIn another terminal:\n\n    export OPENSSL_CONF=" << shell_word(cnf.string())
            << "\n    sesam doctor\n    sesam list\n    openssl pkey -in sesam:web -pubout\n\n"
            << "Ctrl-C ends it and " << farewell(directory) << std::endl;
}

// Prints to stderr, because stdout belongs to the shell.
void print_welcome(const Directory& directory, const SimulatorProcess::Ready& device) {
  print_keys(std::cerr, device);
  std::cerr << "\nThis shell uses it. Try:\n\n    sesam list\n    openssl pkey -in sesam:web -pubout\n\n"
            << "exit ends it and " << farewell(directory) << '\n';
}

void print_ready(const Session& session, const Directory& directory, const fs::path& cnf,
                 const SimulatorProcess::Ready& device) {
  if (!session.json) return print_usage(directory, cnf, device);
  Json keys = Json::array();
  for (const KeyOfOurs& key : kKeys) keys.push_back(key.name);
  print_json({{"openssl_conf", cnf.string()},
              {"url", url_of(device)},
              {"tlscert", device.tlscert.string()},
              {"keys", keys}});
  std::cout.flush();
}

Result<int> serve(const Session& session, const Arguments& arguments, const Directory& directory,
                  const fs::path& cnf, const SimulatorProcess::Ready& device, SimulatorProcess& simulator,
                  const HeldSignals& signals) {
  if (arguments.shell) {
    if (arguments.command.empty() && !session.json && ::isatty(STDIN_FILENO) == 1)
      print_welcome(directory, device);
    return run_in_shell(arguments.command, cnf, simulator, signals);
  }
  print_ready(session, directory, cnf, device);
  if (!std::cout) return 1;  // main() reports it
  while (signals.wait(-1) == SIGCHLD)
    if (!simulator.runs())
      return Error{Reason::bad_argument, "the simulated device ended; see " + (directory / kLog).string()};
  return 0;
}

// Returns the exit status.
Result<int> simulate(const Session& session, const Arguments& arguments) {
  const auto program = find_simulator();
  if (!program)
    return Error{Reason::bad_argument,
                 "n200-sim not found beside this command, in its libexec directory, or in PATH"};
  const HeldSignals signals;
  SESAM_TRY(directory, Directory::open(arguments.directory));
  const fs::path ready_file = directory / "ready.json", log = directory / kLog,
                 cnf = directory / "openssl.cnf";
  std::error_code ignored;
  fs::remove(ready_file, ignored);
  fs::remove(log, ignored);
  SESAM_TRY(simulator,
            SimulatorProcess::start(*program, simulator_arguments(directory, arguments), log, signals));
  const auto device = simulator.wait_ready(ready_file, signals);
  if (!device) {
    std::ifstream written(log);
    const std::string why(std::istreambuf_iterator<char>(written), {});
    return Error{Reason::bad_argument, "the simulated device did not start: " + std::string(trimmed(why))};
  }
  SESAM_CHECK(write_cnf(cnf, *device));
  return serve(session, arguments, directory, cnf, *device, simulator, signals);
}

// Exits directly if the status is greater than 1, which a subcommand cannot return.
Result<bool> run_simulate(const Session& session, const Arguments& arguments) {
  SESAM_TRY(status, simulate(session, arguments));
  if (status > 1) std::exit(status);
  return status == 0;
}

}  // namespace

void add_simulate(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("simulate", "Start a simulated device with keys, and write an openssl.cnf for it");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--directory", arguments->directory,
                   "where the device keeps its keys; default: a temporary directory")
      ->type_name("DIR");
  command->add_option("--port", arguments->port, "port of 127.0.0.1; default: any free port")
      ->check(decimal())
      ->type_name("N");
  command->add_option("--delay-ms", arguments->delay_ms, "delay of each reply, in milliseconds")
      ->check(decimal())
      ->type_name("N");
  auto* shell = command->add_flag("--shell", arguments->shell,
                                  "start a shell that uses the device, which ends with the shell");
  command->add_option("COMMAND", arguments->command, "run this instead of a shell; put -- before it")
      ->needs(shell);
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return run_simulate(session, *arguments); };
  });
}

}  // namespace sesam::cli
