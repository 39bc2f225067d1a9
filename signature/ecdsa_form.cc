// SPDX-License-Identifier: Apache-2.0
#include "signature/ecdsa_form.h"

#include <algorithm>

namespace sesam::signature {
namespace {

// ASN.1 tags and lengths (X.690).
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kOneLengthByte = 0x81;
constexpr std::size_t kShortLength = 0x80;

using Number = std::span<const unsigned char>;

// Without leading zeros; empty for zero.
Number significant(Number padded) {
  const auto first = std::find_if(padded.begin(), padded.end(), [](unsigned char byte) { return byte != 0; });
  return padded.subspan(static_cast<std::size_t>(first - padded.begin()));
}

// A set top bit would make it negative.
bool needs_zero(Number number) { return (number.front() & 0x80) != 0; }

std::size_t content_bytes(Number number) { return number.size() + (needs_zero(number) ? 1 : 0); }

unsigned char* put_integer(Number number, unsigned char* to) {
  *to++ = kInteger;
  *to++ = static_cast<unsigned char>(content_bytes(number));
  if (needs_zero(number)) *to++ = 0;
  return std::copy(number.begin(), number.end(), to);
}

}  // namespace

// Written by hand: ECDSA_SIG and its BIGNUMs took 11,000 of a signature's 60,000 instructions (callgrind),
// this takes a few hundred.
Result<std::size_t> der_of_p1363(std::span<const unsigned char> p1363, std::span<unsigned char> out) {
  const Number r = significant(p1363.first(p1363.size() / 2));
  const Number s = significant(p1363.subspan(p1363.size() / 2));
  if (r.empty() || s.empty()) return Error{Reason::bad_signature, "r or s is zero"};
  const std::size_t content = 2 + content_bytes(r) + 2 + content_bytes(s);
  const std::size_t total = content + (content < kShortLength ? 2 : 3);
  if (content_bytes(r) >= kShortLength || content_bytes(s) >= kShortLength || content > 0xff)
    return Error{Reason::bad_signature, "longer than that of any curve"};
  if (total > out.size())
    return Error{Reason::buffer_too_small, "for a signature of " + std::to_string(total) + " bytes"};
  unsigned char* to = out.data();
  *to++ = kSequence;
  if (content >= kShortLength) *to++ = kOneLengthByte;
  *to++ = static_cast<unsigned char>(content);
  put_integer(s, put_integer(r, to));
  return total;
}

}  // namespace sesam::signature
