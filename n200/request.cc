// SPDX-License-Identifier: Apache-2.0
#include "n200/request.h"

#include <algorithm>
#include <vector>

#include "base/base64.h"
#include "base/hex.h"

namespace sesam::n200 {
namespace {

// Enough for the request of a signature, so that each part is allocated once.
constexpr std::size_t kUsualPathBytes = 64;
constexpr std::size_t kUsualBodyBytes = 384;

bool is_unreserved(char c) noexcept {  // RFC 3986, section 2.3
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

void append_encoded(Secret& out, std::string_view text) {
  while (!text.empty()) {
    const auto plain = std::find_if_not(text.begin(), text.end(), is_unreserved) - text.begin();
    out.append(text.substr(0, static_cast<std::size_t>(plain)));
    text.remove_prefix(static_cast<std::size_t>(plain));
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    out.append("%");
    append_hex(out, {&byte, 1});
    text.remove_prefix(1);
  }
}

namespace {

std::string_view chars_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append_bytes(Secret& out, std::span<const unsigned char> bytes, Encoding encoding, bool secret) {
  constexpr const char* kUpper = "0123456789ABCDEF";
  constexpr const char* kLower = "0123456789abcdef";
  switch (encoding) {
    case Encoding::hex:
    case Encoding::hex_lower: {
      const char* digits = encoding == Encoding::hex ? kUpper : kLower;
      if (secret)
        out.append_hex_of(chars_of(bytes), digits);
      else
        append_hex(out, bytes, digits);
      break;
    }
    case Encoding::base64: {
      Secret text;
      append_base64(text, bytes);
      append_encoded(out, text.reveal());
      break;
    }
    case Encoding::text:
      append_encoded(out, chars_of(bytes));
      break;
  }
}

void append_pieces(Secret& out, const std::vector<Piece>& pieces, const Values& values) {
  for (const auto& piece : pieces) {
    if (piece.placeholder == Placeholder::count)
      out.append(piece.literal);
    else if (const auto bytes = values.bytes(piece.placeholder); !bytes.empty())
      append_bytes(out, bytes, piece.encoding, piece.placeholder != Placeholder::digest);
    else
      append_encoded(out, values.text(piece.placeholder));
  }
}

bool complete(const Field& field, const Values& values) {
  return std::all_of(field.value.begin(), field.value.end(), [&](const Piece& piece) {
    return piece.placeholder == Placeholder::count || values.has(piece.placeholder);
  });
}

}  // namespace

Rendered render(const WireRow& row, const Values& values) {
  Rendered request;
  request.path.reserve(kUsualPathBytes);
  request.body.reserve(kUsualBodyBytes);
  append_pieces(request.path, row.path, values);
  for (const auto& field : row.fields) {
    if (!complete(field, values)) continue;
    if (!request.body.empty()) request.body.append("&");
    request.body.append(field.name);
    request.body.append("=");
    append_pieces(request.body, field.value, values);
  }
  return request;
}

}  // namespace sesam::n200
