// SPDX-License-Identifier: Apache-2.0
// The store loader for pkcs11: and sesam: URIs (provider-storemgmt(7)).
#pragma once

#include <openssl/core.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/packed_texts.h"
#include "base/result.h"
#include "keymgmt/key.h"
#include "keymgmt/key_pin.h"
#include "n200/uri.h"
#include "ossl/boundary.h"
#include "store/certificate_chain.h"
#include "store/context.h"
#include "store/search.h"

namespace sesam::store {

/// One opened URI. A URI that names a key yields its private object, its
/// public object and, if the setting `certificates` is set, its certificates.
/// A URI that does not name a key yields the URI of every key, as a name. The
/// end follows any failure, as BIND would load forever otherwise.
class Loader {
 public:
  /// Parses the URI; sends no request. Raises bad_uri and bad_configuration; if the URI may contain
  /// a PIN, the first load() raises them, as OpenSSL's error queue would contain the URI otherwise.
  static Result<Loader*> open(void* provctx, const char* uri);
  /// The same for OpenSSL 3.2 and later, with the parameters of OSSL_STORE_open_ex(3). The PIN callback
  /// is not used: no PIN is needed yet, and each load() gets a callback that is valid long enough.
  static Result<Loader*> open_ex(void* provctx, const char* uri, const OSSL_PARAM params[],
                                 OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);
  static Result<void> close(void* loader);

  /// Passes the next object to OpenSSL. The first call queries the device, and prompts
  /// by `pin_callback` if the URI says so. Raises what finding and reading a key raises.
  Result<ossl::HandedOn> load(OSSL_CALLBACK* object_callback, void* object_argument,
                              OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);
  /// True once everything is loaded or a load has failed. After a failure,
  /// the first call returns false, as storeutl(1) counts the error only then.
  /// Loading again then neither queries the device nor raises an error.
  Result<bool> eof();
  /// If it fails, nothing changes: the program may load what the URI names after a refused search.
  Result<void> set_params(const OSSL_PARAM params[]);

 private:
  static Result<Loader*> of_uri(const Context& context, const char* uri);
  explicit Loader(Error unopened) : unopened_(std::move(unopened)) {}
  Loader(n200::KeyUri uri, std::shared_ptr<n200::Device> device, std::string certificate_directory)
      : uri_(std::move(uri)),
        device_(std::move(device)),
        certificate_directory_(std::move(certificate_directory)) {}

  Result<void> begin(const keymgmt::PinPrompt& prompt);
  Result<void> check_nothing_is_missed() const;
  Result<void> begin_key(const keymgmt::PinPrompt& prompt);
  Result<void> begin_without_name(const keymgmt::PinPrompt& prompt);
  Result<void> begin_only_key(const keymgmt::PinPrompt& prompt);
  Result<void> begin_listing();
  Result<void> begin_certificates_of_key();
  void begin_certificates_of_directory();
  bool deliver_key(OSSL_CALLBACK* callback, void* argument);
  bool deliver_name(OSSL_CALLBACK* callback, void* argument);
  bool deliver_certificate(OSSL_CALLBACK* callback, void* argument);
  bool wants(n200::ObjectType type, int store_type) const {
    return (uri_.type == n200::ObjectType::any || uri_.type == type) &&
           (expected_ == 0 || expected_ == store_type);
  }
  bool wants_certificates() const;

  std::optional<Error> unopened_;
  n200::KeyUri uri_;
  std::shared_ptr<n200::Device> device_;
  std::string certificate_directory_;  // empty: none
  int expected_ = 0;                   // OSSL_STORE_INFO_..., 0 for any
  Search search_;
  bool begun_ = false;
  bool ended_ = false;
  bool failure_seen_ = true;  // eof() has reported the failure, or there is none
  std::shared_ptr<const keymgmt::KeyData> key_;
  std::deque<keymgmt::Key::Part> pending_;
  PackedTexts names_;
  CertificateList certificates_;
};

extern const OSSL_DISPATCH kLoader[];

}  // namespace sesam::store
