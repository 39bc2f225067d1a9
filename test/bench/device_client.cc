// SPDX-License-Identifier: Apache-2.0
#include "device_client.h"

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "message.h"
#include "metrics/counts.h"
#include "n200/options.h"
#include "transport/options.h"
#include "transport/process_life.h"

namespace sesam::bench {
namespace {

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::shared_ptr<const Log> silent_log() {
  auto log = Log::open(0, "stderr");
  if (!log) throw std::runtime_error(log.error().detail);
  return *log;
}

class DeviceCaller final : public Caller {
 public:
  DeviceCaller(n200::Device& device, const n200::KeyHandle& key) : device_(device), key_(key) {}

  void sign() override {
    const auto done = device_.sign(key_, {n200::Operation::ec_sign, digest_}, signature_);
    if (!done) throw std::runtime_error(done.error().detail);
  }

  std::string signature() const override { return hex_of(signature_); }

 private:
  n200::Device& device_;
  const n200::KeyHandle& key_;
  const std::array<unsigned char, kDigestBytes> digest_ = message_digest();
  std::array<unsigned char, kSignatureBytes> signature_{};
};

}  // namespace

DeviceClient::DeviceClient(const Options& options) {
  transport::Options connection;
  connection.urls = {options.url};
  if (!options.address.empty()) connection.addresses = {options.address};
  connection.ca_pem = contents(options.ca_file);
  connection.ca_path = options.ca_file;
  connection.user = options.user;
  connection.password = Secret(options.password);
  device_ = n200::Device::for_options(std::move(connection), {}, silent_log());
  for (const KeyName& key : options.keys) {
    n200::KeyRecord record;
    record.key_id = key.key_id;
    keys_.emplace_back(key.key_id, record.token_label(), "bench", key.core, Secret(options.pin));
  }
}

DeviceClient::~DeviceClient() { transport::stop_all(transport::Stop::for_good); }

std::unique_ptr<Caller> DeviceClient::make_caller(std::size_t number) {
  return std::make_unique<DeviceCaller>(*device_, keys_[number % keys_.size()]);
}

ClientCounters DeviceClient::counters() const {
  return {metrics::counts().all_requests(), metrics::counts().wake_ups.get()};
}

}  // namespace sesam::bench
