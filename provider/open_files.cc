// SPDX-License-Identifier: Apache-2.0
#include "provider/open_files.h"

#include <sys/stat.h>

#include <set>

namespace sesam::provider {
namespace {

const char* what_others_can_do(const WatchedFile& file) noexcept {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  if ((status.st_mode & S_IWOTH) != 0) return "written";
  return file.is_secret && (status.st_mode & S_IROTH) != 0 ? "read" : nullptr;
}

std::string warning_about(const WatchedFile& file, const char* done) {
  std::string warning = "warning: " + file.path + (file.is_secret ? " holds the secret of '" : " says '") +
                        file.setting + "' and can be " + done +
                        " by every user: take that from others with chmod(1)";
  if (file.is_secret)
    warning +=
        ", or move the secret to a file of its own, see 'pass_source' and 'pin_source' in "
        "OSSL_PROVIDER-sesam(7)";
  return warning;
}

}  // namespace

std::vector<std::string> warnings_about(const std::vector<WatchedFile>& files) {
  std::vector<std::string> warnings;
  std::set<std::string> named;
  for (const bool secrets : {true, false})  // what holds a secret and is believed too is told as a secret
    for (const auto& file : files) {
      const char* done = file.is_secret == secrets ? what_others_can_do(file) : nullptr;
      if (done != nullptr && named.insert(file.path).second) warnings.push_back(warning_about(file, done));
    }
  return warnings;
}

}  // namespace sesam::provider
