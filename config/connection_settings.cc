// SPDX-License-Identifier: Apache-2.0
#include "config/connection_settings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "base/file.h"
#include "config/bad_configuration.h"

namespace sesam::config {
namespace {

Result<Secret> read(const std::string& path) {
  auto text = read_file(path);
  if (const int* failed = std::get_if<int>(&text)) return bad_configuration(std::strerror(*failed));
  return std::get<Secret>(std::move(text));
}

// Drops private keys, which often share a file with certificates: the result is kept in ordinary memory.
std::string without_private_keys(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kKey = "PRIVATE KEY-----";
  std::string kept;
  while (!pem.empty()) {
    const auto begin = std::min(pem.find(kBegin), pem.size());
    const auto next = std::min(pem.find(kEnd, begin), pem.size());
    const auto end = std::min(pem.find('\n', next), pem.size());
    const bool is_key = pem.substr(begin, pem.substr(begin).find('\n')).find(kKey) != pem.npos;
    kept.append(pem.substr(0, is_key ? begin : end));
    pem.remove_prefix(end);
  }
  return kept;
}

// "HOST", "HOST:PORT", "[IPv6]" or "[IPv6]:PORT"; an address may also be IPv6 without brackets. Without a
// number after the colon, libcurl uses the default.
Result<void> check_port(std::string_view endpoint) {
  const auto colon = endpoint.rfind(':');
  const bool has_port = colon != endpoint.npos && endpoint.find(']', colon) == endpoint.npos &&
                        (endpoint.find(':') == colon || endpoint[colon - 1] == ']');
  if (!has_port || colon + 1 == endpoint.size()) return {};
  const std::string_view port = endpoint.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (failed == std::errc{} && end == port.data() + port.size() && number != 0) return {};
  return bad_configuration("allowed ports: whole numbers from 1 to 65535");
}

// Checks the ports of one node's addresses.
Result<void> check_ports(std::string_view entry) {
  while (!entry.empty()) {
    const auto length = std::min(entry.find('|'), entry.size());
    SESAM_CHECK(check_port(entry.substr(0, length)));
    entry.remove_prefix(std::min(length + 1, entry.size()));
  }
  return {};
}

}  // namespace

// Accepts base URLs. In the vendor's file, a URL may include the path
// of the POST interface; that is removed, as the wire table defines it.
Result<void> take_url(std::string_view text, Configuration& c) {
  c.connection.urls.clear();
  while (!text.empty()) {
    const auto length = std::min(text.find(' '), text.size());
    std::string_view url = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (url.empty()) continue;
    if (url.ends_with("/n200/web/postv1")) url.remove_suffix(sizeof "/n200/web/postv1" - 1);
    while (url.ends_with('/')) url.remove_suffix(1);
    constexpr std::string_view scheme = "https://";
    const bool plain = url.starts_with(scheme) && url.size() > scheme.size() &&
                       url.find_first_of("/?#@", scheme.size()) == url.npos;
    if (!plain)
      return bad_configuration(
          "allowed values: base URLs like https://seSAM-nserie-101 or https://192.0.2.7:8443, separated by "
          "spaces");
    SESAM_CHECK(check_port(url.substr(scheme.size())));
    c.connection.urls.emplace_back(url);
  }
  return {};
}

// One entry for each URL, or one for all; check_addresses() decides once all settings are known.
Result<void> take_address(std::string_view text, Configuration& c) {
  c.connection.addresses.clear();
  while (!text.empty()) {
    const auto length = std::min(text.find(' '), text.size());
    const std::string_view entry = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (entry.empty()) continue;
    if (entry.starts_with('|') || entry.ends_with('|') || entry.find("||") != entry.npos ||
        entry.find_first_of("/@,;") != entry.npos)
      return bad_configuration(
          "allowed values: addresses like 192.0.2.7, [2001:db8::7]:8443 or 192.0.2.7|198.51.100.7, one for "
          "each "
          "URL, separated by spaces");
    SESAM_CHECK(check_ports(entry));
    c.connection.addresses.emplace_back(entry);
  }
  return {};
}

Result<void> check_addresses(Configuration& c) {
  auto& addresses = c.connection.addresses;
  const std::size_t urls = c.connection.urls.size();
  if (addresses.size() == 1) addresses.resize(urls, addresses.front());
  if (addresses.empty() || addresses.size() == urls) return {};
  return bad_configuration(
      "address has " + std::to_string(addresses.size()) + " entries and url has " + std::to_string(urls) +
      ": give one address for each URL, in the same order; the addresses of one device go into one "
      "entry, separated by '|'");
}

Result<void> take_tlscert(std::string_view text, Configuration& c) {
  SESAM_TRY(pem, read(std::string(text)));
  if (pem.reveal().find("-----BEGIN ") == std::string_view::npos)
    return bad_configuration("contains no PEM certificate");
  // libcurl's OpenSSL would prompt for a passphrase, on the terminal of a server.
  std::string certificates = without_private_keys(pem.reveal());
  if (certificates.find("\nProc-Type: 4,ENCRYPTED") != std::string::npos)
    return bad_configuration("contains an encrypted certificate; decrypt it first");
  c.connection.ca_path = text;
  c.connection.ca_pem = std::move(certificates);
  return {};
}

Result<void> take_client_cert(std::string_view text, Configuration& c) {
  SESAM_TRY(pem, read(std::string(text)));
  c.connection.client_cert_path = text;
  c.connection.client_cert_pem = without_private_keys(pem.reveal());
  return {};
}

Result<void> take_client_key(std::string_view text, Configuration& c) {
  SESAM_TRY(pem, read(std::string(text)));
  c.connection.client_key_path = text;
  c.connection.client_key_pem = std::move(pem);
  return {};
}

}  // namespace sesam::config
