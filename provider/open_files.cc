// SPDX-License-Identifier: Apache-2.0
#include "provider/open_files.h"

#include <sys/stat.h>

#include <set>
#include <utility>

#include "provider/include_files.h"

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

// The files themselves, in the place of those that include them.
std::vector<WatchedFile> with_includes_followed(const std::vector<WatchedFile>& files) {
  std::vector<WatchedFile> all;
  for (const auto& file : files)
    if (file.has_includes)
      for (auto& path : files_that_set(file.path, file.setting))
        all.push_back({std::move(path), file.setting, file.is_secret});
    else
      all.push_back(file);
  return all;
}

}  // namespace

std::vector<std::string> warnings_about(const std::vector<WatchedFile>& given) {
  const auto files = with_includes_followed(given);
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
