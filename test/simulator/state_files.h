// SPDX-License-Identifier: Apache-2.0
// The files of one run: its certificate and the ready file.
#pragma once

#include <string>

#include "options.h"
#include "tls_context.h"

namespace sesam::simulator {

// The certificate of a run, in the state directory or, if none is given, in a temporary directory.
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
