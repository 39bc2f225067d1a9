// SPDX-License-Identifier: Apache-2.0
// The interface of the clients that are compared: ways to get signatures from the device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sesam::bench {

/// One caller of a client; used by one thread or one ASYNC_JOB.
class Caller {
 public:
  virtual ~Caller() = default;
  /// Makes one signature and waits for it. Throws std::runtime_error.
  virtual void sign() = 0;
  /// The last signature in hex, as received: r‖s or DER. To be verified after the measurement.
  virtual std::string signature() const = 0;
};

/// What a client itself has counted since its construction; zero if it does not count.
struct ClientCounters {
  std::uint64_t requests = 0;
  std::uint64_t wake_ups = 0;
};

class Client {
 public:
  virtual ~Client() = default;
  /// Creates caller `number`, counted from 0. Called by one thread, before the first signature.
  virtual std::unique_ptr<Caller> make_caller(std::size_t number) = 0;
  virtual ClientCounters counters() const { return {}; }
};

}  // namespace sesam::bench
