// SPDX-License-Identifier: Apache-2.0
// A temporary directory, for tests of the contents and modes of files.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace sesam::cli {

/// A base class for fixtures. Sets the umask to 022 during its lifetime.
class DirectoryOfFiles {
 protected:
  DirectoryOfFiles() : mask_(umask(022)) {
    std::string pattern = testing::TempDir() + "sesam-files-XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  ~DirectoryOfFiles() {
    umask(mask_);
    std::filesystem::remove_all(directory_);
  }
  DirectoryOfFiles(const DirectoryOfFiles&) = delete;
  DirectoryOfFiles& operator=(const DirectoryOfFiles&) = delete;

  std::filesystem::path file(const char* name, const std::string& text, mode_t mode) const {
    std::filesystem::path path = directory_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
  }
  static std::string text_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }

  std::filesystem::path directory_;

 private:
  mode_t mask_;
};

}  // namespace sesam::cli
