// SPDX-License-Identifier: Apache-2.0
// The commands that need no crypto core.
#include <ctime>

#include "commands.h"
#include "device.h"
#include "records.h"

namespace sesam::simulator {

void handle_timestamp(Device& device, const CallPtr& call) {
  Reply reply;
  reply.body = "{\"command\":\"timestamp\",";
  append_plain(reply.body, "result",
               std::to_string(std::time(nullptr) + device.options().clock_offset_s));  // a string (n200.md)
  reply.body += '}';
  device.finish(*call, std::move(reply));
}

void handle_listkeys(Device& device, const CallPtr& call) {
  const auto type = parse_type(required(*call, "type"));
  if (!type) throw DeviceError(Failure::malformed, "type");
  Reply reply;
  reply.shared_body = device.listings().reply(device.store(), *type);
  device.finish(*call, std::move(reply));
}

void handle_getkeyattributes(Device& device, const CallPtr& call) {
  const std::vector<KeyPtr> keys = device.store().find(required(*call, "key"));
  if (keys.empty()) throw DeviceError(Failure::unknown_key);
  Reply reply;
  reply.body = "{\"command\":\"getkeyattributes\",\"result\":{";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) reply.body += ',';
    append_record(reply.body, *keys[i], !device.options().attributes_without_public_key);
  }
  reply.body += "}}";
  device.finish(*call, std::move(reply));
}

}  // namespace sesam::simulator
