// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "hex.h"

namespace sesam::simulator {
namespace {

void describe_network(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen,
                 "IPv4 address to listen on; the control port is always 127.0.0.1")
      ->capture_default_str();
  app.add_option("--port", options.port, "HTTPS port, 0: any")->capture_default_str();
  app.add_option("--control-port", options.control_port, "HTTP port of the control requests, 0: any")
      ->capture_default_str();
  app.add_option("--ready-file", options.ready_file,
                 "written when listening: JSON with pid, host, ports, name, tlscert");
  app.add_option("--name", options.name, "CN of the self-signed certificate")->capture_default_str();
  app.add_option("--write-cert", options.write_cert, "also write the certificate there");
  auto* cert = app.add_option("--tls-cert", options.tls_cert, "use this certificate (PEM chain)");
  auto* key = app.add_option("--tls-key", options.tls_key, "and this private key");
  cert->needs(key);
  key->needs(cert);
  app.add_option("--client-ca", options.client_ca, "require client certificates of these CAs");
  app.add_flag("--http1", options.http1_only, "offer no HTTP/2");
  app.add_option("--max-streams", options.max_streams, "SETTINGS_MAX_CONCURRENT_STREAMS")
      ->capture_default_str();
}

void describe_connections(CLI::App& app, ConnectionRules& rules, std::string& surplus) {
  app.add_option("--max-connections", rules.max_connections, "connections at a time, 0: any number")
      ->capture_default_str();
  app.add_option("--surplus", surplus, "what becomes of those beyond: reset, close, close-after-tls, backlog")
      ->capture_default_str();
  app.add_option("--max-requests", rules.max_requests, "HTTP/1.1: requests of one connection, 0: any number")
      ->capture_default_str();
  app.add_option("--idle-ms", rules.idle_ms, "HTTP/1.1: idle connections are closed then, 0: never")
      ->capture_default_str();
  app.add_flag("--http10", rules.http10, "replies are of HTTP/1.0, each ends its connection");
}

void describe_device(CLI::App& app, Options& options, std::vector<std::string>& users) {
  app.add_option("--state", options.state_dir, "directory of keys and certificate; survives a restart");
  app.add_option("--user", users,
                 "NAME:PASSWORD:RULES, rules of post,get; repeatable (default pkmaster:sesam-demo:post,get)");
  app.add_option("--cores", options.cores, "crypto cores")->capture_default_str()->check(CLI::Range(1, 64));
  app.add_option("--pin-tries", options.pin_tries, "wrong PINs until a key is locked, 0: never")
      ->capture_default_str();
  app.add_option("--serial", options.serial, "16 hex digits inside each key_id")->capture_default_str();
  app.add_option("--first-counter", options.first_counter, "counter of the first key of a fresh state")
      ->capture_default_str();
  app.add_option("--populate", options.populate, "have at least so many keys key-000000 …");
  app.add_option("--key", options.keys, "JSON as of POST /keys: have a key of that name; repeatable");
  app.add_option_function<std::string>(
      "--sign-dialect", [&options](const std::string& json) { options.sign_dialect = SignDialect(json); },
      "JSON: other names for a signing command and its fields");
  app.add_flag("--errors-as-200", options.errors_as_200, "send errors with status 200");
  app.add_option("--clock-offset-s", options.clock_offset_s, "how wrong `timestamp` is")
      ->capture_default_str();
  app.add_flag("--attributes-without-public-key", options.attributes_without_public_key,
               "getkeyattributes leaves out public_key, modulus, exponent");
  app.add_option_function<std::string>(
      "--dialect", [&options](const std::string& name) { options.dialect = find_dialect(name); },
      "say everything in another way: a row of dialect.cc");
}

void describe_speed(CLI::App& app, Options& options) {
  app.add_option("--delay-ms", options.delay_ms, "delay of each reply")->capture_default_str();
  app.add_option("--sign-us", options.sign_us, "time a core takes for a signature, 0: as long as it takes")
      ->capture_default_str();
  app.add_option("--keygen-ms", options.keygen_ms, "time a core takes to make a key, 0: as long as it takes")
      ->capture_default_str();
  app.add_flag("--canned", options.canned, "signatures without crypto: a key's first one again and again");
  app.add_option("--fault", options.faults, "JSON as of POST /faults; repeatable");
  app.add_option("--network", options.network, "JSON as of POST /network; repeatable");
  app.add_flag("--verbose", options.verbose, "access log on stderr");
  app.add_flag("--exit-with-parent", options.exit_with_parent, "end when the starting process ends");
}

}  // namespace

std::optional<Options> parse_arguments(int argc, char** argv, int& exit_status) {
  CLI::App app("n200-sim: a stand-in for the se.SAM N200 network HSM");
  Options options;
  std::vector<std::string> users;
  std::string surplus = "reset";
  describe_network(app, options);
  describe_connections(app, options.connections, surplus);
  describe_device(app, options, users);
  describe_speed(app, options);
  try {
    app.parse(argc, argv);
    for (const std::string& user : users) options.users.push_back(parse_user(user));
    options.connections.surplus = parse_surplus(surplus);
    const auto serial = from_hex(options.serial);
    if (!serial || serial->size() != 8) throw std::invalid_argument("--serial takes 16 hex digits");
  } catch (const CLI::ParseError& error) {
    exit_status = app.exit(error);
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    exit_status = app.exit(CLI::ValidationError(error.what()));
    return std::nullopt;
  }
  if (options.users.empty()) options.users.push_back(parse_user("pkmaster:sesam-demo:post,get"));
  return options;
}

}  // namespace sesam::simulator
