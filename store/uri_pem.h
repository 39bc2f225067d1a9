// SPDX-License-Identifier: Apache-2.0
// A PEM file that wraps a key URI, for programs that load keys only from files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hex.h"
#include "base/secret.h"

namespace sesam::store {

/// The label that we write, and the one that pkcs11-provider writes, which we read too.
inline constexpr char kPemLabel[] = "SESAM KEY URI";
inline constexpr char kPkcs11PemLabel[] = "PKCS#11 PROVIDER URI";

/// Whether the line, which may end in a line break, begins the PEM form of a URI: written by us or, if
/// `theirs_too`, by pkcs11-provider.
bool is_first_line(std::string_view line, bool theirs_too);

/// The structure's name in OpenSSL's decoder chain.
inline constexpr char kUriStructure[] = "sesam-uri";

inline std::span<const unsigned char> bytes_of(const Secret& der) noexcept {
  return {reinterpret_cast<const unsigned char*>(der.reveal().data()), der.reveal().size()};
}

/// SEQUENCE { VisibleString description, UTF8String uri };
/// empty if out of memory. The URI must not contain a secret.
Bytes der_of_uri(const std::string& uri);

/// The URI of such a structure, written by us or, if `theirs_too`,
/// by pkcs11-provider; nullopt for another structure or invalid DER. A user may have
/// written a PIN into it.
std::optional<Secret> uri_of_der(std::span<const unsigned char> der, bool theirs_too);

/// The PEM form of der_of_uri(). OpenSSL also accepts any
/// label of a private key, as sesam recognises the structure.
std::string pem_of_uri(const std::string& uri, const char* label = kPemLabel);

/// The DER form inside a PEM text with our label, or pkcs11-provider's if
/// `theirs_too`; nullopt if the label is another one or the text is malformed.
std::optional<Secret> der_of_pem(std::string_view pem, bool theirs_too);

}  // namespace sesam::store
