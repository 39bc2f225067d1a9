// SPDX-License-Identifier: Apache-2.0
// Fills a wire row's template with values.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "base/secret.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// The values of one request's placeholders; views that must outlive render().
class Values {
 public:
  Values& set(Placeholder placeholder, std::string_view text) {
    texts_[static_cast<std::size_t>(placeholder)] = text;
    return *this;
  }
  Values& set_digest(std::span<const unsigned char> digest) {
    digest_ = digest;
    return *this;
  }
  Values& set_private_key(std::span<const unsigned char> scalar) {
    private_key_ = scalar;
    return *this;
  }
  /// The data to encrypt or decrypt.
  Values& set_data(std::span<const unsigned char> data) {
    data_ = data;
    return *this;
  }
  std::string_view text(Placeholder placeholder) const noexcept {
    return texts_[static_cast<std::size_t>(placeholder)];
  }
  /// The raw bytes of a placeholder that stands for bytes; the row specifies their encoding.
  std::span<const unsigned char> bytes(Placeholder placeholder) const noexcept {
    return placeholder == Placeholder::digest        ? digest_
           : placeholder == Placeholder::private_key ? private_key_
           : placeholder == Placeholder::data        ? data_
                                                     : std::span<const unsigned char>();
  }
  bool has(Placeholder placeholder) const noexcept {
    return !bytes(placeholder).empty() || !text(placeholder).empty();
  }

 private:
  std::array<std::string_view, static_cast<std::size_t>(Placeholder::count)> texts_{};
  std::span<const unsigned char> digest_{};
  std::span<const unsigned char> private_key_{};
  std::span<const unsigned char> data_{};
};

/// A request as text. Both parts may contain a PIN, a private key or a text to encrypt.
struct Rendered {
  Secret path;
  Secret body;
};

/// Appends the text, with all but unreserved characters percent-encoded (RFC 3986, section 2.3): valid in a
/// path segment and in a form alike (a form's '+' for a blank is not used).
void append_encoded(Secret& out, std::string_view text);

/// Fills the row's path and fields; a field with a placeholder that has no value is left out.
Rendered render(const WireRow& row, const Values& values);

}  // namespace sesam::n200
