// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <charconv>

#include "device.h"
#include "pin_check.h"

namespace n200sim {
namespace {

constexpr std::array kCommands{
    Command{"eccsign", Interface::kPost, {}, handle_eccsign},
    Command{"rsasign", Interface::kPost, {}, handle_rsasign},
    Command{"genecckey", Interface::kPost, {}, handle_genecckey},
    Command{"importecckey", Interface::kPost, {}, handle_importecckey},
    Command{"genrsakey", Interface::kPost, {}, handle_genrsakey},
    Command{"deletekey", Interface::kPost, {}, handle_deletekey},
    Command{"encrypt", Interface::kPost, {}, handle_encrypt},
    Command{"decrypt", Interface::kPost, {}, handle_decrypt},
    Command{"getkeyattributes", Interface::kGet, {"key"}, handle_getkeyattributes},
    Command{"listkeys", Interface::kGet, {"type"}, handle_listkeys},
    Command{"timestamp", Interface::kGet, {}, handle_timestamp},
    Command{"getrandom", Interface::kGet, {"numbers"}, handle_getrandom},
    Command{"encrypt", Interface::kGet, {"key", "pin", "mode", "text"}, handle_encrypt},
    Command{"decrypt", Interface::kGet, {"key", "pin", "mode", "text"}, handle_decrypt},
};

int number_of(std::string_view text, std::string_view field) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) throw DeviceError(Failure::kMalformed, field);
  return number;
}

}  // namespace

const Command* find_command(std::string_view name, Interface interface) {
  for (const Command& command : kCommands) {
    if (command.name == name && command.interface == interface) return &command;
  }
  return nullptr;
}

std::string_view required(const Call& call, std::string_view field) {
  const auto value = call.fields.get(field);
  if (!value || value->empty()) throw DeviceError(Failure::kMalformed, field);
  return *value;
}

int required_number(const Call& call, std::string_view field) {
  return number_of(required(call, field), field);
}

int core_of(Device& device, const Call& call) {
  const auto text = call.fields.get("core");
  const int core = text ? number_of(*text, "core") : 1;
  if (core < 1 || core > device.options().cores) throw DeviceError(Failure::kUnknownCore);
  return core;
}

KeyPtr usable_key(Device& device, std::string_view name, int core, std::optional<std::string_view> pin) {
  std::vector<KeyPtr> keys = device.store().find(name);
  if (core != 0) std::erase_if(keys, [core](const KeyPtr& key) { return key->core != core; });
  if (keys.empty()) throw DeviceError(Failure::kUnknownKey);
  if (keys.size() > 1) throw DeviceError(Failure::kAmbiguousKey);
  const KeyPtr& key = keys.front();
  bool newly_locked = false;
  try {
    check_pin(*key, pin, device.options().pin_tries, newly_locked);
  } catch (const DeviceError&) {
    if (newly_locked) {
      device.store().record_lock(*key);
      device.store().flush();
    }
    throw;
  }
  return key;
}

std::string reply_head(const Call& call, int core) {
  std::string head = "{\"command\":\"";
  head.append(call.name).append("\",\"core\":").append(std::to_string(core));
  return head;
}

}  // namespace n200sim
