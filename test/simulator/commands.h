// SPDX-License-Identifier: Apache-2.0
// The device's commands: their table, their handlers, and helpers that the handlers share.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exchange.h"
#include "faults.h"
#include "fields.h"
#include "key.h"

namespace sesam::simulator {

class Device;
struct Command;

// One request that the device is processing.
struct Call {
  ExchangePtr exchange;
  const Command* command = nullptr;
  std::string name;  // the command as the client named it, known or not
  Fields fields;
  std::string user;
  Fault fault;
};
using CallPtr = std::shared_ptr<Call>;

enum class Interface { post, get };

// One row of the command table. The path segments of a GET become fields named by `arguments`, so that
// handlers need not know which interface was used.
struct Command {
  std::string_view name;
  Interface interface;
  std::array<std::string_view, 4> arguments;  // of a GET, in order; terminated by ""
  void (*handle)(Device& device, const CallPtr& call);
};

const Command* find_command(std::string_view name, Interface interface);

// The handlers, by file. Each calls Device::finish, directly or from a core, or throws DeviceError.
// commands_query.cc: no core needed
void handle_timestamp(Device& device, const CallPtr& call);
void handle_listkeys(Device& device, const CallPtr& call);
void handle_getkeyattributes(Device& device, const CallPtr& call);
// commands_crypto.cc
void handle_eccsign(Device& device, const CallPtr& call);
void handle_rsasign(Device& device, const CallPtr& call);
void handle_getrandom(Device& device, const CallPtr& call);
void handle_encrypt(Device& device, const CallPtr& call);
void handle_decrypt(Device& device, const CallPtr& call);
// commands_keys.cc
void handle_genecckey(Device& device, const CallPtr& call);
void handle_importecckey(Device& device, const CallPtr& call);
void handle_genrsakey(Device& device, const CallPtr& call);
void handle_deletekey(Device& device, const CallPtr& call);

// Field access for handlers; all throw DeviceError(malformed) naming the field.
std::string_view required(const Call& call, std::string_view field);
int required_number(const Call& call, std::string_view field);
// Field `core`, default 1. Throws unknown_core if the device has no such core.
int core_of(Device& device, const Call& call);
// Returns the only key of that name in that core (0: any core) after checking its PIN. Throws unknown_key,
// ambiguous_key, or the errors of check_pin.
KeyPtr usable_key(Device& device, std::string_view name, int core, std::optional<std::string_view> pin);

// `{"command":"…","core":N` without the closing brace.
std::string reply_head(const Call& call, int core);

}  // namespace sesam::simulator
