// SPDX-License-Identifier: Apache-2.0
#include "store/search.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <string>

#include "ossl/text_param.h"

namespace sesam::store {
namespace {

constexpr const char* kNotOffered[] = {OSSL_STORE_PARAM_ISSUER, OSSL_STORE_PARAM_SERIAL,
                                       OSSL_STORE_PARAM_DIGEST, OSSL_STORE_PARAM_FINGERPRINT};

}  // namespace

Result<void> Search::set_params(const OSSL_PARAM params[]) {
  for (const char* name : kNotOffered)
    if (OSSL_PARAM_locate_const(params, name) != nullptr)
      return Error{Reason::bad_argument, "searching by " + std::string(name) +
                                             " is not offered; search by the subject of a certificate, or by "
                                             "the name of a key as alias"};
  if (const OSSL_PARAM* wanted = OSSL_PARAM_locate_const(params, OSSL_STORE_PARAM_SUBJECT)) {
    const void* der = nullptr;
    std::size_t length = 0;
    if (OSSL_PARAM_get_octet_string_ptr(wanted, &der, &length) != 1 || der == nullptr || length == 0)
      return Error{Reason::bad_argument, "'subject' is not a name in DER form"};
    const auto* bytes = static_cast<const unsigned char*>(der);
    subject.assign(bytes, bytes + length);
  }
  if (const OSSL_PARAM* wanted = OSSL_PARAM_locate_const(params, OSSL_STORE_PARAM_ALIAS)) {
    const auto text = ossl::text_of(*wanted);
    if (!text || text->empty()) return Error{Reason::bad_argument, "'alias' is not a name"};
    alias = *text;
  }
  return {};
}

}  // namespace sesam::store
