// SPDX-License-Identifier: Apache-2.0
// What `sesam discover` reads: a device's reply to a guess.
// The first byte chooses the key type and the status.
#include <array>
#include <string>
#include <vector>

#include "cli/discover_asker.h"
#include "cli/discover_refusal.h"
#include "cli/discover_reply.h"
#include "cli/discover_steps.h"
#include "promise.h"

namespace {

using namespace sesam::cli::discover;

constexpr std::array kStatuses{200, 400, 401, 403, 404, 422, 500};

void read_as_signature(std::string_view body, sesam::n200::SignatureForm plain) {
  const auto found = find_signature(body, plain, 64, [](std::span<const unsigned char> signature) {
    sesam::fuzz::promise(signature.size() == 64, "a signature has the length that was asked for");
    return Match::none;
  });
  if (found && found->can_be_written)
    sesam::fuzz::promise(!found->row().empty(), "what can be written has a wire row");
}

void read_as_refusal(const Answer& answer, KeyType kind) {
  const auto candidate = with_all_names("sign", kind);
  const std::vector<std::string> sent = {"hsm010123F13C56131E1EEE0000000000000025", "SHA256"};
  const auto refusal = read_refusal(answer, candidate, kind, sent);
  const Reading reading{true, std::nullopt, refusal, without_numbers(shape_of(answer, candidate, sent))};
  for (const auto& next : steps_after(candidate, reading, kind).next)
    sesam::fuzz::promise(may_be_sent(next.command), "only names on the list are sent");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto body = sesam::fuzz::text_of(data + 1, size - 1);
  const auto kind = (data[0] & 1) != 0 ? KeyType::rsa : KeyType::ec;
  read_as_signature(body, sesam::keymgmt::row_of(kind).signature_form);
  read_as_refusal({true, kStatuses[(data[0] >> 1) % kStatuses.size()], std::string(body)}, kind);
  return 0;
}
