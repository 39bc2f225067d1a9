// SPDX-License-Identifier: Apache-2.0
#include "store/open_key.h"

#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/params.h>

#include <string>
#include <utility>

namespace sesam::store {

Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const n200::KeyRecord& record,
                                                         const n200::KeyUri& uri,
                                                         const std::shared_ptr<n200::Device>& device,
                                                         bool with_private,
                                                         const keymgmt::PinPrompt& prompt) {
  Secret pin;
  if (with_private) {
    SESAM_TRY(known, keymgmt::pin_for(uri, record, *device, prompt));
    pin = std::move(known);
  }
  return keymgmt::Key::from_record(record, uri, std::move(pin), device);
}

Error no_name(const n200::KeyUri& uri) {
  return {Reason::bad_uri, "the URI names no key: " + (uri.lost_name.empty() ? "" : uri.lost_name + "; ") +
                               "add object=NAME; 'openssl storeutl sesam:' lists every key"};
}

bool deliver(std::unique_ptr<keymgmt::Key> key, OSSL_CALLBACK* callback, void* argument) {
  keymgmt::Key* reference = key.release();
  int type = OSSL_OBJECT_PKEY;
  std::string data_type = keymgmt::row_of(reference->data()->type).name;
  const OSSL_PARAM object[] = {
      OSSL_PARAM_int(OSSL_OBJECT_PARAM_TYPE, &type),
      OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA_TYPE, data_type.data(), data_type.size()),
      // NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer itself is passed
      OSSL_PARAM_octet_string(OSSL_OBJECT_PARAM_REFERENCE, &reference, sizeof reference), OSSL_PARAM_END};
  const bool wanted = callback(object, argument) == 1;
  delete reference;
  return wanted;
}

}  // namespace sesam::store
