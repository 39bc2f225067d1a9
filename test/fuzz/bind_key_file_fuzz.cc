// SPDX-License-Identifier: Apache-2.0
// BIND's K*.private files.
#include "keymgmt/bind_key_file.h"

#include "promise.h"

namespace {

using sesam::fuzz::promise;
using sesam::keymgmt::EcKeyFile;

void check(const EcKeyFile& key) {
  const std::size_t bytes = key.curve->field_bytes;
  promise(bytes == 32 || bytes == 48, "the curve is one of DNSSEC's");
  promise(key.pair.scalar.reveal().size() == bytes, "the private number is as long as the field");
  promise(key.pair.public_key.size() == 2 * bytes, "and the public key twice that");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = sesam::fuzz::text_of(data, size);
  const auto key = sesam::keymgmt::read_bind_key_file("Knone.private", sesam::Secret{std::string(text)});
  if (key) check(*key);
  return 0;
}
