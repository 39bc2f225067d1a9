// SPDX-License-Identifier: Apache-2.0
// wire_… settings, and the requests that result from them.
#include "n200/wire.h"

#include <string>

#include "n200/request.h"
#include "promise.h"

namespace {

using namespace sesam::n200;
using sesam::fuzz::promise;

constexpr std::string_view kPlain = "hsm010123F13C56131E1EEE0000000000000025";

bool is_plain(std::string_view text) { return text.find_first_of(" \r\n#") == text.npos; }

void check_request(const WireRow& row) {
  promise(!row.path.empty() && !row.reply_path.empty(), "a row has a path and a reply");
  static_cast<void>(render(row, Values()));
  Values values;
  const unsigned char digest[32] = {1, 2, 3};
  for (int i = 0; i < static_cast<int>(Placeholder::count); ++i)
    values.set(static_cast<Placeholder>(i), " a&b=c/d?e#f%\r\n");
  const auto request = render(row, values.set_digest(digest));
  // Literal text comes from the user; inserted values must not change the structure of the request.
  bool literal_plain = true;
  for (const auto& piece : row.path) literal_plain = literal_plain && is_plain(piece.literal);
  promise(!literal_plain || is_plain(request.path.reveal()), "values are encoded in a path");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto operation = static_cast<Operation>(data[0] % static_cast<unsigned>(Operation::count));
  const auto text = sesam::fuzz::text_of(data + 1, size - 1);
  WireTable table;
  if (const auto set = table.set(operation, text); !set) {
    promise(set.error().reason == sesam::Reason::bad_configuration,
            "a row that is refused is a bad_configuration");
    promise(table == WireTable(), "a row that is refused changes nothing");
    return 0;
  }
  check_request(table.row(operation));
  auto renamed = table.row(operation);
  if (renamed.rename_command(kPlain)) check_request(renamed);
  return 0;
}
