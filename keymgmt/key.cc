// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key.h"

#include <openssl/core_names.h>

#include <utility>

#include "base/crypto.h"
#include "base/uri.h"
#include "keymgmt/curves.h"

namespace sesam::keymgmt {
namespace {

constexpr unsigned char kUncompressed = 0x04;  // SEC 1, section 2.3.3

Pkey ec_from_params(OSSL_PARAM params[]) {
  EVP_PKEY* made = nullptr;
  const PkeyCtx context(EVP_PKEY_CTX_new_from_name(private_libctx(), "EC", nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) != 1) return nullptr;
  return Pkey(made);
}

// OpenSSL checks that the point is on the curve.
Pkey ec_from_point(const Curve& curve, const Bytes& x_and_y) {
  if (x_and_y.size() != 2 * curve.field_bytes) return nullptr;
  Bytes point{kUncompressed};
  point.insert(point.end(), x_and_y.begin(), x_and_y.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return params ? ec_from_params(params.get()) : nullptr;
}

bool includes_private(int selection) noexcept { return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0; }

}  // namespace

Result<std::shared_ptr<const KeyData>> Key::from_record(const n200::KeyRecord& record, unsigned core, Secret pin,
                                                        std::shared_ptr<n200::Device> device) {
  auto data = std::make_shared<KeyData>();
  data->handle = {record.key_id, record.token_label(), record.nice_name, core, std::move(pin)};
  data->device = std::move(device);
  data->uri = "sesam:key-id=" + record.key_id + ";object=" + percent_encode(record.nice_name);
  const Curve* curve = find_curve(record.key_type, record.key_bits);
  if (curve == nullptr)
    return Error{Reason::unsupported_key, "opening " + data->handle.description() + ": it is of type " + record.key_type + ", " +
                                              std::to_string(record.key_bits) + " bits"};
  data->field_bytes = curve->field_bytes;
  data->public_key = ec_from_point(*curve, record.public_key);
  if (!data->public_key)
    return Error{Reason::bad_public_key, "opening " + data->handle.description() + ": the device told " +
                                             std::to_string(record.public_key.size()) + " bytes that are no point on " + curve->group};
  return std::shared_ptr<const KeyData>(std::move(data));
}

Result<Key*> Key::create(void*) { return new Key; }

// The reference is what our own store passed to its callback: a pointer to a Key*, which changes hands here.
Result<Key*> Key::load(const void* reference, size_t reference_size) {
  if (reference == nullptr || reference_size != sizeof(Key*)) return Error{Reason::bad_argument, "not a key reference of this provider"};
  return std::exchange(*static_cast<Key**>(const_cast<void*>(reference)), nullptr);
}

void Key::release(void* key) { delete static_cast<Key*>(key); }

Result<bool> Key::has(int selection) const {
  if (includes_private(selection) && !is_private()) return false;
  return data_ != nullptr;
}

// Who has the public part of a key in the device has the key: the private parts cannot be compared.
Result<bool> Key::match(const void* other, int) const {
  const auto* that = static_cast<const Key*>(other);
  if (that == nullptr || public_key() == nullptr || that->public_key() == nullptr) return false;
  return EVP_PKEY_eq(public_key(), that->public_key()) == 1;
}

Result<bool> Key::validate(int selection, int) const {
  if (public_key() == nullptr || (includes_private(selection) && !is_private())) return false;
  const PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(private_libctx(), public_key(), nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

Result<Key*> Key::dup(int selection) const {
  return new Key(data_, includes_private(selection) ? part_ : Part::public_only);
}

// Everything that there is to be asked is in the public key; what is not, as "priv", stays unmodified.
Result<void> Key::get_params(OSSL_PARAM params[]) const {
  if (public_key() == nullptr) return Error{Reason::bad_argument, "the key is empty"};
  if (params == nullptr || params[0].key == nullptr) return {};
  if (EVP_PKEY_get_params(public_key(), params) != 1) return Error{Reason::bad_argument, "a parameter has the wrong type or is too small"};
  return {};
}

Result<bool> Key::import(int selection, const OSSL_PARAM params[]) {
  if (data_ || (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0) return false;
  if (includes_private(selection) && OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_PRIV_KEY) != nullptr) return false;
  auto data = std::make_shared<KeyData>();
  data->public_key = ec_from_params(const_cast<OSSL_PARAM*>(params));  // EVP_PKEY_fromdata(3) only reads
  if (!data->public_key) return false;
  data->field_bytes = static_cast<std::size_t>(EVP_PKEY_get_bits(data->public_key.get()) + 7) / 8;
  data_ = std::move(data);
  return true;
}

Result<bool> Key::export_to(int selection, OSSL_CALLBACK* callback, void* argument) const {
  if (includes_private(selection) || public_key() == nullptr) return false;
  return EVP_PKEY_export(public_key(), selection, callback, argument) == 1;
}

}  // namespace sesam::keymgmt
