// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/url.h"

#include <new>
#include <utility>

#include "base/secret.h"

namespace sesam::transport::curl {
namespace {

// Dots in a path are left to the device (PATH_AS_IS), and a missing scheme is an error, not "http".
constexpr unsigned kFlags = CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

EndpointUrls::EndpointUrls(std::string base) : base_(std::move(base)) {
  while (base_.ends_with('/')) base_.pop_back();
  const Url url = parse("/");
  if (!url)
    complaint_ = "not a URL";
  else if (part(url.get(), CURLUPART_SCHEME) != "https")
    complaint_ = "not an https:// URL";
  else if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    complaint_ = "a URL must not contain credentials";
  else if (!part(url.get(), CURLUPART_QUERY).empty() || !part(url.get(), CURLUPART_FRAGMENT).empty())
    complaint_ = "a base URL must not have a query or a fragment";
}

std::string EndpointUrls::host_and_port() const {
  const Url url = parse("/");
  const std::string port = url ? part(url.get(), CURLUPART_PORT) : std::string();
  return (url ? part(url.get(), CURLUPART_HOST) : std::string()) + ":" + (port.empty() ? "443" : port);
}

CURLU* EndpointUrls::shared(std::string_view path) {
  constexpr std::size_t kMax = 8;
  for (const auto& entry : shared_)
    if (entry.path == path) return entry.url.get();
  if (shared_.size() == kMax) return nullptr;
  Url url = parse(path);
  if (!url) return nullptr;
  return shared_.emplace_back(Entry{std::string(path), std::move(url)}).url.get();
}

Url EndpointUrls::parse(std::string_view path) const {
  Url url(curl_url());
  Secret whole(base_);  // the path may contain a PIN
  whole.append(path);
  whole.append({"\0", 1});
  const CURLUcode code =
      url ? curl_url_set(url.get(), CURLUPART_URL, whole.reveal().data(), kFlags) : CURLUE_OUT_OF_MEMORY;
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLUE_OK) return nullptr;
  return url;
}

}  // namespace sesam::transport::curl
