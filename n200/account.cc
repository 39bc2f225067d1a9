// SPDX-License-Identifier: Apache-2.0
#include "n200/account.h"

#include <string>

#include "n200/to_sign.h"

namespace sesam::n200 {
namespace {

std::string in_words(const AuditRecord& record) {
  std::string line(record.event);
  line.append(" with key '").append(record.nice_name).append("' (").append(record.key_id).append("): ");
  if (!record.scheme.empty()) line.append(record.scheme).append(", ");
  if (!record.node.empty()) line.append(record.node).append(", ");
  line += record.result == Reason::none ? "ok" : text_of(record.result);
  return line + ", " + std::to_string(record.duration.count() / 1000) + " ms";
}

}  // namespace

void name_key(AuditRecord& record, const KeyHandle& key) noexcept {
  record.key_id = key.shown_id();
  record.nice_name = key.shown_name();
  record.core = key.core;
}

Result<void> Account::write() const {
  if (exchanger_.log().wants(LogLevel::requests))
    exchanger_.log().write(LogLevel::requests, in_words(record));
  return exchanger_.audit() == nullptr ? Result<void>() : exchanger_.audit()->write(record);
}

Result<void> Account::finish(const Error* error, std::string_view done) {
  record.result = error != nullptr ? error->reason : Reason::none;
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_);
  auto written = write();
  if (written) return written;
  return Error{written.error().reason, written.error().detail + "; " + std::string(done)};
}

std::string ToSign::scheme() const {
  std::string words = operation == Operation::rsa_sign ? "RSA" : "ECDSA";
  for (const auto word : {padding, hash_name})
    if (!word.empty()) words.append(" ").append(word);
  return words;
}

}  // namespace sesam::n200
