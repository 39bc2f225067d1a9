// SPDX-License-Identifier: Apache-2.0
#include "n200/operations.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "n200/encodings.h"
#include "n200/find_key.h"

namespace sesam::n200 {
namespace {

constexpr std::size_t kMaxCharsPerByte = 6;  // of JSON: \u00XX

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string_view chars_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Whether the row sends the data as text.
bool sends_text(const WireRow& row) {
  const auto has_text = [](const std::vector<Piece>& pieces) {
    return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
      return piece.placeholder == Placeholder::data && piece.encoding == Encoding::text;
    });
  };
  return has_text(row.path) ||
         std::any_of(row.fields.begin(), row.fields.end(), [&](const Field& f) { return has_text(f.value); });
}

// UTF-8 without zero bytes: the device's replies cannot contain anything else.
bool is_text(std::string_view data) {
  while (!data.empty()) {
    const auto character = first_character(data);
    if (!character.is_utf8 || character.code == 0) return false;
    data.remove_prefix(character.bytes);
  }
  return true;
}

Result<Secret> encipher(Exchanger& exchanger, Operation operation, std::string_view verb,
                        const KeyHandle& key, std::span<const unsigned char> data) {
  const std::string core = std::to_string(key.core);
  Exchange asking{.operation = operation,
                  .doing = {verb, key.description(), exchanger.endpoint_url()},
                  .deadline = exchanger.deadline(),
                  .reply_cap_bytes = Exchange::kReplyCapBytes + kMaxCharsPerByte * data.size(),
                  .secret_sent = chars_of(data),
                  .proof = key.proof.get()};
  const WireRow& row = exchanger.row_of(asking);
  if (data.empty()) return error_of(asking.doing, Reason::bad_argument, "no data given");
  if (sends_text(row) && !is_text(chars_of(data)))
    return error_of(asking.doing, Reason::bad_argument,
                    "the device accepts and returns only UTF-8 text; encode the data first, for "
                    "example in base64");
  asking.set_key(key, core);
  asking.values.set_data(data);
  auto document = exchanger.exchange(asking);
  if (!document)
    return document.error().reason == Reason::unknown_key
               ? replaced_or(exchanger, std::move(document).error(), key, asking.deadline)
               : std::move(document).error();
  SESAM_TRY(text, exchanger.answer_of(asking, *document));
  if (row.encoding == Encoding::text) return Secret(text);
  const auto bytes = decode(text, row.encoding);
  if (!bytes)
    return error_of(asking.doing, Reason::bad_reply, "the result is not in the encoding of the wire row");
  return Secret(chars_of(*bytes));
}

}  // namespace

Result<Bytes> encrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> plain) {
  SESAM_TRY(cipher, encipher(exchanger, Operation::encrypt, "encrypting with", key, plain));
  const auto bytes = bytes_of(cipher.reveal());
  return Bytes(bytes.begin(), bytes.end());
}

Result<Secret> decrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> cipher) {
  return encipher(exchanger, Operation::decrypt, "decrypting with", key, cipher);
}

}  // namespace sesam::n200
