// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <CLI/CLI.hpp>
#include <map>

#include "clients.h"

namespace sesam::bench {
namespace {

KeyName parse_key(const std::string& text) {
  const auto colon = text.find(':');
  KeyName key{text.substr(0, colon), 1};
  if (colon != std::string::npos) key.core = static_cast<unsigned>(std::stoul(text.substr(colon + 1)));
  return key;
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_status) {
  CLI::App app("sesam-bench: signs as fast as one client can, and prints what it took as one line of JSON");
  Options options;
  std::vector<std::string> keys;
  app.add_option("client", options.client, "which one")->required()->check(CLI::IsMember(client_names()));
  app.add_option("--callers", options.callers, "threads")->check(CLI::Range(1, 4096));
  const std::map<std::string, Jobs> kinds{{"callback", Jobs::callback}, {"descriptor", Jobs::descriptor}};
  app.add_option("--jobs", options.jobs, "callers are ASYNC_JOBs of one thread instead, told so")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--seconds", options.seconds, "time measured");
  app.add_option("--warm-up", options.warm_up_seconds, "time before that, in seconds");
  app.add_option("--url", options.url, "https://NAME:PORT of the device")->required();
  app.add_option("--address", options.address, "where that is");
  app.add_option("--ca", options.ca_file, "its certificate")->required();
  app.add_option("--user", options.user, "of the device")->required();
  app.add_option("--password", options.password, "the user's")->required();
  app.add_option("--pin", options.pin, "the keys'");
  app.add_option("--key", keys, "KEY_ID:CORE; repeatable")->required();
  app.add_flag("--http1", options.http1, "libcurl's own clients offer no HTTP/2");
  try {
    app.parse(argc, argv);
    for (const std::string& key : keys) options.keys.push_back(parse_key(key));
  } catch (const CLI::ParseError& error) {
    exit_status = app.exit(error);
    return std::nullopt;
  }
  return options;
}

}  // namespace sesam::bench
