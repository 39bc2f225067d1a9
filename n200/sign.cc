// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <utility>

#include "base/hex.h"
#include "metrics/counts.h"
#include "n200/account.h"
#include "n200/find_key.h"
#include "n200/key_standing.h"
#include "n200/signature_forms.h"
#include "n200/signature_proof.h"

namespace sesam::n200 {
namespace {

// Returns 0 for the configured writing, else the writing's code. The one that verified last is tried first.
Result<std::uint8_t> read_signature_of(const Exchanger& exchanger, const Exchange& signing,
                                       ReplyDocument& document, std::span<unsigned char> out) {
  const WireRow& row = exchanger.row_of(signing);
  SESAM_TRY(text, exchanger.answer_of(signing, document));
  const bool elsewhere = document.is_answered_elsewhere();
  const SignatureWriting configured{row.form, row.encoding, false};
  const std::uint8_t proven = signing.proof != nullptr ? signing.proof->writing() : std::uint8_t{0};
  if (proven != 0 && SignatureWriting::of_code(proven).elsewhere == elsewhere &&
      read_signature(text, SignatureWriting::of_code(proven), out))
    return proven;
  if (!elsewhere && read_signature(text, configured, out)) return std::uint8_t{0};
  auto recognised = recognise_signature(text, answer_to(signing.operation) == Answer::ecdsa_signature, out);
  if (!recognised)
    return error_of(signing.doing, Reason::bad_signature_length,
                    "expected " + std::to_string(out.size()) + " bytes of signature, got a text of " +
                        std::to_string(text.size()) + " characters");
  recognised->elsewhere = elsewhere;
  return recognised->code();
}

void note_writing(Exchanger& exchanger, const KeyHandle& key, const Signed& made) {
  if (!key.proof->verified_in(made.writing) || made.writing == 0) return;
  const auto writing = SignatureWriting::of_code(made.writing);
  std::string line = key.description() + ": the device returns signatures as " +
                     std::string(name_of(writing)) + (writing.elsewhere ? ", under another member," : "") +
                     ", and one has been verified; to configure this, end " +
                     std::string(setting_of(made.operation)) + " with '-> ";
  for (const auto& name : exchanger.options().wire.row(made.operation).reply_path)
    line += (line.ends_with(' ') ? "" : ".") + name;
  exchanger.log().write(LogLevel::retries, line + ":" + std::string(name_of(writing)) + "'");
}

Result<Signed> sign_in_device(Exchanger& exchanger, Exchange& signing, const KeyHandle& key,
                              const ToSign& what, std::span<unsigned char> signature) {
  const std::string core = std::to_string(key.core);
  if (key.standing && key.standing->is_replaced())
    return error_of(signing.doing, Reason::key_replaced,
                    "the device now has another key in its place; request not sent");
  signing.set_key(key, core);
  signing.values.set(Placeholder::padding, what.padding)
      .set(Placeholder::hash_name, what.hash_name)
      .set(Placeholder::salt_bytes, what.salt_bytes)
      .set_digest(what.digest);
  auto document = exchanger.exchange(signing);
  if (!document) {
    auto error = std::move(document).error();
    return error.reason == Reason::unknown_key
               ? replaced_or(exchanger, std::move(error), key, signing.deadline)
               : std::move(error);
  }
  SESAM_TRY(writing, read_signature_of(exchanger, signing, *document, signature));
  metrics::counts().signatures.add();
  const Error* const reported = document->reported_error();
  if (reported != nullptr)
    exchanger.log().write(LogLevel::retries, reported->detail + "; verifying the signature");
  const bool is_new_writing = key.proof ? key.proof->writing() != writing : writing != 0;
  const bool is_new_node = key.proof && exchanger.node_count() > 1 && !key.proof->is_proven(signing.node);
  return Signed{signing.node, signing.must_prove || is_new_node || is_new_writing || reported != nullptr,
                what.operation, writing};
}

// Records that a signature, already recorded as made, is not released.
void record_reject(const Exchanger& exchanger, const KeyHandle& key, const Signed& made) {
  if (Account::is_unwanted(exchanger)) return;
  Account account(exchanger, "reject");
  name_key(account.record, key);
  account.record.node = exchanger.url_of(made.node);
  static_cast<void>(account.end(Result<void>(Error{Reason::bad_signature, {}}), {}));
}

}  // namespace

Result<Signed> sign(Exchanger& exchanger, const KeyHandle& key, const ToSign& what,
                    std::span<unsigned char> signature, Exchanger::Clock::time_point until) {
  Exchange signing{.operation = what.operation,
                   .doing = {"signing with", key.description(), exchanger.endpoint_url()},
                   .deadline = until,
                   .kind = OperationKind::signing,
                   .proof = key.proof.get(),
                   .expected_bytes = signature.size()};
  if (Account::is_unwanted(exchanger)) [[likely]]
    return sign_in_device(exchanger, signing, key, what, signature);
  const std::string scheme = what.scheme();
  Account account(exchanger, "sign");
  name_key(account.record, key);
  account.record.scheme = scheme;
  account.record.digest = what.digest;
  SESAM_CHECK(account.begin());
  auto made = sign_in_device(exchanger, signing, key, what, signature);
  account.record.node = signing.doing.endpoint;
  return account.end(std::move(made), "the device has signed; the signature is withheld");
}

// With a single node there is no other to ask, but the writing is known now.
void note_verdict(Exchanger& exchanger, const KeyHandle& key, const Signed& made, bool is_good) {
  if (!is_good) record_reject(exchanger, key, made);
  if (key.proof && is_good && key.proof->writing() != made.writing) note_writing(exchanger, key, made);
  if (!key.proof || exchanger.node_count() == 1) return;
  if (is_good)
    key.proof->verified(made.node);
  else if (key.proof->differs(made.node))
    exchanger.log().write(LogLevel::failures,
                          key.description() + ": a signature from " +
                              std::string(exchanger.url_of(made.node)) +
                              " does not match the public key; avoiding this node for this key: the "
                              "nodes may have different keys");
}

std::shared_ptr<SignatureProof> proof_of(const Exchanger& exchanger, const KeyRecord& record) {
  std::string key = exchanger.identity() + record.key_id + "|";
  for (const Bytes& part : {record.public_key, record.modulus, record.exponent}) key += to_hex(part) + "|";
  auto proof = process_state<SignatureProofs>().of(key, record.node);
  for (std::size_t node = 0; node < exchanger.node_count(); ++node)
    if ((record.lacking & node_set(node)) != 0 && proof->differs(node))
      exchanger.note_difference(node, "does not have key '" + exchanger.redacted(record.nice_name) + "'");
  return proof;
}

}  // namespace sesam::n200
