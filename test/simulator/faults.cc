// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <openssl/rand.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hex.h"

namespace n200sim {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kOversizedBytes = 1024 * 1024;

void set_error(Reply& reply, int status, std::string_view command, std::string_view text) {
  reply.status = status;
  reply.body = ordered_json{{"command", command}, {"error", text}}.dump();
}

// For the faults that alter the `result` of a reply; an error reply has none and stays as it is.
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
  // r and s stay below the order of every curve: valid in shape, wrong in value.
  if (!bytes.empty()) bytes[0] = bytes[bytes.size() / 2] = 0;
  json["result"] = to_hex(bytes);
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
    FaultKind{"not-json", true, [](F, C, Reply& r) { r.body = "<html><body>It works!</body></html>\n"; }},
    FaultKind{"missing-field", false,
              [](F, C, Reply& r) { change_result(r, [](auto& j) { j.erase("result"); }); }},
    FaultKind{"wrong-type", false,
              [](F, C, Reply& r) { change_result(r, [](auto& j) { j["result"] = 42; }); }},
    FaultKind{"short-signature", false, [](F, C, Reply& r) { change_result(r, shorten); }},
    FaultKind{"wrong-signature", false, [](F, C, Reply& r) { change_result(r, randomise); }},
    FaultKind{"oversized", true,
              [](F, C, Reply& r) { r.body = "{\"result\":\"" + std::string(kOversizedBytes, '0') + "\"}"; }},
    FaultKind{"error", true,
              [](F f, C c, Reply& r) { set_error(r, f.status != 0 ? f.status : 200, c, f.text); }},
    // The status.
    FaultKind{"http-500", true, [](F, C c, Reply& r) { set_error(r, 500, c, "internal error"); }},
    FaultKind{"http-503", true,
              [](F, C c, Reply& r) {
                set_error(r, 503, c, "busy");
                r.headers.emplace_back("retry-after", "1");
              }},
    FaultKind{"status", true,
              [](F f, C c, Reply& r) { set_error(r, f.status, c, "status ordered by a test"); }},
    FaultKind{"misdirected", true, [](F, C c, Reply& r) { set_error(r, 421, c, "misdirected request"); }},
    // The connection.
    FaultKind{"black-hole", true, [](F, C, Reply&) {}},
    FaultKind{"slow", false, [](F, C, Reply&) {}},  // the device adds delay_ms
    FaultKind{"reset", true, [](F, C, Reply& r) { r.ending = Ending::kReset; }},
    FaultKind{"truncated", false, [](F, C, Reply& r) { r.ending = Ending::kTruncated; }},
    FaultKind{"goaway", false, [](F, C, Reply& r) { r.ending = Ending::kGoaway; }},
    FaultKind{"goaway-hard", true, [](F, C, Reply& r) { r.ending = Ending::kGoawayHard; }},
    FaultKind{"refused-stream", true, [](F, C, Reply& r) { r.ending = Ending::kRefusedStream; }},
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
  fault.count = order.value("count", std::int64_t{1});
  fault.status = order.value("status", 0);
  fault.delay_ms = order.value("ms", std::uint32_t{0});
  fault.text = order.value("text", "");
  if (fault.kind->name == "status" && (fault.status < 200 || fault.status > 599))
    throw std::invalid_argument("status");
  if (fault.count != 0) orders_.push_back(std::move(fault));
}

Fault Faults::take(std::string_view command) {
  for (auto order = orders_.begin(); order != orders_.end(); ++order) {
    if (order->command != "*" && order->command != command) continue;
    Fault fault = *order;
    if (order->count > 0 && --order->count == 0) orders_.erase(order);
    return fault;
  }
  return {};
}

bool is_black_hole(const Fault& fault) { return fault.kind != nullptr && fault.kind->name == "black-hole"; }

}  // namespace n200sim
