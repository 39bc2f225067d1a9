// SPDX-License-Identifier: Apache-2.0
// What is compared: ways to get signatures from the device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sesam::bench {

/// One caller of a client; belongs to one thread, or to one ASYNC_JOB.
class Caller {
 public:
  virtual ~Caller() = default;
  /// One signature, to the end. Throws std::runtime_error.
  virtual void sign() = 0;
  /// The last signature, in hex as it came: r‖s, or DER. To be checked after the measurement.
  virtual std::string signature() const = 0;
};

/// What a client counted itself, since it was made; zero where it does not.
struct ClientCounters {
  std::uint64_t requests = 0;
  std::uint64_t wake_ups = 0;
};

class Client {
 public:
  virtual ~Client() = default;
  /// The caller number `number`, counted from 0. Called by one thread, before any signature.
  virtual std::unique_ptr<Caller> make_caller(std::size_t number) = 0;
  virtual ClientCounters counters() const { return {}; }
};

}  // namespace sesam::bench
