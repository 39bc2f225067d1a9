// SPDX-License-Identifier: Apache-2.0
// The commands that create and delete keys.
#include "commands.h"
#include "device.h"
#include "hex.h"
#include "records.h"

namespace sesam::simulator {
namespace {

// 0 if an operation takes only as long as its work.
Clock::duration making_time(Device& device) { return std::chrono::milliseconds(device.options().keygen_ms); }

// The properties that all new keys have. The field `storepin` is specific to the simulator: how a PIN gets
// stored in the real device is not known.
NewKey new_key(Device& device, const Call& call) {
  NewKey key;
  key.core = core_of(device, call);
  key.acl = call.fields.get("acl").value_or("FFFF");
  if (key.acl.size() != 4 || !from_hex(key.acl)) throw DeviceError(Failure::malformed, "acl");
  key.nice_name = required(call, "nice_name");
  key.pin = call.fields.get("pin").value_or("");
  key.pin_stored = call.fields.get("storepin").value_or("0") == "1";
  key.owner = call.user;
  return key;
}

KeyType curve_family(const Call& call) {
  const auto family = parse_type(required(call, "curve"));
  if (family != KeyType::nist && family != KeyType::brainpool)
    throw DeviceError(Failure::unsupported, "curve");
  return *family;
}

// `keysize` in bits or, if missing, the size of the curve whose scalars have that length.
int imported_bits(const Call& call, KeyType family, std::size_t scalar_bytes) {
  if (call.fields.get("keysize")) return required_number(call, "keysize");
  if (family == KeyType::nist && scalar_bytes > 64) return 521;
  return static_cast<int>(scalar_bytes * 8);
}

KeyPtr add(Device& device, NewKey wanted, KeyMaterial material) {
  wanted.material = std::move(material);
  KeyPtr key = device.store().add(std::move(wanted));
  device.store().flush();
  return key;
}

std::string generated_head(const Call& call, const Key& key) {
  return reply_head(call, key.core) + ",\"clustersync\":\"n/a\",\"nice_name\":" + key.nice_name_json + ",";
}

}  // namespace

void handle_genecckey(Device& device, const CallPtr& call) {
  const NewKey wanted = new_key(device, *call);
  const KeyType family = curve_family(*call);
  const int bits = required_number(*call, "keysize");
  device.on_core(
      wanted.core, making_time(device), call, [family, bits] { return generate_ec(family, bits); },
      [&device, call, wanted](KeyMaterial material) {
        const KeyPtr key = add(device, wanted, std::move(material));
        std::string body = generated_head(*call, *key);
        append_plain(body, "publickey", key->material.public_hex);  // spelt public_key in all other replies
        body += ',';
        append_plain(body, "result", key->key_id);
        return body + '}';
      });
}

void handle_importecckey(Device& device, const CallPtr& call) {
  const NewKey wanted = new_key(device, *call);
  const KeyType family = curve_family(*call);
  const auto scalar = from_hex(required(*call, "key_to_import"));
  if (!scalar) throw DeviceError(Failure::malformed, "key_to_import");
  const int bits = imported_bits(*call, family, scalar->size());
  device.on_core(
      wanted.core, making_time(device), call,
      [family, bits, scalar = *scalar] { return import_ec(family, bits, scalar); },
      [&device, call, wanted](KeyMaterial material) {
        const KeyPtr key = add(device, wanted, std::move(material));
        std::string body = reply_head(*call, key->core) + ",";
        append_plain(body, "result", key->key_id);
        return body + '}';
      });
}

void handle_genrsakey(Device& device, const CallPtr& call) {
  const NewKey wanted = new_key(device, *call);
  const int bits = required_number(*call, "keysize");
  device.on_core(
      wanted.core, making_time(device), call, [bits] { return generate_rsa(bits); },
      [&device, call, wanted](KeyMaterial material) {
        const KeyPtr key = add(device, wanted, std::move(material));
        std::string body = generated_head(*call, *key);
        append_plain(body, "modulus", key->material.modulus_hex);
        body += ',';
        append_plain(body, "exponent", key->material.exponent_hex);
        body += ',';
        append_plain(body, "result", key->key_id);
        return body + '}';
      });
}

void handle_deletekey(Device& device, const CallPtr& call) {
  const int core = core_of(device, *call);
  const KeyPtr key = usable_key(device, required(*call, "key"), core, call->fields.get("pin"));
  device.store().remove(key);
  device.store().flush();
  Reply reply;
  reply.body = reply_head(*call, core) + ",";
  append_plain(reply.body, "result", key->key_id);
  reply.body += '}';
  device.finish(*call, std::move(reply));
}

}  // namespace sesam::simulator
