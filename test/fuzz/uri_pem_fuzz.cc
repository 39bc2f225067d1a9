// SPDX-License-Identifier: Apache-2.0
// PEM files that wrap a key URI, and the DER inside.
#include "store/uri_pem.h"

#include "promise.h"

namespace {

using sesam::fuzz::promise;
using namespace sesam::store;

// A URI that was read from a file can be written and read again.
void check_round_trip(const std::string& uri) {
  const auto der = der_of_pem(pem_of_uri(uri), false);
  const auto read = der ? uri_of_der(bytes_of(*der), false) : std::nullopt;
  promise(read && read->reveal() == uri, "a URI that is written is read as it was");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const bool theirs_too : {false, true}) {
    if (const auto uri = uri_of_der({data, size}, theirs_too)) check_round_trip(std::string(uri->reveal()));
    if (const auto der = der_of_pem(sesam::fuzz::text_of(data, size), theirs_too))
      if (const auto uri = uri_of_der(bytes_of(*der), theirs_too))
        check_round_trip(std::string(uri->reveal()));
  }
  return 0;
}
