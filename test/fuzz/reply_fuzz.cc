// SPDX-License-Identifier: Apache-2.0
// The device's replies, read as text members and as key records. The first byte chooses the wire row.
#include "n200/reply.h"

#include <array>

#include "n200/encodings.h"
#include "n200/expected_reply.h"
#include "n200/key_type_forms.h"
#include "n200/public_key_forms.h"
#include "n200/refusal.h"
#include "n200/signature_forms.h"
#include "promise.h"

namespace {

using namespace sesam::n200;

const WireRow& row(unsigned number) {
  static const std::array<WireRow, 3> rows = {
      WireTable().row(Operation::list_keys), WireTable().row(Operation::ec_sign),
      *WireRow::parse("GET /x/{name}/ -> data.keys:der:base64 nice_name=label key_len=bits public_key=pub "
                      "key_id=handle")};
  return rows[number % rows.size()];
}

void read_words(std::string_view body) {
  const std::vector<std::string> fields = {"command", "key", "pin", "text"};
  const std::vector<std::string_view> names = {"wrong pin", "hsm25"};
  for (const bool is_secret : {false, true}) {
    const auto refusal = read_refusal({body, fields, names, "result", is_secret});
    sesam::fuzz::promise(refusal.said.size() <= 2 * body.size() + 8192, "no more is quoted than was said");
    const auto beside = read_error_beside_answer({body, fields, names, "result", is_secret});
    sesam::fuzz::promise(!beside || (beside->meaning.is_error && refusal.meaning.is_error),
                         "an error beside an answer is one without the answer, too");
  }
}

void read_forms(std::string_view text) {
  std::array<unsigned char, 64> out{}, again{};
  for (const bool is_ec : {false, true}) {
    const auto writing = recognise_signature(text, is_ec, out);
    sesam::fuzz::promise(!writing || (read_signature(text, *writing, again) && out == again),
                         "a writing that was recognised is read alike");
  }
  static_cast<void>(rsa_number_of(text, Encoding::hex));
  static_cast<void>(x_and_y_of(text, Encoding::hex, {key_type_of(text.substr(0, 16)).type, 0}));
  static_cast<void>(x_and_y_of(text, Encoding::base64, {"EC", 256}));
}

void read_everything(ReplyDocument& document, const WireRow& row) {
  if (const auto text = document.text(row.reply_path)) {
    std::array<unsigned char, 64> out{};
    static_cast<void>(decode(*text, row.encoding, out));
    const auto bytes = decode(*text, row.encoding);
    sesam::fuzz::promise(!bytes || bytes->size() <= text->size(),
                         "decoded bytes are no more than their text");
  }
  static_cast<void>(document.for_each_record(row, [](const KeyRecord& record) {
    static_cast<void>(record.token_label());
    static_cast<void>(record.serial());
    sesam::fuzz::promise(record.flaw.empty() || record.public_key.empty(), "a key with a flaw is none");
  }));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  read_words(sesam::fuzz::text_of(data + 1, size - 1));
  read_forms(sesam::fuzz::text_of(data + 1, size - 1));
  auto document = ReplyDocument::parse(std::string(sesam::fuzz::text_of(data + 1, size - 1)));
  if (!document) return 0;
  for (const auto operation : {Operation::ec_sign, Operation::rsa_sign, Operation::ec_generate,
                               Operation::remove, Operation::list_keys, Operation::random})
    static_cast<void>(check_reply(*document, {operation, row(data[0]), 64}));
  read_everything(*document, row(data[0]));
  read_everything(*document, row(data[0]));  // a second pass reads the same document
  return 0;
}
