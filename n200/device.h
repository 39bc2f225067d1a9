// SPDX-License-Identifier: Apache-2.0
// The device as typed calls. A call sends one HTTP request unless its comment says otherwise; it is repeated
// only by the policy of retry.h and within the deadline.
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

/// Besides the reasons that it names, each operation raises those of an exchange (exchanger.h).
class Device {
 public:
  using Clock = std::chrono::steady_clock;

  /// The process's device for these options and a log like this; created if there is none. No I/O, no thread.
  /// If `audit` is null, nothing is recorded.
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
  const Audit* audit() const noexcept;  ///< null: no audit
  /// The device's words with secrets redacted, for everything that is logged or raised.
  std::string redacted(std::string_view device_words) const;
  /// The deadline of an operation that starts now.
  Clock::time_point deadline() const;

  /// Finds the one key that the URI names. Sends one request, or none while the answer is cached, and another
  /// one for the listing of its type if the reply has no public key. Raises bad_uri (no key is named),
  /// unknown_key, several_keys_match (naming them), key_attribute_mismatch. In a cluster, if the node in use
  /// does not know the key, the other healthy nodes are asked: the first one that has it is used.
  Result<KeyRecord> find_key(const KeyUri& uri);
  /// The same, but always asks the device: before a key is deleted, a cached answer is too old. If the device
  /// refuses in words that are not understood, and its listings do not have the key: unknown_key.
  Result<KeyRecord> find_key_past_cache(const KeyUri& uri);
  /// The same, for remove(): asks the nodes that are not healthy, too. If the URI names the key by its
  /// nice_name only, the listings of all types must not have another key that matches: several_keys_match.
  Result<KeyRecord> find_key_to_remove(const KeyUri& uri);

  /// The types of keys (n200.md). The first one is observed; the others are assumed, so a device may not know
  /// them.
  static constexpr std::string_view kAsymmetricTypes[] = {kObservedType, "BRAINPOOL", "RSA"};
  static constexpr std::string_view kAllTypes[] = {kObservedType, "BRAINPOOL", "RSA", kSymmetricType};

  /// Calls `visit` with every key of these types that agrees with the URI's attributes. Not cached. Sends one
  /// request per type, and a second one if the device refuses a type other than "NIST". Records that cannot
  /// be used are logged, and counted in `skipped` if it is not null.
  Result<void> list_keys(const KeyUri& uri, const std::function<void(const KeyRecord&)>& visit,
                         std::span<const std::string_view> types = kAsymmetricTypes,
                         SkippedRecords* skipped = nullptr);

  /// Opens a key that was found by this URI. The core is the URI's, or else the configured one; `pin` may be
  /// empty. Later replies of the device show whether it still has the key, without extra requests.
  KeyHandle handle(const KeyUri& uri, const KeyRecord& record, Secret pin) const;
  /// Explains a failure by looking the key up again, past the cache: key_replaced if the device has another
  /// key in its place, wrong_core if it has the key despite unknown_key, else `otherwise`.
  Error replaced_or(Error otherwise, const KeyHandle& key, Clock::time_point until);

  /// Generates a key with at least three requests: check that the name is free (by the listings of all types
  /// if the look-up is refused in words that are not understood), generate the key, look it up and check it
  /// against the request. Nothing is ever deleted. If the device made another key than
  /// requested, this process makes no further key of that name. The second request is never repeated if
  /// the device may have acted on it: after a lost reply the key is looked up by its name, repeatedly
  /// while the device may still be at work, and must match the request. Raises bad_argument (the name is
  /// not UTF-8 text without control characters), key_exists, other_key_made, outcome_unknown,
  /// several_keys_match (another key of that name was made at the same time, and this one has the higher
  /// key_id).
  Result<KeyRecord> generate(const NewKey& key);
  /// Imports a private key into the device, in the same steps. The device must then return the pair's public
  /// key. `key` has everything else; leave its operation at ec_generate. Raises bad_public_key and what
  /// generate() raises.
  Result<KeyRecord> import_ec(const NewKey& key, const EcKeyPair& pair);
  /// Deletes the key permanently. The request is never repeated if the device may have acted on it: after a
  /// lost reply the key is looked up by its key_id, repeatedly while the device may still be at work. If the
  /// node in use does not know the key, it is deleted on a node that does. Then all other nodes are asked
  /// whether they still have the key, because nodes need not share their keys: deletion_incomplete if one
  /// does or cannot be asked, with the node that deleted the key. Also raises wrong_pin, pin_missing,
  /// unknown_key, outcome_unknown.
  Result<void> remove(const KeyHandle& key);

  /// Signs a digest (raw bytes). Fills `signature`, which must have the size of the signature: EC r‖s, twice
  /// the size of the curve's field; RSA the size of the modulus. Raises wrong_pin, pin_missing, unknown_key,
  /// key_replaced, wrong_core, bad_signature_length.
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature,
                      Clock::time_point until);
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature) {
    return sign(key, what, signature, deadline());
  }
  /// Records whether a signature fits the key's public part. If not, its node is avoided for this key.
  void note_verdict(const KeyHandle& key, const Signed& made, bool is_good) const;

  /// Encrypts with a symmetric key by AES-CBC; the layout of the result is the device's own (n200.md). If the
  /// wire row sends `plain` as text, it must be UTF-8 without zero bytes: the device can return nothing else.
  /// Raises bad_argument (also for empty data), bad_reply, wrong_pin, pin_missing, unknown_key.
  Result<Bytes> encrypt(const KeyHandle& key, std::span<const unsigned char> plain);
  /// Decrypts what encrypt() returned. Raises the same.
  Result<Secret> decrypt(const KeyHandle& key, std::span<const unsigned char> cipher);

  /// Returns the time of the device's clock, in seconds since 1970-01-01 UTC. Raises bad_reply; if only the
  /// time cannot be read, says_no_time() (errors.h).
  Result<std::chrono::sys_seconds> timestamp();
  /// Fills `out` with random bytes from the device, in as many requests as needed. Raises bad_reply.
  Result<void> random(std::span<unsigned char> out);
  static constexpr std::size_t kMaxRandomBytes = 1024;  ///< of one request

 private:
  const std::unique_ptr<Exchanger> exchanger_;
};

}  // namespace sesam::n200
