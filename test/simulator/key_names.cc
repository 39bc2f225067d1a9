// SPDX-License-Identifier: Apache-2.0
#include "key_names.h"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "hex.h"

namespace sesam::simulator {
namespace {

constexpr std::size_t kCounterDigits = 16;
constexpr std::size_t kShortCounterDigits = 8;

}  // namespace

std::string make_key_id(std::string_view serial, std::uint64_t counter) {
  const std::string digits = std::to_string(counter);
  std::string key_id = "hsm0101";
  key_id += serial;
  key_id.append(kCounterDigits - std::min(kCounterDigits, digits.size()), '0');
  return key_id + digits;
}

std::string make_slot(std::string_view key_id) {
  std::string slot(key_id.substr(0, key_id.size() - kCounterDigits));
  return slot.append(key_id.substr(key_id.size() - kShortCounterDigits));
}

std::string random_id() {
  std::array<std::uint8_t, 6> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random bytes");
  return to_hex(bytes);
}

}  // namespace sesam::simulator
