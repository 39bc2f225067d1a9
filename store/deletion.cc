// SPDX-License-Identifier: Apache-2.0
#include "store/deletion.h"

#include <utility>

#include "keymgmt/key_pin.h"
#include "n200/context.h"
#include "n200/device.h"
#include "n200/uri.h"

namespace sesam::store {
namespace {

// The message does not quote the URI, which may hold a PIN.
Result<void> check_names_a_whole_key(const n200::KeyUri& uri) {
  if (uri.names_no_key())
    return Error{Reason::bad_uri,
                 "nothing was deleted: the URI does not name a single key; name it by object, id, token or "
                 "key-id"};
  if (!uri.lost_name.empty())  // it may have been meant to name another key
    return Error{Reason::bad_uri, "nothing was deleted: " + uri.lost_name + "; correct the URI"};
  // The public part is not a separate object on the device: deleting it would delete the private key.
  if (uri.type != n200::ObjectType::any && uri.type != n200::ObjectType::private_key)
    return Error{Reason::bad_uri,
                 "nothing was deleted: 'type' names only a part of the key, and a key can only be deleted as "
                 "a whole; remove 'type' from the URI"};
  return {};
}

}  // namespace

Result<void> delete_key(void* provctx, const char* uri, const OSSL_PARAM[],
                        OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument) {
  if (uri == nullptr) return Error{Reason::bad_uri, "no URI was given"};
  SESAM_TRY(parsed, n200::KeyUri::parse(uri));
  SESAM_CHECK(check_names_a_whole_key(parsed));
  SESAM_TRY(device, static_cast<const n200::Context*>(provctx)->require_device());
  SESAM_TRY(record, device->find_key_to_remove(parsed));
  SESAM_TRY(pin, keymgmt::pin_for(parsed, record, *device, {pin_callback, pin_argument}));
  return device->remove(device->handle(parsed, record, std::move(pin)));
}

}  // namespace sesam::store
