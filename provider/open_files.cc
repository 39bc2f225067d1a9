// SPDX-License-Identifier: Apache-2.0
#include "provider/open_files.h"

#include <sys/stat.h>

#include <set>

namespace sesam::provider {
namespace {

const char* what_others_can_do(const std::string& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  if ((status.st_mode & S_IWOTH) != 0) return "written";
  return (status.st_mode & S_IROTH) != 0 ? "read" : nullptr;
}

}  // namespace

std::vector<std::string> warnings_about(const std::vector<SecretFile>& files) {
  std::vector<std::string> warnings;
  std::set<std::string> named;
  for (const auto& [path, setting] : files) {
    const char* done = what_others_can_do(path);
    if (done == nullptr || !named.insert(path).second) continue;
    std::string& warning = warnings.emplace_back("warning: ");
    warning.append(path)
        .append(" holds the secret of '")
        .append(setting)
        .append("' and can be ")
        .append(done);
    warning +=
        " by every user: take that from others with chmod(1), or move the secret to a file of its own, see "
        "'pass_source' and 'pin_source' in OSSL_PROVIDER-sesam(7)";
  }
  return warnings;
}

}  // namespace sesam::provider
