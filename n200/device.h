// SPDX-License-Identifier: Apache-2.0
// The device as typed calls. One call is one HTTP request, repeated only by the policy of retry.h and within
// the deadline.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "n200/key_handle.h"
#include "n200/key_record.h"
#include "n200/new_key.h"
#include "n200/to_sign.h"

namespace sesam::transport {
class Pipeline;
struct Options;
}  // namespace sesam::transport

namespace sesam::n200 {

class Audit;
class Exchanger;
struct KeyUri;
struct Options;

/// What an operation raises besides the reasons that it names is what an exchange raises (exchanger.h).
class Device {
 public:
  using Clock = std::chrono::steady_clock;

  /// The process's device for these options and a log like this: made when there is none. No I/O, no thread.
  /// Null for `audit`: nothing is recorded.
  static std::shared_ptr<Device> for_options(transport::Options connection, Options options,
                                             std::shared_ptr<const Log> log,
                                             std::shared_ptr<const Audit> audit = nullptr);
  Device(std::shared_ptr<transport::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log,
         std::shared_ptr<const Audit> audit = nullptr);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const Options& options() const noexcept;
  const transport::Pipeline& pipeline() const noexcept;
  const Log& log() const noexcept;
  const Audit* audit() const noexcept;  ///< null: there is none
  /// What the device says, without secrets: for whatever is logged or raised.
  std::string redacted(std::string_view device_words) const;
  /// The deadline of an operation that starts now.
  Clock::time_point deadline() const;

  /// The one key that the URI names. One request, none while the answer is cached; a second one, for the
  /// listing of its type, where the device's reply has no public key. Raises unknown_key, several_keys_match
  /// (naming them), key_attribute_mismatch.
  Result<KeyRecord> find_key(const KeyUri& uri);
  /// The same, but the device is always asked: before a key is deleted, an answer from the cache is too old.
  Result<KeyRecord> find_key_past_cache(const KeyUri& uri);
  /// The same, for remove(): a key that the node in use does not know is looked up on each other node of the
  /// cluster, and the answer of the first that has it counts.
  Result<KeyRecord> find_key_to_remove(const KeyUri& uri);

  /// The types of keys (n200.md): the first is observed, the others are assumed, so a device may not know
  /// them.
  static constexpr std::string_view kAsymmetricTypes[] = {kObservedType, "BRAINPOOL", "RSA"};
  static constexpr std::string_view kAllTypes[] = {kObservedType, "BRAINPOOL", "RSA", kSymmetricType};

  /// Calls `visit` with every key of these types that has the URI's manufacturer and serial. Not cached. One
  /// request per type.
  Result<void> list_keys(const KeyUri& uri, const std::function<void(const KeyRecord&)>& visit,
                         std::span<const std::string_view> types = kAsymmetricTypes);

  /// Opens a key that was found by this URI: the core is the URI's, else the configuration's; `pin` may be
  /// empty. Later answers of the device show whether it still has the key, without requests of their own.
  KeyHandle handle(const KeyUri& uri, const KeyRecord& record, Secret pin) const;
  /// For a signature that failed as if the key were another one: asks the device for the key, past the cache.
  /// key_replaced if it has another one in its place by now, else the error given.
  Error replaced_or(Error otherwise, const KeyHandle& key, Clock::time_point until);

  /// Makes a key. At least three requests: is the name free, make the key, what does the device say of it,
  /// which is checked against the request. Nothing is ever deleted; where the device made another key than
  /// requested, this process makes no further key of that name.
  /// The second is never repeated where the device may have acted on it: after a lost answer the key is
  /// looked up by its name, repeatedly within the deadline where the device may still be at work, and must be
  /// what was asked for. Raises bad_argument for a name that is not UTF-8 text without control characters,
  /// key_exists, other_key_made, several_keys_match (another key of that name was made at the same time, and
  /// this one has the higher key_id).
  Result<KeyRecord> generate(const NewKey& key);
  /// Takes a private key from outside into the device; the same steps. What the device then returns must be
  /// the pair's public key. `key` says where to and on which curve; its operation does not matter. Raises
  /// bad_public_key and what generate raises.
  Result<KeyRecord> import_ec(const NewKey& key, const EcKeyPair& pair);
  /// Deletes the key, permanently. Never asked for twice where the device may have acted on it: after a lost
  /// answer the key is looked up by its key_id, repeatedly within the deadline where the device may still be
  /// at work. Where the node in use does not know the key, it is deleted on one that does. Then every other
  /// node is asked whether it still has the key, because nodes need not share their keys: deletion_incomplete
  /// where one does or cannot be asked, with the node that the key was deleted from.
  /// Raises wrong_pin, pin_missing, unknown_key.
  Result<void> remove(const KeyHandle& key);

  /// Signs a digest (the raw bytes). Fills `signature`, whose size says what is expected: EC r‖s, twice as
  /// long as the curve's field; RSA as long as the modulus. Raises wrong_pin, pin_missing, unknown_key,
  /// key_replaced, bad_signature_length.
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature,
                      Clock::time_point until);
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature) {
    return sign(key, what, signature, deadline());
  }
  /// Whether a signature fits the key's public part: where it does not, the node is avoided for this key.
  void note_verdict(const KeyHandle& key, const Signed& made, bool is_good) const;

  /// Encrypts with a symmetric key: AES-CBC, to bytes whose layout is the device's own (n200.md). Where the
  /// wire row sends `plain` as it is, it must be UTF-8 without a zero byte: that is what the device can give
  /// back. Raises bad_argument, also for nothing at all, and what remove raises.
  Result<Bytes> encrypt(const KeyHandle& key, std::span<const unsigned char> plain);
  /// The reverse. Raises the same.
  Result<Secret> decrypt(const KeyHandle& key, std::span<const unsigned char> cipher);

  /// The device's clock, in seconds since 1970-01-01 UTC. Raises bad_reply.
  Result<std::chrono::sys_seconds> timestamp();
  /// Fills `out` with the device's random numbers, in as many requests as it takes. Raises bad_reply.
  Result<void> random(std::span<unsigned char> out);
  static constexpr std::size_t kMaxRandomBytes = 1024;  ///< of one request

 private:
  const std::unique_ptr<Exchanger> exchanger_;
};

}  // namespace sesam::n200
