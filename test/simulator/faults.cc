// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <openssl/rand.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hex.h"

namespace sesam::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kOversizedBytes = 1024 * 1024;

void set_error(Reply& reply, int status, std::string_view command, std::string_view text) {
  reply.status = status;
  reply.body = ordered_json{{"command", command}, {"error", text}}.dump();
}

// Changes the `result` of a reply; an error reply has none and is left as it is.
template <typename Change>
void change_result(Reply& reply, Change change) {
  ordered_json json = ordered_json::parse(reply.content(), nullptr, false);
  if (!json.is_object() || !json.contains("result")) return;
  change(json);
  reply.shared_body.reset();
  reply.body = json.dump();
}

void randomise(ordered_json& json) {
  if (!json["result"].is_string()) return;
  Bytes bytes(json["result"].get_ref<const std::string&>().size() / 2);
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  // r and s stay below the order of every curve: the form is valid, the value is wrong.
  if (!bytes.empty()) bytes[0] = bytes[bytes.size() / 2] = 0;
  json["result"] = to_hex(bytes);
}

// Changes the field in the reply itself or, if it is missing there, in each record of `result`.
template <typename Change>
void change_field(Reply& reply, const std::string& field, Change change) {
  change_result(reply, [&](ordered_json& json) {
    if (json.contains(field)) return change(json);
    if (!json["result"].is_object()) return;
    for (auto& record : json["result"])
      if (record.is_object() && record.contains(field)) change(record);
  });
}

// Removes the closing brace.
void break_json(Reply& reply) {
  reply.body = std::string(reply.content().substr(0, reply.content().size() - 1));
  reply.shared_body.reset();
}

void set_busy(const Fault& fault, int status, std::string_view command, Reply& reply) {
  set_error(reply, status, command, "busy");
  if (fault.retry_after_s >= 0)
    reply.headers.emplace_back("retry-after", std::to_string(fault.retry_after_s));
}

void shorten(ordered_json& json) {
  if (!json["result"].is_string()) return;
  std::string text = json["result"];
  text.resize(text.size() - std::min<std::size_t>(4, text.size()));
  json["result"] = text;
}

using F = const Fault&;
using C = std::string_view;

constexpr std::array kKinds{
    // The body.
    FaultKind{"not-json", true,
              [](F f, C, Reply& r) {
                r.body = "<html><body>It works!</body></html>\n";
                if (f.status != 0) r.status = f.status;
              }},
    FaultKind{"bad-json", false, [](F, C, Reply& r) { break_json(r); }},
    FaultKind{"wrong-content-type", false, [](F, C, Reply& r) { r.content_type = "text/html"; }},
    FaultKind{"missing-field", false,
              [](F f, C, Reply& r) { change_field(r, f.field, [&f](auto& j) { j.erase(f.field); }); }},
    FaultKind{"wrong-type", false,
              [](F f, C, Reply& r) { change_field(r, f.field, [&f](auto& j) { j[f.field] = 42; }); }},
    FaultKind{"short-signature", false, [](F, C, Reply& r) { change_result(r, shorten); }},
    FaultKind{"wrong-signature", false, [](F, C, Reply& r) { change_result(r, randomise); }},
    FaultKind{"error-with-result", false,
              [](F f, C, Reply& r) { change_result(r, [&f](auto& j) { j["error"] = f.text; }); }},
    FaultKind{"oversized", true,
              [](F, C, Reply& r) { r.body = "{\"result\":\"" + std::string(kOversizedBytes, '0') + "\"}"; }},
    FaultKind{"error", true,
              [](F f, C c, Reply& r) { set_error(r, f.status != 0 ? f.status : 200, c, f.text); }},
    // The status.
    FaultKind{"http-500", true, [](F, C c, Reply& r) { set_error(r, 500, c, "internal error"); }},
    FaultKind{"http-429", true, [](F f, C c, Reply& r) { set_busy(f, 429, c, r); }},
    FaultKind{"http-503", true, [](F f, C c, Reply& r) { set_busy(f, 503, c, r); }},
    FaultKind{"status", true,
              [](F f, C c, Reply& r) { set_error(r, f.status, c, "status ordered by a test"); }},
    FaultKind{"misdirected", true, [](F, C c, Reply& r) { set_error(r, 421, c, "misdirected request"); }},
    // The connection.
    FaultKind{"black-hole", true, [](F, C, Reply&) {}},
    FaultKind{"slow", false, [](F, C, Reply&) {}},  // the device adds delay_ms
    FaultKind{"stalled", false, [](F, C, Reply& r) { r.ending = Ending::stalled; }},
    FaultKind{"silent", true, [](F, C, Reply& r) { r.ending = Ending::silent; }},
    FaultKind{"reset", true, [](F, C, Reply& r) { r.ending = Ending::reset; }},
    FaultKind{"truncated", false, [](F, C, Reply& r) { r.ending = Ending::truncated; }},
    FaultKind{"goaway", false, [](F, C, Reply& r) { r.ending = Ending::goaway; }},
    FaultKind{"goaway-hard", true, [](F, C, Reply& r) { r.ending = Ending::goaway_hard; }},
    FaultKind{"refused-stream", true, [](F, C, Reply& r) { r.ending = Ending::refused_stream; }},
};

const FaultKind& kind_named(std::string_view name) {
  for (const FaultKind& kind : kKinds) {
    if (kind.name == name) return kind;
  }
  throw std::invalid_argument("unknown fault: " + std::string(name));
}

}  // namespace

void Faults::add(const nlohmann::json& order) {
  Fault fault;
  fault.kind = &kind_named(order.at("fault").get_ref<const std::string&>());
  fault.command = order.value("command", "*");
  fault.every = order.value("every", std::uint64_t{1});
  fault.probability = order.value("probability", 1.0);
  const bool now_and_then = fault.every > 1 || fault.probability < 1;
  fault.count = order.value("count", std::int64_t{now_and_then ? -1 : 1});
  fault.status = order.value("status", 0);
  fault.retry_after_s = order.value("retry_after_s", std::int64_t{1});
  fault.delay_ms = order.value("ms", std::uint32_t{0});
  fault.text = order.value("text", "");
  fault.field = order.value("field", "result");
  if (fault.every == 0) throw std::invalid_argument("every");
  if (fault.kind->name == "status" && (fault.status < 200 || fault.status > 599))
    throw std::invalid_argument("status");
  if (fault.count != 0) orders_.push_back(std::move(fault));
}

Fault Faults::take(std::string_view command) {
  for (auto order = orders_.begin(); order != orders_.end(); ++order) {
    if (!hits(*order, command)) continue;
    Fault fault = *order;
    if (order->count > 0 && --order->count == 0) orders_.erase(order);
    return fault;
  }
  return {};
}

bool Faults::hits(Fault& order, std::string_view command) {
  if (order.command != "*" && order.command != command) return false;
  if (++order.seen % order.every != 0) return false;
  return order.probability >= 1 || std::bernoulli_distribution(order.probability)(random_);
}

bool is_black_hole(const Fault& fault) { return fault.kind != nullptr && fault.kind->name == "black-hole"; }

}  // namespace sesam::simulator
