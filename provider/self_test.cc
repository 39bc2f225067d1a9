// SPDX-License-Identifier: Apache-2.0
#include "provider/self_test.h"

#include <openssl/self_test.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "config/bad_configuration.h"
#include "n200/device.h"
#include "n200/errors.h"
#include "ossl/encodings.h"
#include "provider/provider.h"
#include "transport/options.h"
#include "transport/pipeline.h"

namespace sesam::provider {
namespace {

// Reports to the program's callback, if it has set one.
class Report {
 public:
  explicit Report(const ossl::Core& core) {
    OSSL_CALLBACK* callback = nullptr;
    void* argument = nullptr;
    if (core.get_libctx != nullptr && core.self_test_callback != nullptr)
      core.self_test_callback(core.get_libctx(core.handle), &callback, &argument);
    test_.reset(OSSL_SELF_TEST_new(callback, argument));
  }

  // `type` and `description` are reported in the style of OpenSSL's own self-tests.
  template <class Check>
  Result<void> run(const char* type, const char* description, const Check& check) const {
    OSSL_SELF_TEST_onbegin(test_.get(), type, description);
    Result<void> done = check();
    OSSL_SELF_TEST_onend(test_.get(), done ? 1 : 0);
    return done;
  }

 private:
  std::unique_ptr<OSSL_SELF_TEST, ossl::FreeWith<&OSSL_SELF_TEST_free>> test_;
};

Result<void> check_trusted(const transport::Options& options) {
  if (options.ca_pem.empty() || ossl::certificate_of_pem(options.ca_pem)) return {};
  return config::bad_configuration("tlscert = " + options.ca_path + ": contains no valid certificate");
}

Result<void> check_client(const transport::Options& options) {
  if (options.client_cert_pem.empty()) return {};
  const auto certificate = ossl::certificate_of_pem(options.client_cert_pem);
  if (!certificate)
    return config::bad_configuration("client_cert = " + options.client_cert_path +
                                     ": contains no valid certificate");
  bool encrypted = false;
  const ossl::Pkey key = ossl::private_key_of_pem(options.client_key_pem.reveal(), encrypted);
  if (!key)
    return config::bad_configuration("client_key = " + options.client_key_path +
                                     ": contains no unencrypted private key");
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return {};
  return config::bad_configuration("client_key = " + options.client_key_path +
                                   ": is not the key of the certificate in client_cert");
}

// The cheapest request: it shows that the device can be reached, is trusted and authorizes the user.
Result<void> check_device(n200::Device& device) {
  const auto time = device.timestamp();
  return time || n200::says_no_time(time.error().reason) ? Result<void>() : Result<void>(time.error());
}

}  // namespace

Result<void> self_test(void* provctx) {
  const auto& provider = *static_cast<const Provider*>(provctx);
  const Report report(provider.core());
  std::shared_ptr<n200::Device> device;
  SESAM_CHECK(report.run("Configuration", "settings", [&]() -> Result<void> {
    SESAM_TRY(configured, provider.require_device());
    device = std::move(configured);
    return {};
  }));
  const auto& options = device->pipeline().options();
  SESAM_CHECK(report.run("Configuration", "tlscert", [&] { return check_trusted(options); }));
  SESAM_CHECK(report.run("Configuration", "client_cert", [&] { return check_client(options); }));
  return report.run("Device", "timestamp", [&] { return check_device(*device); });
}

}  // namespace sesam::provider
