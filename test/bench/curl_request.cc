// SPDX-License-Identifier: Apache-2.0
#include "curl_request.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "message.h"

namespace sesam::bench {
namespace {

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* reply) {
  static_cast<std::string*>(reply)->append(data, size * count);
  return size * count;
}

}  // namespace

void start_curl() {
  if (curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) throw std::runtime_error("curl_global_init");
}

CurlRequest::CurlRequest(const Options& options)
    : url_(options.url + "/n200/web/postv1"),
      ca_file_(options.ca_file),
      credentials_(options.user + ":" + options.password),
      http1_(options.http1) {
  const std::string host = options.url.substr(options.url.find("//") + 2);
  resolve_.reset(curl_slist_append(nullptr, (host + ":" + options.address).c_str()));
  for (const KeyName& key : options.keys)
    bodies_.push_back("command=eccsign&core=" + std::to_string(key.core) + "&key=" + key.key_id +
                      "&pin=" + options.pin + "&hash=" + message_digest_hex());
}

Easy CurlRequest::make(std::size_t caller, std::string& reply) const {
  Easy easy(curl_easy_init());
  if (!easy) throw std::runtime_error("curl_easy_init");
  CURL* handle = easy.get();
  curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle, CURLOPT_RESOLVE, resolve_.get());
  curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file_.c_str());
  curl_easy_setopt(handle, CURLOPT_USERPWD, credentials_.c_str());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bodies_[caller % bodies_.size()].c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 15000L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &reply);
  if (http1_) curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  return easy;
}

std::string CurlRequest::result_of(const std::string& reply) {
  return nlohmann::json::parse(reply).at("result").get<std::string>();
}

void CurlRequest::check(CURL* easy, CURLcode result, const std::string& reply) {
  if (result != CURLE_OK) throw std::runtime_error(curl_easy_strerror(result));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200 || reply.find("\"result\"") == std::string::npos)
    throw std::runtime_error("HTTP status " + std::to_string(status) + ": " + reply);
}

}  // namespace sesam::bench
