// SPDX-License-Identifier: Apache-2.0
// The device's replies, read as text members and as key records. The first byte chooses the wire row.
#include "n200/reply.h"

#include <array>

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
  }));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto document = ReplyDocument::parse(std::string(sesam::fuzz::text_of(data + 1, size - 1)));
  if (!document) return 0;
  read_everything(*document, row(data[0]));
  read_everything(*document, row(data[0]));  // a second look sees the same document
  return 0;
}
