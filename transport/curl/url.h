// SPDX-License-Identifier: Apache-2.0
// Parsed URLs of one endpoint. libcurl would parse a string again for each request; a parsed URL saves 13 %
// of its instructions.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sesam::transport::curl {

struct UrlDeleter {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

class EndpointUrls {
 public:
  /// `base` is "https://host[:port][/prefix]".
  explicit EndpointUrls(std::string base);

  /// Why the base cannot be used; empty if it can.
  const std::string& complaint() const noexcept { return complaint_; }
  /// A cached URL that lives as long as this object, for the few paths without arguments. nullptr if it
  /// cannot be parsed or the cache is full: then use parse(). Throws std::bad_alloc.
  CURLU* shared(std::string_view path);
  /// nullptr if it cannot be parsed. Throws std::bad_alloc.
  Url parse(std::string_view path) const;
  /// "HOST:PORT", as in libcurl's address cache.
  std::string host_and_port() const;
  /// For messages.
  const std::string& base() const noexcept { return base_; }

 private:
  struct Entry {
    std::string path;
    Url url;
  };
  std::string base_;
  std::string complaint_;
  std::vector<Entry> shared_;
};

}  // namespace sesam::transport::curl
