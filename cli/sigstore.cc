// SPDX-License-Identifier: Apache-2.0
// `sesam sigstore-kms`, or the command named sigstore-kms-sesam: serves sigstore's plugin protocol, so that
// cosign can use a key in the device (sigstore/sigstore, pkg/signature/kms/cliplugin/README.md). Each process
// serves one call; arguments and reply are JSON, the message is read from stdin.
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/new_key.h"
#include "cli/output.h"
#include "cli/parse_json.h"
#include "keymgmt/key_pin.h"
#include "keymgmt/key_types.h"
#include "ossl/encodings.h"
#include "ossl/handles.h"

namespace sesam::cli {
namespace {

// The protocol has one version: cosign calls it "v1", the first draft of the protocol called it "1".
constexpr std::array<std::string_view, 2> kProtocolVersions = {"v1", "1"};

// Go's crypto.Hash, by its number.
constexpr std::array<const char*, 16> kHashes = {
    nullptr, nullptr, nullptr,    "SHA1",     "SHA224",   "SHA256",   "SHA384",     "SHA512",
    nullptr, nullptr, "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "SHA512-224", "SHA512-256"};

struct Algorithm {
  const char* name;
  keymgmt::KeyType type;
  const char* curve;
  unsigned bits;
};
constexpr Algorithm kAlgorithms[] = {
    {"ecdsa-p256", keymgmt::KeyType::ec, "P-256", 0}, {"ecdsa-p384", keymgmt::KeyType::ec, "P-384", 0},
    {"ecdsa-p521", keymgmt::KeyType::ec, "P-521", 0}, {"rsa-2048", keymgmt::KeyType::rsa, "", 2048},
    {"rsa-3072", keymgmt::KeyType::rsa, "", 3072},    {"rsa-4096", keymgmt::KeyType::rsa, "", 4096},
};

using DevicePtr = std::shared_ptr<n200::Device>;

Error invalid(std::string problem) { return {Reason::bad_argument, std::move(problem)}; }

// The member at a path of names, or null.
const Json& at(const Json& json, std::initializer_list<const char*> path) {
  static const Json& none = *new Json();  // JSON's null; never destroyed
  const Json* found = &json;
  for (const char* name : path) {
    if (!found->is_object() || !found->contains(name)) return none;
    found = &(*found)[name];
  }
  return *found;
}

// For an error message. Avoids dump() of nested values, because it is recursive.
std::string shown(const Json& value) { return value.is_structured() ? value.type_name() : value.dump(); }

Result<Bytes> bytes_at(const Json& json, std::initializer_list<const char*> path) {
  const Json& text = at(json, path);
  if (text.is_null()) return Bytes();
  auto bytes = text.is_string() ? from_base64(text.get<std::string>()) : std::nullopt;
  if (!bytes) return invalid("the plugin's arguments: a value is not base64");
  return *std::move(bytes);
}

// The key URI from what cosign gives after "sesam://": a name, or the attributes of a URI.
Result<std::string> key_uri(const Json& call) {
  const Json& id = at(call, {"initOptions", "keyResourceID"});
  if (!id.is_string() || id.get<std::string>().empty())
    return invalid("the plugin's arguments name no key; use sesam://NAME");
  return "sesam:" + id.get<std::string>();
}

Result<std::string> hash_of(const Json& call, const char* method, const char* options) {
  const Json* number = &at(call, {method, options, "messageOptions", "hashFunc"});
  if (number->is_null()) number = &at(call, {"initOptions", "hashFunc"});
  if (number->is_null()) return std::string("SHA256");
  const auto index = number->is_number_unsigned() ? number->get<std::size_t>() : 0;
  const char* name = index < kHashes.size() ? kHashes[index] : nullptr;
  if (name == nullptr) return Error{Reason::unsupported_digest, "hashFunc " + shown(*number)};
  return std::string(name);
}

// The message on stdin, or its digest in the options.
Result<Message> message_of(const Json& call, const char* method, const char* options) {
  Message message;
  SESAM_TRY(key, key_uri(call));
  SESAM_TRY(hash, hash_of(call, method, options));
  SESAM_TRY(digest, bytes_at(call, {method, options, "messageOptions", "digest"}));
  message.key = std::move(key);
  message.digest = std::move(hash);
  message.hex = to_hex(digest);
  return message;
}

Result<Json> pem_of(EVP_PKEY* key) {
  const ossl::Bio memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_PUBKEY(memory.get(), key) != 1) return Error{Reason::out_of_memory, {}};
  const std::string_view pem = ossl::text_in(memory.get());
  return Json{{"publicKeyPEM", to_base64({reinterpret_cast<const unsigned char*>(pem.data()), pem.size()})}};
}

Result<Json> default_algorithm(const DevicePtr&, const Json&, Changes&) {
  return Json{{"defaultAlgorithm", kAlgorithms[0].name}};
}

Result<Json> supported_algorithms(const DevicePtr&, const Json&, Changes&) {
  Json names = Json::array();
  for (const auto& algorithm : kAlgorithms) names.push_back(algorithm.name);
  return Json{{"supportedAlgorithms", names}};
}

Result<Json> create_key(const DevicePtr& device, const Json& call, Changes& changes) {
  const Json& wanted = at(call, {"createKey", "algorithm"});
  const auto* algorithm =
      std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms),
                   [&](const Algorithm& one) { return wanted.is_string() && wanted == one.name; });
  if (algorithm == std::end(kAlgorithms))
    return Error{Reason::unsupported_key, "algorithm " + shown(wanted) + " is not offered"};
  SESAM_TRY(text, key_uri(call));
  SESAM_TRY(uri, n200::KeyUri::parse(text));
  Place place;
  place.core = uri.core;
  place.acl = uri.acl;
  SESAM_TRY(pin, keymgmt::pin_for_new_key(uri, *device));
  SESAM_TRY(key, new_key(*device, place, uri.object, pin));
  keymgmt::set_kind(key, algorithm->type, algorithm->curve, algorithm->bits);
  SESAM_TRY(record, device->generate(key));
  changes.add(creation_of(record));
  SESAM_TRY(made, keymgmt::public_key_of(record, algorithm->type));
  return pem_of(made.get());
}

Result<Json> public_key(const DevicePtr& device, const Json& call, Changes&) {
  SESAM_TRY(key, key_uri(call));
  SESAM_TRY(data, open_key(device, key, false));
  return pem_of(data->public_key.get());
}

Result<Json> sign_message(const DevicePtr& device, const Json& call, Changes&) {
  SESAM_TRY(message, message_of(call, "signMessage", "signOptions"));
  SESAM_TRY(digest, digest_of(message));
  SESAM_TRY(data, open_key(device, message.key, true));
  keymgmt::Key key(data, keymgmt::Key::Part::with_private);
  SESAM_TRY(signature, sign_digest(key, message, digest));
  return Json{{"signature", to_base64(signature)}};
}

Result<Json> verify_signature(const DevicePtr& device, const Json& call, Changes&) {
  SESAM_TRY(message, message_of(call, "verifySignature", "verifyOptions"));
  SESAM_TRY(signature, bytes_at(call, {"verifySignature", "signature"}));
  SESAM_TRY(digest, digest_of(message));
  SESAM_TRY(data, open_key(device, message.key, false));
  keymgmt::Key key(data, keymgmt::Key::Part::public_only);
  SESAM_TRY(good, verify_digest(key, message, digest, signature));
  if (!good) return Error{Reason::bad_signature, "not a signature of this key over the message"};
  return Json::object();
}

struct Method {
  const char* name;
  Result<Json> (*call)(const DevicePtr& device, const Json& call, Changes& changes);
};
constexpr Method kMethods[] = {
    {"defaultAlgorithm", &default_algorithm},
    {"supportedAlgorithms", &supported_algorithms},
    {"createKey", &create_key},
    {"publicKey", &public_key},
    {"signMessage", &sign_message},
    {"verifySignature", &verify_signature},
};

struct Arguments {
  std::string version, call;
};

// The reply: an object whose only member has the method's name.
Result<Json> answer(Session& session, const Arguments& arguments) {
  if (std::ranges::find(kProtocolVersions, arguments.version) == kProtocolVersions.end())
    return invalid("protocol version " + arguments.version + "; this plugin supports v1");
  const Json call = parse_json(arguments.call);
  if (call.is_discarded()) return invalid("the plugin's arguments are not JSON, or nested too deeply");
  const Json& name = at(call, {"methodName"});
  for (const auto& method : kMethods) {
    if (!name.is_string() || name != method.name) continue;
    SESAM_TRY(device, session.device());
    SESAM_TRY(content, method.call(device, call, session.changes));
    return Json{{method.name, content}};
  }
  return invalid("the plugin's arguments: unknown method");
}

// cosign reads the error from stdout, and ignores the exit status.
Result<bool> run(Session& session, const Arguments& arguments) {
  const auto answered = answer(session, arguments);
  if (answered) {
    print_json(*answered);
    return true;
  }
  session.changes.note(answered.error());
  std::string problem = text_of(answered.error());
  for (const auto& change : session.changes.take()) problem += "; " + change;
  print_json(Json{{"errorMessage", problem}});
  return false;
}

}  // namespace

void add_sigstore(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("sigstore-kms", "Serve as the cosign plugin sigstore-kms-sesam");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("VERSION", arguments->version, "version of sigstore's plugin protocol: v1")->required();
  command->add_option("CALL", arguments->call, "method and its arguments, in JSON")->required();
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return run(session, *arguments); };
  });
}

}  // namespace sesam::cli
