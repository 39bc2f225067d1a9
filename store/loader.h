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

/// One opened URI. A URI for one key yields its private object, then its public one, then its certificates if
/// the setting `certificates` is set, then the end; a URI that names no key yields the URI of every key as a
/// name. Whatever fails, the end follows: BIND would load for
/// ever otherwise.
class Loader {
 public:
  /// Parses the URI, nothing else. Raises bad_uri, bad_configuration; where the URI may hold a PIN, the first
  /// load() raises them, for OpenSSL's error queue would show the URI.
  static Result<Loader*> open(void* provctx, const char* uri);
  /// The same from OpenSSL 3.2 on, with the parameters of OSSL_STORE_open_ex(3). The PIN callback is not
  /// used: no PIN is needed yet, and each load() gets one that lives long enough.
  static Result<Loader*> open_ex(void* provctx, const char* uri, const OSSL_PARAM params[],
                                 OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);
  static Result<void> close(void* loader);

  /// Hands the next object to OpenSSL. The first call asks the device, and whoever `pin_callback` asks where
  /// the URI says so. Raises what finding and reading a key raises.
  Result<ossl::HandedOn> load(OSSL_CALLBACK* object_callback, void* object_argument,
                              OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);
  /// True once everything is loaded, or has failed: but false once after a failure, at the one question by
  /// which storeutl(1) sees that it may count it. Loading again then neither asks the device nor raises
  /// anything.
  Result<bool> eof();
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
  bool failure_seen_ = true;  // by the caller of eof(): there is none
  std::shared_ptr<const keymgmt::KeyData> key_;
  std::deque<keymgmt::Key::Part> pending_;
  PackedTexts names_;
  CertificateList certificates_;
};

extern const OSSL_DISPATCH kLoader[];

}  // namespace sesam::store
