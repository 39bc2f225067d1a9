// SPDX-License-Identifier: Apache-2.0
// The certificates in the directory that the setting `certificates` names: read at first use, then cached.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/process_state.h"
#include "store/certificate.h"

namespace sesam::store {

/// A file of the directory; compares unequal if its content may have changed.
struct FileStamp {
  std::string name;
  unsigned long long inode, size;
  long long modified_ns, changed_ns;
  bool operator==(const FileStamp&) const = default;
};

/// Process-wide state. Reading never fails: if the directory is gone, as after chroot(2), the
/// program keeps what was read before, or has no certificates. The log reports it once, at level 2.
class CertificateDirectories {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMaxFiles = 1024;
  static constexpr std::size_t kMaxCertificates = 4096;
  static constexpr std::chrono::seconds kLookEvery{2};

  CertificateDirectories() noexcept : mutex_(MutexRank::certificates) {}

  /// The certificates in the directory's regular files, in the order of their names. At most
  /// once per kLookEvery, checks whether the files have changed, and then reads them again.
  std::shared_ptr<const Certificates> read(const std::string& path, const Log& log);

 private:
  struct Directory {
    std::shared_ptr<const Certificates> certificates;  // null: not read yet
    std::vector<FileStamp> files;
    Clock::time_point looked_at;
    bool was_unreadable = false;
  };

  bool is_fresh(const std::string& path, Directory& known);
  void keep(const std::string& path, Directory known);

  ProcessMutex mutex_;
  std::map<std::string, Directory> directories_ SESAM_GUARDED_BY(mutex_);
};

}  // namespace sesam::store
