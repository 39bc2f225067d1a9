// SPDX-License-Identifier: Apache-2.0
// Carries the calls of a pipeline over the network: the interface between the engine, which knows no HTTP
// library, and the one folder that uses one.
#pragma once

#include "base/log.h"
#include "metrics/metrics_writer.h"
#include "transport/fork_guard.h"
#include "transport/handoff.h"
#include "transport/options.h"
#include "transport/passwords.h"
#include "transport/poller.h"
#include "transport/reply.h"
#include "transport/sockets.h"

namespace sesam::transport {

/// What the I/O thread provides to its driver. All of it outlives Driver::run().
struct Workplace {
  const Options& options;
  const Passwords& passwords;
  const Log& log;
  metrics::MetricsWriter& metrics;
  Handoff& handoff;
  Poller& poller;
  Sockets& sockets;
  ForkGuard& guard;
};

/// Stateless: one object serves every I/O thread of the process.
class Driver {
 public:
  virtual ~Driver() = default;

  struct Refusal {
    Failure failure = Failure::none;  ///< none: the driver can serve the options
    std::string message;
  };
  /// Whether this process can serve these options. Called before an I/O thread starts, on a caller's thread.
  virtual Refusal preflight(const Options& options) const = 0;

  /// Runs on the I/O thread, inside the fork guard: serves calls until the handoff is asked to stop, then
  /// fails the remaining ones with Failure::stopped; or until the program closes our descriptors, then fails
  /// them with Failure::descriptors_closed. Throws std::bad_alloc if it cannot start.
  virtual void run(const Workplace& workplace) const = 0;
};

}  // namespace sesam::transport
