// SPDX-License-Identifier: Apache-2.0
// The pipeline: HTTP requests from any number of threads over shared connections and one background thread.
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

/// What is known about a server that was probed.
enum class Health : std::uint8_t {
  unknown,
  healthy,    ///< the reply may come from the device
  responds,   ///< with HTML, an empty reply or another 5xx status: perhaps a proxy in place of the device
  unhealthy,  ///< no reply, or a status of 502 to 504
};
using HealthFlag = std::shared_ptr<std::atomic<Health>>;

class Pipeline {
 public:
  /// The process's pipeline for these options, an equivalent log and this driver: created if there is none,
  /// shared otherwise. Starts no thread, does no I/O. The driver must live forever. Throws std::bad_alloc.
  static std::shared_ptr<Pipeline> for_options(Options options, std::shared_ptr<const Log> log,
                                               const Driver& driver);
  virtual ~Pipeline() = default;

  /// Sends the request and waits for its reply, at most until its deadline: the only blocking call. Starts
  /// the I/O thread if there is none. Safe from any thread; never repeats a request that may have been sent.
  /// Inside an ASYNC_JOB (ASYNC_start_job(3)), it pauses the job, unless the request says otherwise.
  virtual Reply perform(const Request& request) = 0;
  /// Sends the request and returns at once. When it has ended, the flag holds the outcome; the flag stays
  /// unchanged if the request could not be made.
  virtual void probe(const Request& request, HealthFlag flag) noexcept = 0;
  /// Pauses the ASYNC_JOB running on this thread until then, by the same means as perform(). Returns false at
  /// once if there is no job or it could not be resumed. The caller must hold no lock and have exactly one
  /// mark on the error stack.
  virtual bool pause_job_until(std::chrono::steady_clock::time_point until) noexcept = 0;
  virtual const Options& options() const noexcept = 0;
  /// The password that is sent: that of the options until it is replaced.
  virtual Passwords& passwords() noexcept = 0;

  /// Waits until then: inside a job, pauses the job instead of the thread, if possible and wanted.
  void rest_until(std::chrono::steady_clock::time_point until, bool pauses_job = true) noexcept;
};

}  // namespace sesam::transport
