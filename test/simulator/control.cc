// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "key_order.h"

namespace sesam::simulator {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Returns false if there is no such rule.
bool change_rule(ConnectionRules& rules, const std::string& name, const json& value) {
  if (name == "max_connections") return rules.max_connections = value, true;
  if (name == "surplus") return rules.surplus = parse_surplus(value.get_ref<const std::string&>()), true;
  if (name == "max_requests") return rules.max_requests = value, true;
  if (name == "idle_ms") return rules.idle_ms = value, true;
  if (name == "http10") return rules.http10 = value, true;
  return false;
}

// Everything except secrets.
ordered_json describe(const Key& key) {
  return {{"key_id", key.key_id},
          {"slot", key.slot},
          {"id", key.id},
          {"key_type", type_name(key.material.type)},
          {"key_len", key.material.bits},
          {"key_acl", key.acl},
          {"nice_name", key.nice_name},
          {"key_owner", key.owner},
          {"core", key.core},
          {"has_pin", !key.pin.empty()},
          {"pin_stored", key.pin_stored},
          {"locked", key.locked},
          {"wrong_pins", key.wrong_pins},
          {"date_of_creation_s", key.created_s},
          {"date_of_last_use_s", key.last_use_s},
          {"public_key", key.material.public_hex},
          {"modulus", key.material.modulus_hex},
          {"exponent", key.material.exponent_hex}};
}

Reply reply_of(int status, const ordered_json& body) {
  Reply reply;
  reply.status = status;
  reply.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return reply;
}

}  // namespace

void Control::handle(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  try {
    if (request.method == "POST" && request.target == "/keys") return create_keys(exchange);
    exchange->answer(reply_of(200, respond(request)));
  } catch (const std::exception& error) {
    exchange->answer(reply_of(400, {{"error", error.what()}}));
  }
}

ordered_json Control::respond(const Request& request) {
  const std::string what = request.method + " " + request.target;
  const ordered_json done = {{"result", "ok"}};
  if (what == "GET /counters") return device_.counters().to_json();
  if (what == "GET /keys") return list_keys();
  if (what == "POST /counters/reset") return device_.counters().reset(), done;
  if (what == "POST /faults/clear") return device_.faults().clear(), done;
  if (request.method != "POST") throw std::invalid_argument("no such control request: " + what);
  const json body = json::parse(request.body);
  if (what == "POST /faults") return device_.faults().add(body), done;
  if (what == "POST /network") return mishaps_.begin(body), done;
  if (what == "POST /cores") return hang_core(body), done;
  if (what == "POST /certificate") return change_certificate(body);
  if (what == "POST /keys/take") return take_keys(body);
  if (what == "POST /users") return put_user(body), done;
  if (what == "POST /users/delete") return device_.users().remove(body.at("name")), done;
  if (what == "POST /keys/change") return change_key(body), done;
  if (what == "POST /keys/delete") return delete_key(body), done;
  if (what == "POST /options") return change_options(body), done;
  throw std::invalid_argument("no such control request: " + what);
}

ordered_json Control::list_keys() const {
  ordered_json keys = ordered_json::array();
  for (const auto& [counter, key] : device_.store().keys()) keys.push_back(describe(*key));
  return {{"keys", std::move(keys)}};
}

// Runs on the key's core, so that clients of the network are served meanwhile.
void Control::create_keys(const ExchangePtr& exchange) {
  const json body = json::parse(exchange->request.body);
  const KeyOrder order = parse_key_order(body, device_.options().users.front().name);
  if (device_.store().keys().contains(order.key.counter)) throw std::invalid_argument("counter");
  auto deliver = [this, exchange, wanted = order.key](const std::vector<KeyMaterial>& materials) {
    ordered_json keys = ordered_json::array();
    for (const KeyMaterial& material : materials) {
      NewKey key = wanted;
      key.material = material;
      if (materials.size() > 1) key.nice_name += "-" + std::to_string(keys.size());
      keys.push_back(describe(*device_.store().add(std::move(key))));
    }
    device_.store().flush();
    exchange->answer(reply_of(200, {{"keys", std::move(keys)}}));
  };
  auto work = [exchange, type = order.type, bits = order.bits, count = order.count,
               deliver]() -> Core::Finish {
    std::vector<KeyMaterial> materials;
    try {
      for (int i = 0; i < count; ++i) materials.push_back(generate(type, bits));
    } catch (const DeviceError& error) {
      return [exchange, error] { exchange->answer(reply_of(400, {{"error", error.what()}})); };
    }
    return [deliver, materials] { deliver(materials); };
  };
  device_.core(order.key.core).submit(std::move(work), Clock::duration::zero());
}

void Control::change_key(const json& body) {
  const std::vector<KeyPtr> keys = device_.store().find(body.at("key").get_ref<const std::string&>());
  if (keys.empty()) throw std::invalid_argument("unknown key");
  for (const KeyPtr& key : keys) {
    if (body.contains("pin_stored")) device_.store().set_pin_stored(*key, body["pin_stored"]);
  }
  device_.store().flush();
}

void Control::delete_key(const json& body) {
  const std::vector<KeyPtr> keys = device_.store().find(body.at("key").get_ref<const std::string&>());
  if (keys.empty()) throw std::invalid_argument("unknown key");
  for (const KeyPtr& key : keys) device_.store().remove(key);
  device_.store().flush();
}

ordered_json Control::take_keys(const json& body) {
  const std::size_t taken = device_.store().take_over(body.at("journal"));
  device_.store().flush();
  return {{"taken", taken}};
}

ordered_json Control::change_certificate(const json& body) {
  if (body.contains("tlscert")) {
    identity_.use(body["tlscert"], body.at("tlskey"));
  } else {
    identity_.renew(body.value("name", device_.options().name));
  }
  network_.set_tls(identity_.context());
  return {{"tlscert", identity_.files().cert_path}, {"tlskey", identity_.files().key_path}};
}

void Control::hang_core(const json& body) {
  const std::int64_t ms = body.at("hang_ms");
  const Clock::time_point until = ms == 0  ? Clock::time_point::min()
                                  : ms < 0 ? Clock::time_point::max()
                                           : Clock::now() + std::chrono::milliseconds(ms);
  device_.core(body.value("core", 1)).hang_until(until);
}

void Control::put_user(const json& body) {
  User user;
  user.name = body.at("name");
  user.password = body.at("password");
  for (const json& rule : body.value("rules", json::array())) grant(user, rule.get_ref<const std::string&>());
  device_.users().put(user);
}

void Control::change_options(const json& body) {
  Options& options = device_.options();
  for (const auto& [name, value] : body.items()) {
    if (name == "delay_ms") {
      options.delay_ms = value;
    } else if (name == "sign_us") {
      options.sign_us = value;
    } else if (name == "keygen_ms") {
      options.keygen_ms = value;
    } else if (name == "max_streams") {
      options.max_streams = value;
      network_.set_max_streams(value);
    } else if (change_rule(options.connections, name, value)) {
      network_.set_rules(options.connections);
    } else if (name == "clock_offset_s") {
      options.clock_offset_s = value;
    } else if (name == "pin_tries") {
      options.pin_tries = value;
    } else if (name == "errors_as_200") {
      options.errors_as_200 = value;
    } else if (name == "attributes_without_public_key") {
      options.attributes_without_public_key = value;
    } else if (name == "dialect") {
      options.dialect = find_dialect(value.get_ref<const std::string&>());
    } else {
      throw std::invalid_argument("not to be changed at run time: " + name);
    }
  }
}

}  // namespace sesam::simulator
