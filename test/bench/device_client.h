// SPDX-License-Identifier: Apache-2.0
// The client that calls the device without OpenSSL.
#pragma once

#include "client.h"
#include "n200/device.h"
#include "options.h"

namespace sesam::bench {

/// sesam at the level of the device call, n200::Device::sign, without OpenSSL.
class DeviceClient final : public Client {
 public:
  explicit DeviceClient(const Options& options);
  ~DeviceClient() override;
  std::unique_ptr<Caller> make_caller(std::size_t number) override;
  ClientCounters counters() const override;

 private:
  std::shared_ptr<n200::Device> device_;
  std::vector<n200::KeyHandle> keys_;
};

}  // namespace sesam::bench
