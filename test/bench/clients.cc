// SPDX-License-Identifier: Apache-2.0
#include "clients.h"

#include <stdexcept>

#include "device_client.h"
#include "evp_client.h"
#include "keepalive_client.h"
#include "naive_client.h"
#include "plain_multi_client.h"

namespace sesam::bench {
namespace {

template <class T>
std::unique_ptr<Client> make(const Options& options) {
  return std::make_unique<T>(options);
}

struct Row {
  const char* name;
  std::unique_ptr<Client> (*make)(const Options&);
};

constexpr Row kRows[] = {
    {"naive", make<NaiveClient>},
    {"keepalive", make<KeepaliveClient>},
    {"plain_multi", make<PlainMultiClient>},
    {"sesam", make<DeviceClient>},
    {"evp", make<EvpClient>},
};

}  // namespace

std::vector<std::string> client_names() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.name);
  return names;
}

std::unique_ptr<Client> make_client(const Options& options) {
  for (const Row& row : kRows)
    if (options.client == row.name) return row.make(options);
  throw std::runtime_error("no client '" + options.client + "'");
}

}  // namespace sesam::bench
