// SPDX-License-Identifier: Apache-2.0
// A device with arbitrary replies: HTTP status and body, up to the public key. The first byte chooses the
// wire rows, the second the status; bodies are separated by the byte 0xFF, which does not occur in UTF-8.
#include "n200/device.h"

#include <array>
#include <string>
#include <vector>

#include "keymgmt/public_key.h"
#include "n200/options.h"
#include "n200/uri.h"
#include "promise.h"
#include "transport/pipeline.h"

namespace {

using namespace sesam::n200;
using sesam::fuzz::promise;

constexpr std::string_view kPassword = "correct-horse-battery";

// Returns the replies in order, then repeats the last one.
class Scripted final : public sesam::transport::Pipeline {
 public:
  Scripted(int status, std::string_view bodies) : status_(status) {
    options_.urls = {"https://device"};
    options_.user = "pkmaster";
    options_.password = sesam::Secret(kPassword);
    for (std::size_t end = 0; end != bodies.npos;
         bodies.remove_prefix(end == bodies.npos ? bodies.size() : end + 1)) {
      end = bodies.find('\xFF');
      bodies_.emplace_back(bodies.substr(0, end));
    }
  }
  sesam::transport::Reply perform(const sesam::transport::Request& request) override {
    sesam::transport::Reply reply;
    reply.status = status_;
    reply.body = bodies_[std::min(next_++, bodies_.size() - 1)];
    reply.failure = reply.body.size() > request.reply_cap_bytes ? sesam::transport::Failure::too_large
                                                                : sesam::transport::Failure::none;
    if (reply.failure != sesam::transport::Failure::none) reply.body.clear();
    return reply;
  }
  void probe(const sesam::transport::Request&, sesam::transport::HealthFlag) noexcept override {}
  bool pause_job_until(std::chrono::steady_clock::time_point) noexcept override { return false; }
  const sesam::transport::Options& options() const noexcept override { return options_; }
  sesam::transport::Passwords& passwords() noexcept override { return passwords_; }

 private:
  sesam::transport::Options options_;
  sesam::transport::Passwords passwords_{sesam::Secret(kPassword)};
  int status_;
  std::vector<std::string> bodies_;
  std::size_t next_ = 0;
};

Options options(unsigned rows) {
  Options made;
  made.key_cache_seconds = 0;
  const bool set =
      (rows & 1) == 0 ||
      (made.wire.set(Operation::ec_sign, "POST a={digest:base64} -> signature:der:base64") &&
       made.wire.set(Operation::find_key, "GET /k/{name}/ -> data.keys:raw:base64 modulus=n exponent=e"));
  promise(set, "the rows are good");
  return made;
}

void look_at(const KeyRecord& record) {
  const auto type = sesam::keymgmt::type_of(record);
  if (!type) return;
  const auto key = sesam::keymgmt::public_key_of(record, *type);
  if (!key) return;
  const auto bytes = sesam::keymgmt::device_signature_bytes(*type, key->get());
  promise(bytes >= 64 && bytes <= 512, "a signature fits the buffer that it is read into");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr std::array<int, 6> kStatus = {200, 200, 200, 403, 404, 500};
  static const auto log = *sesam::Log::open(0, "stderr");
  Device device(
      std::make_shared<Scripted>(kStatus[data[1] % kStatus.size()], sesam::fuzz::text_of(data + 2, size - 2)),
      options(data[0]), log);
  if (const auto found = device.find_key(*sesam::n200::KeyUri::parse("sesam:web"))) look_at(*found);
  static_cast<void>(device.list_keys(*sesam::n200::KeyUri::parse("sesam:"), look_at));
  std::array<unsigned char, 64> signature{};
  const KeyHandle key("hsm010123F13C56131E1EEE0000000000000025", "hsm010123F13C56131E1EEE00000025", "web", 1,
                      {});
  // Of this reply, only the device's error message is reported.
  if (const auto made = device.sign(key, {Operation::ec_sign, signature}, signature); !made)
    promise(made.error().detail.find(kPassword) == std::string::npos,
            "the password is redacted from the device's words");
  return 0;
}
