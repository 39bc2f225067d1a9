// SPDX-License-Identifier: Apache-2.0
#include "provider/params.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "metrics/counts.h"
#include "n200/open_metrics.h"
#include "provider/name.h"

namespace sesam::provider {
namespace {

constexpr std::pair<const char*, const char*> kTexts[] = {{OSSL_PROV_PARAM_NAME, kName},
                                                          {OSSL_PROV_PARAM_VERSION, SESAM_VERSION},
                                                          {OSSL_PROV_PARAM_BUILDINFO, SESAM_BUILD_INFO}};

// Other threads may be counting, so a level can briefly be below zero.
std::uint64_t not_negative(const metrics::Level& level) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(level.get(), 0));
}

struct Number {
  const char* name;
  std::uint64_t (*get)(const metrics::Counts&);
};
constexpr Number kNumbers[] = {
    {"sesam-signatures", [](const metrics::Counts& c) { return c.signatures.get(); }},
    {"sesam-requests", [](const metrics::Counts& c) { return c.all_requests(); }},
    {"sesam-retries", [](const metrics::Counts& c) { return c.all_retries(); }},
    {"sesam-failures", [](const metrics::Counts& c) { return c.all_failures(); }},
    {"sesam-in-flight", [](const metrics::Counts& c) { return not_negative(c.in_flight); }},
    {"sesam-connections-opened", [](const metrics::Counts& c) { return c.connections_opened.get(); }},
    {"sesam-connections-open", [](const metrics::Counts& c) { return not_negative(c.connections_open); }},
    {"sesam-key-cache-hits", [](const metrics::Counts& c) { return c.key_cache_hits.get(); }},
    {"sesam-key-cache-misses", [](const metrics::Counts& c) { return c.key_cache_misses.get(); }},
};
constexpr char kMetrics[] = "sesam-metrics";

constexpr auto kGettable = [] {
  std::array<OSSL_PARAM, std::size(kTexts) + std::size(kNumbers) + 3> all{};  // the last one terminates it
  std::size_t i = 0;
  for (const auto& text : kTexts) all[i++] = OSSL_PARAM_utf8_ptr(text.first, nullptr, 0);
  all[i++] = OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, nullptr);
  for (const auto& number : kNumbers)
    all[i++] = OSSL_PARAM_DEFN(number.name, OSSL_PARAM_UNSIGNED_INTEGER, nullptr, sizeof(std::uint64_t));
  all[i] = OSSL_PARAM_utf8_string(kMetrics, nullptr, 0);
  return all;
}();

Error does_not_fit(const char* name) {
  return {Reason::bad_argument,
          std::string("the provider parameter '") + name + "' has the wrong type or is too small"};
}

}  // namespace

const OSSL_PARAM* gettable_params(void*) { return kGettable.data(); }

// The status says that the module runs; no device is contacted before a key is used.
Result<void> get_params(void*, OSSL_PARAM params[]) {
  for (const auto& [key, text] : kTexts)
    if (OSSL_PARAM* p = OSSL_PARAM_locate(params, key); p != nullptr && OSSL_PARAM_set_utf8_ptr(p, text) != 1)
      return does_not_fit(key);
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_STATUS);
      p != nullptr && OSSL_PARAM_set_int(p, 1) != 1)
    return does_not_fit(OSSL_PROV_PARAM_STATUS);
  metrics::counts().begin_in_this_process();
  for (const auto& [name, get] : kNumbers)
    if (OSSL_PARAM* p = OSSL_PARAM_locate(params, name);
        p != nullptr && OSSL_PARAM_set_uint64(p, get(metrics::counts())) != 1)
      return does_not_fit(name);
  if (OSSL_PARAM* p = OSSL_PARAM_locate(params, kMetrics);
      p != nullptr && OSSL_PARAM_set_utf8_string(p, n200::open_metrics(metrics::counts(), {}).c_str()) != 1)
    return does_not_fit(kMetrics);
  return {};
}

}  // namespace sesam::provider
