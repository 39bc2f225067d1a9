// SPDX-License-Identifier: Apache-2.0
// The commands that use a key, or a core's random generator.
#include <openssl/rand.h>

#include <ctime>

#include "commands.h"
#include "device.h"
#include "hex.h"
#include "records.h"
#include "symmetric.h"

namespace sesam::simulator {
namespace {

constexpr std::size_t kMaxHashBytes = 64;
constexpr int kMaxRandomBytes = 65536;
constexpr auto kAsLongAsItTakes = Clock::duration::zero();

Bytes hash_of(const Call& call) {
  auto hash = from_hex(required(call, "hash"));
  if (!hash || hash->size() > kMaxHashBytes) throw DeviceError(Failure::malformed, "hash");
  return std::move(*hash);
}

std::string result_reply(const Call& call, int core, std::string_view result) {
  std::string body = reply_head(call, core);
  body += ',';
  append_plain(body, "result", result);
  body += '}';
  return body;
}

PrivateKey& loaded(Key& key) {
  if (!key.loaded) key.loaded = std::make_unique<PrivateKey>(key.material);
  return *key.loaded;
}

// `sign` maps a PrivateKey to the signature's hex.
template <typename Sign>
void sign_with(Device& device, const CallPtr& call, const KeyPtr& key, Sign sign) {
  key->last_use_s = std::time(nullptr);
  const std::chrono::microseconds duration(device.options().sign_us);
  const int core = key->core;
  auto deliver = [call, core](const std::string& signature) { return result_reply(*call, core, signature); };
  if (!device.options().canned) {
    auto produce = [key, sign = std::move(sign)] { return sign(loaded(*key)); };
    return device.on_core(core, duration, call, std::move(produce), std::move(deliver));
  }
  // In this mode the cores' threads never use `loaded`.
  if (key->canned_signature.empty()) key->canned_signature = sign(loaded(*key));
  if (duration.count() != 0) {
    return device.on_core(
        core, duration, call, [signature = key->canned_signature] { return signature; }, std::move(deliver));
  }
  Reply reply;
  reply.body = result_reply(*call, core, key->canned_signature);
  device.finish(*call, std::move(reply));
}

KeyPtr symmetric_key(Device& device, const Call& call) {
  const int core = call.fields.get("core") ? core_of(device, call) : 0;  // a GET has no core
  KeyPtr key = usable_key(device, required(call, "key"), core, call.fields.get("pin"));
  if (key->material.type != KeyType::sym) throw DeviceError(Failure::unsupported, "key type");
  if (required(call, "mode") != "CBC") throw DeviceError(Failure::unsupported, "mode");
  key->last_use_s = std::time(nullptr);
  return key;
}

}  // namespace

void handle_eccsign(Device& device, const CallPtr& call) {
  const int core = core_of(device, *call);
  const KeyPtr key = usable_key(device, required(*call, "key"), core, call->fields.get("pin"));
  if (key->material.public_hex.empty()) throw DeviceError(Failure::unsupported, "key type");
  sign_with(device, call, key,
            [hash = hash_of(*call)](PrivateKey& private_key) { return private_key.sign_ecdsa(hash); });
}

void handle_rsasign(Device& device, const CallPtr& call) {
  const int core = core_of(device, *call);
  const KeyPtr key = usable_key(device, required(*call, "key"), core, call->fields.get("pin"));
  if (key->material.type != KeyType::rsa) throw DeviceError(Failure::unsupported, "key type");
  RsaScheme scheme;
  const std::string_view padding = required(*call, "padding");
  if (padding != "PKCS1" && padding != "PSS") throw DeviceError(Failure::unsupported, "padding");
  const char* hash_name = digest_name(required(*call, "hashalg"));
  if (hash_name == nullptr) throw DeviceError(Failure::unsupported, "hashalg");
  scheme.hash_name = hash_name;
  if (padding == "PSS") {
    scheme.padding = RsaPadding::pss;
    scheme.salt_bytes = required_number(*call, "saltlen");
    if (scheme.salt_bytes < 0)
      throw DeviceError(Failure::malformed, "saltlen");  // negative values have a meaning in OpenSSL
  }
  sign_with(device, call, key, [scheme, hash = hash_of(*call)](PrivateKey& private_key) {
    return private_key.sign_rsa(scheme, hash);
  });
}

void handle_getrandom(Device& device, const CallPtr& call) {
  const int core = core_of(device, *call);
  const int size = required_number(*call, "numbers");
  if (size < 1 || size > kMaxRandomBytes) throw DeviceError(Failure::malformed, "numbers");
  auto produce = [size] {
    Bytes bytes(static_cast<std::size_t>(size));
    if (RAND_bytes(bytes.data(), size) != 1) throw DeviceError(Failure::internal);
    return to_hex(bytes);
  };
  auto deliver = [core, size](const std::string& hex) {
    std::string body = "{\"command\":\"getrandom\",";
    append_plain(body, "numbers", std::to_string(size));  // a string (n200.md)
    body.append(",\"core\":").append(std::to_string(core)).append(",");
    append_plain(body, "result", hex);
    body += '}';
    return body;
  };
  device.on_core(core, kAsLongAsItTakes, call, std::move(produce), std::move(deliver));
}

void handle_encrypt(Device& device, const CallPtr& call) {
  const KeyPtr key = symmetric_key(device, *call);
  device.on_core(
      key->core, kAsLongAsItTakes, call,
      [key, text = std::string(required(*call, "text"))] {
        return encrypt_cbc(key->material.private_hex, text);
      },
      [call, key](const std::string& hex) { return result_reply(*call, key->core, hex); });
}

void handle_decrypt(Device& device, const CallPtr& call) {
  const KeyPtr key = symmetric_key(device, *call);
  device.on_core(
      key->core, kAsLongAsItTakes, call,
      [key, text = std::string(required(*call, "text"))] {
        return decrypt_cbc(key->material.private_hex, text);
      },
      [call, key](const std::string& text) {
        return reply_head(*call, key->core) + ",\"result\":" + json_string(text) + "}";
      });
}

}  // namespace sesam::simulator
