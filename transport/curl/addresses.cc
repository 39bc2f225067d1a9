// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/addresses.h"

#include <algorithm>
#include <new>
#include <string>

namespace sesam::transport::curl {
namespace {

// "::HOST:[PORT]": connects any URL to HOST; without PORT, uses the URL's port (CURLOPT_CONNECT_TO(3)).
std::string connect_to(std::string_view address) {
  const auto port = address.rfind(':');
  const bool has_port = port != address.npos && address.find(']', port) == address.npos &&
                        (address.find(':') == port || address[port - 1] == ']');
  const bool is_bare_ipv6 = !has_port && !address.starts_with('[') && port != address.npos;
  std::string text = "::";
  text.append(is_bare_ipv6 ? "[" : "").append(address).append(is_bare_ipv6 ? "]" : "");
  return has_port ? text : text + ":";
}

}  // namespace

Addresses::Addresses(std::string_view setting) {
  while (!setting.empty()) {
    const auto length = std::min(setting.find('|'), setting.size());
    list_.emplace_back(curl_slist_append(nullptr, connect_to(setting.substr(0, length)).c_str()));
    if (!list_.back()) throw std::bad_alloc();
    setting.remove_prefix(std::min(length + 1, setting.size()));
  }
}

std::vector<std::string> Addresses::hosts() const {
  std::vector<std::string> hosts;
  for (const auto& one : list_) hosts.emplace_back(one->data + std::string_view("::").size());
  return hosts;
}

bool Addresses::failed_in_haste() noexcept {
  current_ = (current_ + 1) % count();
  tries_ = (tries_ + 1) % count();
  return tries_ != 0;
}

bool Addresses::failed() noexcept {
  failed_in_haste();
  failures_ = (failures_ + 1) % count();
  return failures_ != 0;
}

}  // namespace sesam::transport::curl
