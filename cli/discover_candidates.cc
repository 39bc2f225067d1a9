// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_candidates.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii_case.h"

namespace sesam::cli::discover {
namespace {

using Names = std::span<const std::string_view>;

// The assumed name first, then names in the style of observed commands (genecckey, importecckey), then
// others.
constexpr std::string_view kEcCommands[] = {
    "eccsign",         "signecc",          "ecdsasign",     "signecdsa",       "sign",
    "signhash",        "signdigest",       "ecsign",        "signec",          "sign_hash",
    "hashsign",        "signdata",         "sign_digest",   "ecc_sign",        "sign_ecc",
    "ecdsa_sign",      "sign_ecdsa",       "ec_sign",       "sign_ec",         "sign_data",
    "signwithecckey",  "signwithkey",      "signecckey",    "ecckeysign",      "eckeysign",
    "eccsignhash",     "ecdsasignhash",    "eccsigndigest", "ecdsasigndigest", "eccsigndata",
    "signecchash",     "signhashecc",      "signecdsahash", "signature",       "createsignature",
    "gensignature",    "getsignature",     "makesignature", "ecdsasignature",  "eccsignature",
    "geneccsignature", "create_signature", "signnist",      "nistsign",        "keysign",
    "digestsign",      "datasign",         "signmessage",   "signtext",        "signraw",
    "rawsign",         "cryptosign",       "hsmsign",       "signHash",        "eccSign",
    "ecdsaSign",       "signDigest",       "signData",      "SignHash",        "SIGN"};
constexpr std::string_view kRsaCommands[] = {
    "rsasign",        "signrsa",       "sign",         "signhash",        "signdigest",       "rsa_sign",
    "sign_rsa",       "sign_hash",     "signdata",     "rsasignhash",     "sign_digest",      "sign_data",
    "signwithrsakey", "signwithkey",   "signrsakey",   "rsakeysign",      "rsasigndigest",    "rsasigndata",
    "signrsahash",    "signhashrsa",   "rsapkcs1sign", "pkcs1sign",       "signpkcs1",        "rsasignpkcs1",
    "rsasignpss",     "rsapsssign",    "hashsign",     "signature",       "createsignature",  "gensignature",
    "getsignature",   "makesignature", "rsasignature", "genrsasignature", "create_signature", "keysign",
    "digestsign",     "datasign",      "signmessage",  "signtext",        "signraw",          "rawsign",
    "cryptosign",     "hsmsign",       "signHash",     "rsaSign",         "signDigest",       "signData",
    "SignHash",       "SIGN"};

// Parts of names that suggest changing a key or making a certificate.
constexpr std::string_view kNeverSent[] = {"assign", "import", "cert",  "delete", "set",   "csr",   "req",
                                           "new",    "reset",  "issue", "remove", "write", "store", "update"};

constexpr std::string_view kKeyNames[] = {"key",       "key_id",   "keyid",      "key_to_use", "nice_name",
                                          "keyname",   "key_name", "name",       "hsm_id",     "id",
                                          "slot",      "token",    "token_name", "key_handle", "handle",
                                          "keyhandle", "keylabel", "label",      "object"};
constexpr std::string_view kDigestNames[] = {
    "hash",         "digest",         "data",       "hash_to_sign",
    "data_to_sign", "digest_to_sign", "message",    "msg",
    "input",        "tosign",         "to_sign",    "hashvalue",
    "hash_value",   "digest_value",   "text",       "tbs",
    "payload",      "value",          "hash_hex",   "message_to_sign",
    "digesthex",    "datatosign",     "hashtosign", "digest_hex",
    "signdata",     "sign_data",      "dgst",       "content"};
constexpr std::string_view kPinNames[] = {"pin", "key_pin", "keypin", "user_pin", "userpin", "pincode"};
constexpr std::string_view kPaddingNames[] = {"padding",   "pad",     "padding_mode", "paddingmode",
                                              "mechanism", "scheme",  "padding_type", "mode",
                                              "sigscheme", "padtype", "pad_mode"};
constexpr std::string_view kHashNameNames[] = {
    "hashalg",          "hash_alg",  "hashalgo",   "hash_algo", "hashalgorithm", "hash_algorithm",
    "digestalg",        "hash_type", "hashtype",   "hashname",  "hash_name",     "digest_alg",
    "digest_algorithm", "algorithm", "digestalgo", "alg",       "hash_function"};
constexpr std::string_view kSaltNames[] = {"saltlen",     "salt_len", "saltlength",
                                           "salt_length", "saltsize", "salt_size"};

bool has_paddings(KeyType kind) { return keymgmt::row_of(kind).has_paddings; }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto part) { return contains(text, part); });
}

bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
std::optional<std::string> nth(const std::string_view (&values)[N], unsigned variant) {
  if (variant >= N) return std::nullopt;
  return std::string(values[variant]);
}

// The first value to try in a key field: its name usually shows which of the key's names it expects.
std::string_view likely_key_value(std::string_view field) {
  if (contains_any(field, {"slot", "token"})) return "{token}";
  if (contains_any(field, {"name", "label"})) return "{name}";
  return "{key_id}";
}

std::optional<std::string> key_value(std::string_view field, unsigned variant) {
  if (variant == 0) return std::string(likely_key_value(field));
  constexpr std::string_view kValues[] = {"{key_id}", "{name}", "{token}"};
  return nth(kValues, variant - 1);
}

// The value of a required field that is neither for the key nor for the digest.
std::optional<std::string> literal_value(std::string_view field, KeyType kind, unsigned variant) {
  constexpr std::string_view kFormats[] = {"hex", "HEX", "DER", "RAW"};
  constexpr std::string_view kCurves[] = {"NIST", "P-256", "secp256r1"};
  constexpr std::string_view kEcSchemes[] = {"ECDSA", "ecdsa", "ECC", "EC"};
  constexpr std::string_view kRsaSchemes[] = {"RSA", "rsa"};
  if (contains_any(field, {"format", "encod", "form"})) return nth(kFormats, variant);
  if (contains(field, "curve")) return nth(kCurves, variant);
  return has_paddings(kind) ? nth(kRsaSchemes, variant) : nth(kEcSchemes, variant);
}

void append_all(Candidate& candidate, Role role, KeyType kind) {
  for (const auto name : field_names(role)) candidate.fields.push_back(field_of(role, name, kind));
}

}  // namespace

bool Candidate::has(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
}

bool Candidate::has(Role role) const {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.role == role; });
}

std::string Candidate::row() const {
  if (method == transport::Method::get) return "GET /n200/" + command + "/" + arguments;
  std::string text = "POST command=" + command;
  for (const auto& field : fields) text += " " + field.name + "=" + field.value;
  return text;
}

Names command_names(KeyType kind) { return has_paddings(kind) ? Names(kRsaCommands) : Names(kEcCommands); }

bool may_be_sent(std::string_view command) {
  const std::string name = ascii_lower_of(command);
  return contains(name, "sign") && std::none_of(std::begin(kNeverSent), std::end(kNeverSent),
                                                [&](auto part) { return contains(name, part); });
}

Names field_names(Role role) {
  switch (role) {
    case Role::key:
      return kKeyNames;
    case Role::digest:
      return kDigestNames;
    case Role::pin:
      return kPinNames;
    case Role::padding:
      return kPaddingNames;
    case Role::hash_name:
      return kHashNameNames;
    case Role::salt:
      return kSaltNames;
    case Role::core:
    case Role::literal:
      break;
  }
  return {};
}

std::vector<std::string> get_arguments(KeyType kind, bool without_pin) {
  std::vector<std::string> all;
  const std::string_view middles[] = {"", has_paddings(kind) ? "{padding}/{hash_name}/" : "{hash_name}/",
                                      has_paddings(kind) ? "{padding}/" : "ECDSA/"};
  for (const std::string key : {"{key_id}/", "{name}/"})
    for (const std::string pin : {"", "/"})
      for (const auto middle : middles)
        if (pin.empty() || without_pin) all.push_back(key + pin + std::string(middle) + "{digest:hex}/");
  all.insert(all.end(),
             {"{digest:hex}/{key_id}/", "{digest:hex}/{name}/", "{token}/{digest:hex}/",
              "{key_id}/{digest:hexlower}/", "{key_id}/{digest:base64}/", "{core}/{key_id}/{digest:hex}/"});
  return all;
}

std::optional<Role> role_of(std::string_view field, KeyType kind) {
  const std::string name = ascii_lower_of(field);
  if (name == "core") return Role::core;
  for (const Role role : {Role::key, Role::digest, Role::pin, Role::hash_name, Role::salt})
    if (is_one_of(name, field_names(role))) return role;
  if (is_one_of(name, kPaddingNames) || contains(name, "pad"))
    return has_paddings(kind) ? Role::padding : Role::literal;
  if (contains_any(name, {"pin", "passphrase"})) return Role::pin;
  if (contains(name, "salt")) return Role::salt;
  const bool about_hash = (name == "md" || contains_any(name, {"hash", "digest"}));
  if (about_hash && contains_any(name, {"alg", "type", "name", "func", "method", "mech"}))
    return Role::hash_name;
  if (contains_any(name,
                   {"alg", "type", "mech", "scheme", "mode", "format", "encod", "form", "curve", "method"}))
    return Role::literal;
  if (name.starts_with("key") || contains_any(name, {"slot", "token", "hsm", "handle", "label", "key"}))
    return Role::key;
  if (about_hash || contains_any(name, {"data", "msg", "message", "input", "sign", "tbs", "text", "payload",
                                        "value", "content", "plain", "blob", "buffer", "hex", "bytes"}))
    return Role::digest;
  if (contains_any(name, {"name", "id", "object"})) return Role::key;
  return std::nullopt;
}

bool is_plain_field_name(std::string_view name) {
  constexpr std::size_t kMaxName = 32;
  if (name.size() < 2 || name.size() > kMaxName ||
      std::isalpha(static_cast<unsigned char>(name.front())) == 0)
    return false;
  const bool plain = std::all_of(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
  const std::string small = ascii_lower_of(name);
  if (!plain || small == "command" || contains(small, "acl")) return false;
  return std::none_of(std::begin(kNeverSent), std::end(kNeverSent),
                      [&](auto part) { return contains(small, part); });
}

std::optional<std::string> value_of(Role role, std::string_view field, KeyType kind, unsigned variant) {
  constexpr std::string_view kDigests[] = {"{digest:hex}", "{digest:hexlower}", "{digest:base64}"};
  // A field "hash" may expect the name of the hash function.
  constexpr std::string_view kDigestsOrNames[] = {"{digest:hex}", "{digest:hexlower}", "{digest:base64}",
                                                  "{hash_name}", "sha256"};
  constexpr std::string_view kBase64First[] = {"{digest:base64}", "{digest:hex}", "{digest:hexlower}"};
  constexpr std::string_view kHashNames[] = {"{hash_name}", "sha256", "SHA-256", "sha-256", "SHA2-256"};
  constexpr std::string_view kPaddings[] = {"{padding}", "pkcs1",      "PKCS1v15", "pkcs1v15",
                                            "PKCS1_V15", "PKCS1-v1_5", "PKCS15",   "PKCS"};
  constexpr std::string_view kOnly[] = {"{core}", "{pin}", "{salt_bytes}"};
  switch (role) {
    case Role::key:
      return key_value(field, variant);
    case Role::digest:
      if (contains_any(ascii_lower_of(field), {"b64", "base64"})) return nth(kBase64First, variant);
      return ascii_lower_of(field) == "hash" || ascii_lower_of(field) == "digest"
                 ? nth(kDigestsOrNames, variant)
                 : nth(kDigests, variant);
    case Role::hash_name:
      return nth(kHashNames, variant);
    case Role::padding:
      return nth(kPaddings, variant);
    case Role::literal:
      return literal_value(ascii_lower_of(field), kind, variant);
    case Role::core:
    case Role::pin:
    case Role::salt:
      break;
  }
  if (variant > 0) return std::nullopt;
  return std::string(kOnly[role == Role::core ? 0 : role == Role::pin ? 1 : 2]);
}

CandidateField field_of(Role role, std::string_view name, KeyType kind) {
  return {role, std::string(name), *value_of(role, name, kind, 0)};
}

Candidate bare(std::string_view command) {
  Candidate candidate;
  candidate.command = command;
  candidate.fields.push_back({Role::core, "core", "{core}"});
  return candidate;
}

Candidate as_assumed(std::string_view command, KeyType kind) {
  Candidate candidate = bare(command);
  candidate.fields.push_back(field_of(Role::key, "key", kind));
  if (has_paddings(kind)) {
    candidate.fields.push_back(field_of(Role::padding, "padding", kind));
    candidate.fields.push_back(field_of(Role::hash_name, "hashalg", kind));
    candidate.fields.push_back(field_of(Role::salt, "saltlen", kind));
  }
  candidate.fields.push_back(field_of(Role::digest, "hash", kind));
  return candidate;
}

Candidate with_all_names(std::string_view command, KeyType kind) {
  Candidate candidate = bare(command);
  append_all(candidate, Role::key, kind);
  if (has_paddings(kind))
    for (const Role role : {Role::padding, Role::hash_name, Role::salt}) append_all(candidate, role, kind);
  append_all(candidate, Role::digest, kind);
  return candidate;
}

}  // namespace sesam::cli::discover
