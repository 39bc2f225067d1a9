// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <charconv>

#include "device.h"
#include "pin_check.h"

namespace sesam::simulator {
namespace {

constexpr std::array kCommands{
    Command{"eccsign", Interface::post, {}, handle_eccsign},
    Command{"rsasign", Interface::post, {}, handle_rsasign},
    Command{"genecckey", Interface::post, {}, handle_genecckey},
    Command{"importecckey", Interface::post, {}, handle_importecckey},
    Command{"genrsakey", Interface::post, {}, handle_genrsakey},
    Command{"deletekey", Interface::post, {}, handle_deletekey},
    Command{"encrypt", Interface::post, {}, handle_encrypt},
    Command{"decrypt", Interface::post, {}, handle_decrypt},
    Command{"getkeyattributes", Interface::get, {"key"}, handle_getkeyattributes},
    Command{"listkeys", Interface::get, {"type"}, handle_listkeys},
    Command{"timestamp", Interface::get, {}, handle_timestamp},
    Command{"getrandom", Interface::get, {"numbers"}, handle_getrandom},
    Command{"encrypt", Interface::get, {"key", "pin", "mode", "text"}, handle_encrypt},
    Command{"decrypt", Interface::get, {"key", "pin", "mode", "text"}, handle_decrypt},
};

int number_of(std::string_view text, std::string_view field) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) throw DeviceError(Failure::malformed, field);
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
  if (!value || value->empty()) throw DeviceError(Failure::malformed, field);
  return *value;
}

int required_number(const Call& call, std::string_view field) {
  return number_of(required(call, field), field);
}

int core_of(Device& device, const Call& call) {
  const auto text = call.fields.get("core");
  const int core = text ? number_of(*text, "core") : 1;
  if (core < 1 || core > device.options().cores) throw DeviceError(Failure::unknown_core);
  return core;
}

KeyPtr usable_key(Device& device, std::string_view name, int core, std::optional<std::string_view> pin) {
  std::vector<KeyPtr> keys = device.store().find(name);
  if (core != 0) std::erase_if(keys, [core](const KeyPtr& key) { return key->core != core; });
  if (keys.empty()) throw DeviceError(Failure::unknown_key);
  if (keys.size() > 1) throw DeviceError(Failure::ambiguous_key);
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

}  // namespace sesam::simulator
