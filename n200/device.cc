// SPDX-License-Identifier: Apache-2.0
#include "n200/device.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/process_state.h"
#include "n200/disputed_names.h"
#include "n200/exchanger.h"
#include "n200/find_key.h"
#include "n200/key_cache.h"
#include "n200/key_standing.h"
#include "n200/list_keys.h"
#include "n200/operations.h"
#include "n200/pins_in_use.h"
#include "n200/prompted_pins.h"
#include "n200/refused_access.h"
#include "n200/shared_verdicts.h"
#include "n200/signature_proof.h"
#include "transport/curl/curl_driver.h"

namespace sesam::n200 {
namespace {

struct Devices {
  ProcessMutex mutex{MutexRank::devices};
  std::vector<std::weak_ptr<Device>> known SESAM_GUARDED_BY(mutex);
};

// Divides the time until the deadline between the nodes: an unresponsive one leaves time for the next.
unsigned connect_timeout_of_each_node(const transport::Options& connection, unsigned deadline_ms) {
  std::ptrdiff_t addresses = 1;
  for (const std::string& of_node : connection.addresses)
    addresses = std::max(addresses, 1 + std::ranges::count(of_node, '|'));
  const auto nodes = static_cast<unsigned>(connection.urls.size());
  const unsigned share =
      std::max(deadline_ms / nodes, transport::kMinConnectShareMs * static_cast<unsigned>(addresses));
  return std::min(connection.connect_timeout_ms, share);
}

}  // namespace

std::shared_ptr<Device> Device::for_options(transport::Options connection, Options options,
                                            std::shared_ptr<const Log> log,
                                            std::shared_ptr<const Audit> audit) {
  if (connection.urls.size() > 1)
    connection.connect_timeout_ms = connect_timeout_of_each_node(connection, options.deadline_ms);
  auto pipeline = transport::curl::pipeline_for(std::move(connection), log);
  // One of these may be the last reference: they are released after the lock.
  std::vector<std::shared_ptr<Device>> looked_at;
  auto& devices = process_state<Devices>();
  const ProcessLock lock(devices.mutex);
  std::erase_if(devices.known, [](const auto& device) { return device.expired(); });
  for (const auto& known : devices.known)
    if (auto device = looked_at.emplace_back(known.lock());
        device && &device->pipeline() == pipeline.get() && device->options() == options &&
        (device->audit() == nullptr) == (audit == nullptr) && device->log().is_like(*log))
      return device;
  auto device =
      std::make_shared<Device>(std::move(pipeline), std::move(options), std::move(log), std::move(audit));
  devices.known.push_back(device);
  return device;
}

Device::Device(std::shared_ptr<transport::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log,
               std::shared_ptr<const Audit> audit)
    : exchanger_(std::make_unique<Exchanger>(std::move(pipeline), std::move(options), std::move(log),
                                             std::move(audit))) {
  // Created now, in provider init: if another thread held the guard of a static at fork, the guard would stay
  // locked in the child.
  static_cast<void>(process_state<KeyCache>());
  static_cast<void>(process_state<PromptedPins>());
  static_cast<void>(process_state<RefusedAccess>());
  static_cast<void>(process_state<DisputedNames>());
  static_cast<void>(process_state<SharedVerdicts>());
  static_cast<void>(process_state<PinsInUse>());
  static_cast<void>(process_state<KeyStandings>());
  static_cast<void>(process_state<SignatureProofs>());
}

Device::~Device() = default;

const Options& Device::options() const noexcept { return exchanger_->options(); }
const transport::Pipeline& Device::pipeline() const noexcept { return exchanger_->pipeline(); }
const Log& Device::log() const noexcept { return exchanger_->log(); }
const Audit* Device::audit() const noexcept { return exchanger_->audit(); }
std::string Device::redacted(std::string_view words) const { return exchanger_->redacted(words); }
Device::Clock::time_point Device::deadline() const { return exchanger_->deadline(); }

Result<KeyRecord> Device::find_key(const KeyUri& uri) { return n200::find_key(*exchanger_, uri); }
Result<KeyRecord> Device::find_key_past_cache(const KeyUri& uri) {
  return n200::find_key_past_cache(*exchanger_, uri);
}
Result<KeyRecord> Device::find_key_to_remove(const KeyUri& uri) {
  return n200::find_key_to_remove(*exchanger_, uri);
}

Result<void> Device::list_keys(const KeyUri& uri, const std::function<void(const KeyRecord&)>& visit,
                               std::span<const std::string_view> types, SkippedRecords* skipped) {
  return n200::list_keys(*exchanger_, uri, visit, types, {}, skipped);
}

KeyHandle Device::handle(const KeyUri& uri, const KeyRecord& record, Secret pin) const {
  const KnownSecrets known(pipeline().options(), exchanger_->pipeline().passwords(), options());
  KeyHandle key(record.key_id, record.token_label(), record.nice_name, uri.core.value_or(options().core),
                std::move(pin), known.all(), pipeline().options().urls);
  key.standing = watch(*exchanger_, uri, record);
  key.proof = proof_of(*exchanger_, record);
  return key;
}

Error Device::replaced_or(Error otherwise, const KeyHandle& key, Clock::time_point until) {
  return n200::replaced_or(*exchanger_, std::move(otherwise), key, until);
}

Result<KeyRecord> Device::generate(const NewKey& key) { return make_key(*exchanger_, key, nullptr); }
Result<KeyRecord> Device::import_ec(const NewKey& key, const EcKeyPair& pair) {
  return make_key(*exchanger_, key, &pair);
}
Result<void> Device::remove(const KeyHandle& key) { return delete_key(*exchanger_, key); }

Result<Signed> Device::sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature,
                            Clock::time_point until) {
  return n200::sign(*exchanger_, key, what, signature, until);
}
void Device::note_verdict(const KeyHandle& key, const Signed& made, bool is_good) const {
  n200::note_verdict(*exchanger_, key, made, is_good);
}

Result<Bytes> Device::encrypt(const KeyHandle& key, std::span<const unsigned char> plain) {
  return n200::encrypt(*exchanger_, key, plain);
}
Result<Secret> Device::decrypt(const KeyHandle& key, std::span<const unsigned char> cipher) {
  return n200::decrypt(*exchanger_, key, cipher);
}

Result<std::chrono::sys_seconds> Device::timestamp() { return n200::timestamp(*exchanger_); }
Result<void> Device::random(std::span<unsigned char> out) {
  return n200::random(*exchanger_, out, kMaxRandomBytes);
}

}  // namespace sesam::n200
