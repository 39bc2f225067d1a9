// SPDX-License-Identifier: Apache-2.0
// The text of BIND's K files: the lines of a K*.private file, and the DNSKEY record of a K*.key file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/hex.h"
#include "base/secret.h"

namespace sesam::keymgmt {

/// The names of the lines that contain a private EC key, and the label by which a provider finds it.
inline constexpr std::string_view kBindPrivateKey = "PrivateKey";
inline constexpr std::string_view kBindLabel = "Label";
/// Written by BIND 9.16 and 9.18 with an engine; BIND 9.20 rejects it.
inline constexpr std::string_view kBindEngine = "Engine";

/// The rest of the line that starts with "name:", trimmed; empty if there is none.
std::string_view bind_field(std::string_view text, std::string_view name) noexcept;

/// Whether a line starts with "name:".
bool has_bind_field(std::string_view text, std::string_view name) noexcept;

/// The text with `line` in place of the line that starts with "name:"; all other lines, such as the timings,
/// are kept. Further lines of that name, and "Engine:", are removed.
Secret replace_bind_field(std::string_view text, std::string_view name, std::string_view line);

/// "Label: ..." as BIND writes it.
std::string bind_label_line(std::string_view label);

/// The record in a K*.key file.
struct BindDnskey {
  std::string zone;  ///< "jp.example", without the final dot
  Bytes public_key;  ///< RFC 6605: X‖Y
  bool operator==(const BindDnskey&) const = default;
};

/// nullopt if the text contains no such record.
std::optional<BindDnskey> parse_bind_dnskey(std::string_view text);

}  // namespace sesam::keymgmt
