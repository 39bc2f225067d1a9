// SPDX-License-Identifier: Apache-2.0
// The device as typed calls. One call is one HTTP request, repeated only by the policy of retry.h and within
// the deadline.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "base/log.h"
#include "base/result.h"
#include "n200/breaker.h"
#include "n200/errors.h"
#include "n200/key_record.h"
#include "n200/key_standing.h"
#include "n200/known_secrets.h"
#include "n200/nodes.h"
#include "n200/options.h"
#include "n200/outcome.h"
#include "n200/pin_verdicts.h"
#include "n200/pins_in_use.h"
#include "n200/refusal.h"
#include "n200/refused_access.h"
#include "n200/reply.h"
#include "n200/request.h"
#include "n200/retry.h"
#include "n200/signature_proof.h"
#include "n200/uri.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// The key to sign with, as the device needs it.
struct KeyHandle {
  KeyHandle() = default;
  /// The description is without `secrets` and the PIN: a key's names are the device's words.
  KeyHandle(std::string key_id, std::string token, std::string nice_name, unsigned core, Secret pin,
            std::span<const std::string_view> secrets = {});

  std::string key_id;
  std::string token;
  std::string nice_name;
  unsigned core = 1;
  Secret pin;                                   ///< empty: the PIN stored in the device
  std::shared_ptr<PinVerdict> pin_verdict;      ///< null where there is no PIN
  std::shared_ptr<const KeyStanding> standing;  ///< null where nobody watches: Device::watch
  std::shared_ptr<SignatureProof> proof;        ///< null where nobody verifies: Device::proof_of

  /// "key 'JP.example' (hsm...)", for messages.
  const std::string& description() const noexcept { return description_; }

 private:
  std::string description_;
  PinsInUse::Pin pin_in_use_;
};

/// What is to be signed, and how.
struct ToSign {
  Operation operation = Operation::ec_sign;  ///< ec_sign or rsa_sign
  std::span<const unsigned char> digest;
  std::string_view padding{};     ///< RSA: the device's word, "PKCS1" or "PSS"
  std::string_view hash_name{};   ///< RSA: the device's word for the digest, "SHA256"
  std::string_view salt_bytes{};  ///< PSS: decimal
};

/// A signature that the device made, as far as it is to be trusted.
struct Signed {
  std::size_t node = 0;      ///< which one of `urls` made it
  bool must_verify = false;  ///< it must not be released before Device::note_verdict
  Operation operation = Operation::ec_sign;
  std::uint8_t writing = 0;  ///< SignatureWriting::code() of one that is not the configured one, else 0
};

/// A key to be made.
struct NewKey {
  Operation operation = Operation::ec_generate;  ///< ec_generate or rsa_generate
  std::string_view curve_type{};                 ///< EC: the device's word, "NIST" or "BRAINPOOL"
  unsigned bits = 0;
  unsigned core = 1;
  std::string acl;
  std::string nice_name;
  Secret pin;  ///< empty: none is sent
};

/// A key pair on an EC curve from outside the device.
struct EcKeyPair {
  Secret scalar;     ///< the private part, big-endian, as long as the curve's field
  Bytes public_key;  ///< X‖Y, each as long as the field
};

class Device {
 public:
  using Clock = std::chrono::steady_clock;

  /// The process's device for these options: made when there is none. No I/O, no thread.
  static std::shared_ptr<Device> for_options(transport::Options connection, Options options,
                                             std::shared_ptr<const Log> log);
  Device(std::shared_ptr<transport::Pipeline> pipeline, Options options, std::shared_ptr<const Log> log);

  const Options& options() const noexcept { return options_; }
  const transport::Pipeline& pipeline() const noexcept { return *pipeline_; }
  const Log& log() const noexcept { return *log_; }

  /// The one key that the URI names. One request, none while the answer is cached; a second one, for the
  /// listing of its type, where the device's reply has no public key. Raises unknown_key, several_keys_match
  /// (naming them), key_attribute_mismatch, and what an exchange raises.
  Result<KeyRecord> find_key(const KeyUri& uri);

  /// The types of keys (n200.md): the first is observed, the others are assumed, so a device may not know
  /// them.
  static constexpr std::string_view kAsymmetricTypes[] = {"NIST", "BRAINPOOL", "RSA"};
  static constexpr std::string_view kAllTypes[] = {"NIST", "BRAINPOOL", "RSA", "SYM"};

  /// Calls `take` with every key of these types that has the URI's manufacturer and serial. Not cached. One
  /// request per type. Raises what an exchange raises.
  Result<void> list_keys(const KeyUri& uri, const std::function<void(const KeyRecord&)>& take,
                         std::span<const std::string_view> types = kAsymmetricTypes);

  /// Makes a key. At least three requests: is the name free, make the key, what does the device say of it,
  /// which is checked against the request. Nothing is ever deleted; where the device made another key than
  /// requested, this process makes no further key of that name.
  /// The second is never repeated where the device may have acted on it: after a lost answer the key is
  /// looked up by its name, again and again within the deadline where the device may still be at work, and
  /// must be what was asked for. Raises bad_argument for a name that is not UTF-8 text without control
  /// characters, key_exists, other_key_made, several_keys_match (another key of that name was made at the
  /// same time, and this one has the higher key_id) and what an exchange raises.
  Result<KeyRecord> generate(const NewKey& key);

  /// Whether the device still has this key, which find_key found for this URI. Noticed with the answers to
  /// later questions, without a request.
  std::shared_ptr<const KeyStanding> watch(const KeyUri& uri, const KeyRecord& record) const;

  /// Takes a private key from outside into the device; the same steps. What the device then tells must be the
  /// pair's public key. `key` says where to and on which curve; its operation does not matter. Raises
  /// bad_public_key and what generate raises.
  Result<KeyRecord> import_ec(const NewKey& key, const EcKeyPair& pair);

  /// Deletes the key, for good. Never asked for twice where the device may have acted on it: after a lost
  /// answer the key is looked up by its key_id, again and again within the deadline where the device may
  /// still be at work. Raises wrong_pin, pin_missing, unknown_key and what an exchange raises.
  Result<void> remove(const KeyHandle& key);

  /// The device's clock, in seconds since 1970-01-01 UTC. Raises bad_reply and what an exchange raises.
  Result<std::chrono::sys_seconds> timestamp();

  /// Encrypts with a symmetric key: AES-CBC, to bytes whose layout is the device's own (n200.md). Where the
  /// wire row sends `plain` as it is, it must be UTF-8 without a zero byte: that is what the device can give
  /// back. Raises bad_argument, also for nothing at all, and what remove raises.
  Result<Bytes> encrypt(const KeyHandle& key, std::span<const unsigned char> plain);
  /// The reverse. Raises the same.
  Result<Secret> decrypt(const KeyHandle& key, std::span<const unsigned char> cipher);

  /// Fills `out` with the device's random numbers, in as many requests as it takes. Raises bad_reply and what
  /// an exchange raises.
  Result<void> random(std::span<unsigned char> out);
  static constexpr std::size_t kMostRandomBytes = 1024;  ///< of one request

  /// Signs a digest (the raw bytes). Fills `signature`, whose size says what is expected: EC r‖s, twice as
  /// long as the curve's field; RSA as long as the modulus. Raises wrong_pin, pin_missing, unknown_key,
  /// key_replaced, bad_signature_length and what an exchange raises.
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature,
                      Clock::time_point until);
  Result<Signed> sign(const KeyHandle& key, const ToSign& what, std::span<unsigned char> signature) {
    return sign(key, what, signature, deadline());
  }

  /// For the operations on a key. Its PIN may be empty.
  KeyHandle handle_of(const KeyRecord& record, unsigned core, Secret pin) const;

  /// To be redacted from whatever the device says before that is logged or raised; while the device lives.
  KnownSecrets secrets() const;

  /// What has been seen of this key's signatures, shared by all who use it.
  std::shared_ptr<SignatureProof> proof_of(const KeyRecord& record) const;
  /// Whether a signature fits the key's public part: where it does not, the node is avoided for this key.
  void note_verdict(const KeyHandle& key, const Signed& made, bool is_good) const;

  /// By when an operation has to end that begins now.
  Clock::time_point deadline() const {
    return Clock::now() + std::chrono::milliseconds(options_.deadline_ms);
  }

  /// For a signature that failed as if the key were another one: asks the device for the key, past the cache.
  /// key_replaced if it has another one in its place by now, else the error given.
  Error replaced_or(Error otherwise, const KeyHandle& key, Clock::time_point until);

 private:
  static constexpr std::size_t kReplyCapBytes = 64 * 1024;  // of everything but listings
  struct Exchange {
    Operation operation;
    Values values;
    Doing doing;
    std::size_t reply_cap_bytes;
    Clock::time_point deadline;
    OperationKind kind = OperationKind::reading;
    std::string_view pin{};
    PinVerdict* pin_verdict = nullptr;       // on that pin
    int status = 0;                          // of the last reply
    std::size_t node = 0;                    // that was asked last
    std::string_view secret_sent{};          // the bytes that are imported or encrypted
    SignatureProof* proof = nullptr;         // of the key that signs
    bool must_prove = false;                 // a node did not have the key
    std::optional<std::size_t> only_node{};  // no other node is asked
    bool is_follow_up = false;       // of an operation that is under way: the breaker does not stop it
    bool outcome_unknown = false;    // the device may have acted, and its reply does not say so
    std::size_t expected_bytes = 0;  // of a signature, of random numbers
    std::size_t skipped = 0;         // records that cannot be used
  };
  struct Trail;

  Result<ReplyDocument> exchange(Exchange& exchange);
  // The same with the exchange's PIN, which may turn out wrong: one that did is not sent.
  Result<ReplyDocument> exchange_with_pin(Exchange& exchange);
  // The number of the trial where this exchange tries it out, else 0.
  Result<std::uint64_t> may_send_pin(const Exchange& exchange);
  std::string access_name(const Exchange& exchange, bool of_the_key) const;
  std::optional<RefusedAccess::Refusal> remembered_refusal(const Exchange& exchange) const;
  void note_access(const Exchange& exchange, ReplyKind kind, const Error* error);
  void note_let_in(const Exchange& exchange) noexcept;
  bool was_let_in(const Exchange& exchange, bool of_the_key) const noexcept;
  void note_failure(const Exchange& exchange, const transport::Reply& reply, const Error& error,
                    bool moves_on) const;
  transport::Request request_for(const Exchange& exchange, const Rendered& rendered) const;
  Result<void> pass_breaker(const Exchange& exchange);
  void note_health(const Exchange& exchange, const transport::Reply& reply, ReplyKind kind,
                   const Error* error, const Trail& trail);
  void give_up_on_device(Clock::time_point now) noexcept;
  bool may_fail_over(Exchange& exchange, ReplyKind kind) const;
  std::optional<std::chrono::milliseconds> pause_before_retry(Exchange& exchange,
                                                              const transport::Reply& reply, ReplyKind kind,
                                                              const Error& error, Trail& trail);
  Result<ReplyDocument> judge(const Exchange& exchange, transport::Reply& reply);
  static Result<ReplyDocument> parse_reply(std::string& body, const WireRow& row);
  Error refusal(const Exchange& exchange, Reason reason, const DeviceWords& words) const;
  Error refused(const Exchange& exchange, const transport::Reply& reply, std::string_view body,
                const Error& problem);
  Result<std::uint8_t> read_signature_of(const Exchange& signing, ReplyDocument& document,
                                         const SignatureProof* proof, std::span<unsigned char> out) const;
  void note_writing(const KeyHandle& key, const Signed& made) const;
  Refusal read_words(const Exchange& exchange, std::string_view body, int status) const;
  Result<void> without_records(const Exchange& exchange, const ReplyDocument& document,
                               const Result<void>& taken);

  std::string_view endpoint_url() const noexcept;
  std::string_view url_of(std::size_t node) const noexcept { return pipeline_->options().urls[node]; }
  void probe_a_node();
  void send_probe(std::size_t node, Clock::duration patience, const transport::HealthFlag& flag);
  KeyQuestion question_of(const std::string& name, std::size_t node) const {
    return {identity_ + std::to_string(node), name};
  }
  std::string cache_name_of_key(const std::string& name) const { return identity_ + "key " + name; }
  // Where `node` is set that one alone is asked, and nothing comes from the cache.
  using OneNode = std::optional<std::size_t>;
  Result<KeyRecords> request_key(const std::string& name, Clock::time_point until, OneNode node = {});
  Result<KeyRecord> with_public_key(KeyRecord record, Clock::time_point until, OneNode node = {});
  Result<KeyRecords> keys_named(const std::string& name, Clock::time_point until, OneNode node);
  Result<KeyRecord> make_key(const NewKey& key, const EcKeyPair* given);
  // How a request ended that changes the device.
  struct Change {
    Error error{Reason::none, {}};  // none: it is done
    std::string key_id;             // of a new key
    std::size_t node = 0;           // which was asked
    bool outcome_unknown = false;
  };
  Result<void> check_name_is_free(const Doing& doing, const std::string& name);
  Change request_new_key(const NewKey& key, const EcKeyPair* given, Clock::time_point until);
  Result<KeyRecords> await_key(const std::string& name, Clock::time_point until, std::size_t node);
  Result<void> check_name(const Doing& doing, const std::string& name);
  Result<KeyRecord> whole_record(KeyRecord record, std::size_t node);
  Result<KeyRecord> key_just_made(const Doing& doing, const NewKey& key, const EcKeyPair* given,
                                  const Change& made);
  Error other_key(const Doing& doing, const NewKey& key, const KeyRecord& record) const;
  Result<void> check_no_other(const Doing& doing, const std::vector<KeyRecord>& named,
                              const KeyRecord& mine) const;
  Result<KeyRecord> key_of_lost_answer(const Doing& doing, const NewKey& key, const EcKeyPair* given,
                                       const Change& lost);
  Change request_removal(const KeyHandle& key, const Doing& doing);
  Result<void> removal_of_lost_answer(const KeyHandle& key, const Doing& doing, const Change& lost);
  Result<Secret> encipher(Operation operation, std::string_view verb, const KeyHandle& key,
                          std::span<const unsigned char> data);
  Result<void> request_random(std::span<unsigned char> out, Clock::time_point until);
  // False: the device refused it, so it may not know the type.
  Result<bool> request_listing(const std::string& type, Clock::time_point until,
                               const std::function<void(KeyRecord)>& take, OneNode node = {});
  Result<void> take_records(Exchange& exchange, const std::function<void(KeyRecord)>& take);

  Options options_;
  std::shared_ptr<const Log> log_;
  std::shared_ptr<transport::Pipeline> pipeline_;
  const std::string identity_;  // tells this device's cache entries from another's
  mutable Nodes nodes_;
  Breaker breaker_;
  std::atomic<bool> get_let_in_{false};  // user and password are right
  // By operation: the nodes that have done it.
  std::array<std::atomic<NodeSet>, static_cast<std::size_t>(Operation::count)> let_in_{};
  std::vector<std::size_t> logins_;  // by node: RefusedAccess::login()
};

}  // namespace sesam::n200
