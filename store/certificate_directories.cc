// SPDX-License-Identifier: Apache-2.0
#include "store/certificate_directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>
#include <variant>

#include "base/file.h"

namespace sesam::store {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

long long in_ns(const timespec& time) noexcept { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; }

// Regular files and links to them, without hidden ones, sorted by name; at most kMaxFiles + 1.
std::variant<std::vector<FileStamp>, int> files_in(const std::string& path) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return errno;
  std::vector<FileStamp> files;
  while (const dirent* entry = ::readdir(directory.get())) {
    struct stat status {};
    if (entry->d_name[0] == '.' || ::fstatat(::dirfd(directory.get()), entry->d_name, &status, 0) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    files.push_back({entry->d_name, status.st_ino, static_cast<unsigned long long>(status.st_size),
                     in_ns(status.st_mtim), in_ns(status.st_ctim)});
    if (files.size() > CertificateDirectories::kMaxFiles) break;
  }
  std::sort(files.begin(), files.end(),
            [](const FileStamp& one, const FileStamp& other) { return one.name < other.name; });
  return files;
}

void log_limit(const Log& log, const std::string& path) {
  log.write(LogLevel::failures,
            {"certificates = ", path, ": has more than ", std::to_string(CertificateDirectories::kMaxFiles),
             " files or ", std::to_string(CertificateDirectories::kMaxCertificates),
             " certificates; the rest is ignored"});
}

std::shared_ptr<const Certificates> read_files(const std::string& path, const std::vector<FileStamp>& files,
                                               const Log& log) {
  auto all = std::make_shared<Certificates>();
  constexpr std::size_t kMaxFiles = CertificateDirectories::kMaxFiles;
  bool is_cut = files.size() > kMaxFiles;
  for (const auto& file : std::span(files).first(std::min(files.size(), kMaxFiles))) {
    const auto text = read_file(path + "/" + file.name);
    if (const int* failed = std::get_if<int>(&text)) {
      log.write(LogLevel::retries,
                {"certificates = ", path, ": ", file.name, " cannot be read: ", std::strerror(*failed)});
      continue;
    }
    auto found = certificates_in(std::get<Secret>(text).reveal());
    const std::size_t fit = std::min(found.size(), CertificateDirectories::kMaxCertificates - all->size());
    is_cut = is_cut || fit < found.size();
    std::move(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(fit), std::back_inserter(*all));
  }
  if (is_cut) log_limit(log, path);
  log.write(LogLevel::keys,
            {"certificates = ", path, ": read ", std::to_string(all->size()), " certificates"});
  return all;
}

}  // namespace

bool CertificateDirectories::is_fresh(const std::string& path, Directory& known) {
  const ProcessLock lock(mutex_);
  Directory& kept = directories_[path];
  known = kept;
  const auto now = Clock::now();
  if (kept.certificates && now - kept.looked_at < kLookEvery) return true;
  kept.looked_at = now;  // meanwhile other threads use what is cached, if anything
  return false;
}

void CertificateDirectories::keep(const std::string& path, Directory known) {
  const ProcessLock lock(mutex_);
  directories_[path] = std::move(known);
}

std::shared_ptr<const Certificates> CertificateDirectories::read(const std::string& path, const Log& log) {
  Directory known;
  if (is_fresh(path, known)) return known.certificates;
  auto files = files_in(path);
  if (const int* failed = std::get_if<int>(&files)) {
    if (!known.was_unreadable)
      log.write(LogLevel::retries,
                {"certificates = ", path, ": cannot be read: ", std::strerror(*failed),
                 known.certificates ? "; using what was read before" : "; using no certificates"});
    known.was_unreadable = true;
    if (!known.certificates) known.certificates = std::make_shared<const Certificates>();
  } else {
    auto& found = std::get<0>(files);
    if (!known.certificates || known.files != found) known.certificates = read_files(path, found, log);
    known.files = std::move(found);
    known.was_unreadable = false;
  }
  known.looked_at = Clock::now();
  auto certificates = known.certificates;
  keep(path, std::move(known));
  return certificates;
}

}  // namespace sesam::store
