// SPDX-License-Identifier: Apache-2.0
// The pipeline: HTTP requests of any number of threads over one connection, driven by one background thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "base/log.h"
#include "transport/options.h"
#include "transport/passwords.h"
#include "transport/reply.h"
#include "transport/request.h"

namespace sesam::transport {

class Driver;

/// What is known of a server that was probed.
enum class Health : std::uint8_t {
  unknown,
  healthy,    ///< its reply may be the device's
  responds,   ///< with HTML, an empty reply or a status of 500: perhaps a proxy in the device's place
  unhealthy,  ///< no reply, or a gateway's or a server's that it is not available
};
using HealthFlag = std::shared_ptr<std::atomic<Health>>;

class Pipeline {
 public:
  /// The process's pipeline for these options, a log like this and this driver: made when there is none,
  /// shared when there is. Starts no thread, does no I/O. The driver must never go.
  static std::shared_ptr<Pipeline> for_options(Options options, std::shared_ptr<const Log> log,
                                               const Driver& driver);
  virtual ~Pipeline() = default;

  /// Sends the request and waits for its reply, by its deadline at the latest: the one blocking point. Starts
  /// the I/O thread if there is none. Safe from any thread; makes no repetition of its own. Inside an
  /// ASYNC_JOB (ASYNC_start_job(3)) it pauses the job.
  virtual Reply perform(const Request& request) = 0;
  /// Sends the request and returns at once. When it is over the flag has the outcome; it stays as it is where
  /// the request could not even be made.
  virtual void probe(const Request& request, HealthFlag flag) noexcept = 0;
  /// Pauses the ASYNC_JOB that runs on this thread until then, by the means that perform() uses. false, and
  /// at once: there is no job, or none that could be resumed. Enter it holding no lock, with exactly one mark
  /// on the error stack.
  virtual bool pause_job_until(std::chrono::steady_clock::time_point until) noexcept = 0;
  virtual const Options& options() const noexcept = 0;
  /// The password that is sent: that of the options, until it is replaced.
  virtual Passwords& passwords() noexcept = 0;

  /// Lets that time pass: in a job without the thread, where that is possible.
  void rest_until(std::chrono::steady_clock::time_point until) noexcept;
};

}  // namespace sesam::transport
