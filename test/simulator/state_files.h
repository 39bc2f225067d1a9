// SPDX-License-Identifier: Apache-2.0
// The files of one run: its certificate, and the file that says that it is ready.
#pragma once

#include <string>

#include "options.h"
#include "tls_context.h"

namespace sesam::simulator {

// The files a run needs besides the journal: the certificate, and a directory for it where none was given.
class StateFiles {
 public:
  // Throws std::runtime_error or std::filesystem::filesystem_error.
  explicit StateFiles(const Options& options);
  ~StateFiles();  // removes the temporary directory
  StateFiles(const StateFiles&) = delete;
  StateFiles& operator=(const StateFiles&) = delete;

  const TlsFiles& tls() const { return tls_; }

 private:
  std::string temporary_dir_;
  TlsFiles tls_;
};

void write_ready_file(const std::string& path, const Options& options, const std::string& cert_path, int port,
                      int control_port);

}  // namespace sesam::simulator
