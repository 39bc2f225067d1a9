// SPDX-License-Identifier: Apache-2.0
#include "state_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "certificate.h"
#include "own_files.h"

namespace sesam::simulator {
namespace {

namespace fs = std::filesystem;

std::string make_temporary_dir() {
  std::string pattern = (fs::temp_directory_path() / "n200-sim-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  return pattern;
}

// Creates directories that only their owner can write to, regardless of the umask.
void make_directories(const fs::path& path) {
  const mode_t before = umask(022);
  std::error_code failed;
  fs::create_directories(path, failed);
  umask(before);
  if (failed) throw std::system_error(failed, path.string());
}

}  // namespace

StateFiles::StateFiles(const Options& options) : tls_{options.tls_cert, options.tls_key, options.client_ca} {
  if (!options.state_dir.empty()) {
    make_directories(options.state_dir);
    require_own_directory(options.state_dir);
  }
  if (tls_.cert_path.empty()) {
    if (options.state_dir.empty()) temporary_dir_ = make_temporary_dir();
    const fs::path dir =
        options.state_dir.empty() ? fs::path(temporary_dir_) : fs::absolute(options.state_dir);
    tls_.cert_path = dir / "tls.crt";
    tls_.key_path = dir / "tls.key";
    refuse_link(tls_.cert_path);
    refuse_link(tls_.key_path);
    if (!fs::exists(tls_.cert_path) || !fs::exists(tls_.key_path)) {
      write_self_signed(options.name, tls_.cert_path, tls_.key_path);
    }
  }
  if (!options.write_cert.empty()) {
    std::ostringstream text;
    text << std::ifstream(tls_.cert_path).rdbuf();
    replace_file(options.write_cert, text.str());
  }
}

StateFiles::~StateFiles() {
  std::error_code ignored;
  if (!temporary_dir_.empty()) fs::remove_all(temporary_dir_, ignored);
}

void write_ready_file(const std::string& path, const Options& options, const std::string& cert_path, int port,
                      int control_port) {
  const nlohmann::ordered_json ready = {
      {"pid", getpid()},      {"host", options.listen},
      {"port", port},         {"control_port", control_port},
      {"name", options.name}, {"tlscert", fs::absolute(cert_path).string()}};
  replace_file(path, ready.dump() + '\n');
}

}  // namespace sesam::simulator
