// SPDX-License-Identifier: Apache-2.0
// The device that `sesam discover` queries: renders candidates, records replies, verifies signatures.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/discover_search.h"
#include "keymgmt/key.h"
#include "signature/digests.h"
#include "transport/pipeline.h"

namespace sesam::cli::discover {

/// A distinct reply of the device, and the commands that received it.
struct AnswerGroup {
  std::string answer;  ///< redacted, printable, short
  unsigned count = 0;
  std::vector<std::string> commands;  ///< "POST eccsign"
};

class DeviceTarget : public Target {
 public:
  /// The digest of `text` is signed. `visit` is called before each request.
  DeviceTarget(std::shared_ptr<transport::Pipeline> pipeline, std::shared_ptr<const keymgmt::KeyData> key,
               std::string_view text, std::function<void(const Candidate&)> visit);

  Answer ask(const Candidate& candidate, Trial trial) override;
  Match verify(Trial trial, std::span<const unsigned char> signature) override;

  const std::vector<AnswerGroup>& answers() const noexcept { return answers_; }
  /// The digest that most requests sign, and its hash function.
  const Bytes& digest() const noexcept { return digests_[0]; }
  const signature::Digest& hash() const noexcept { return *hashes_[0]; }
  /// Values of requests that replies may quote.
  std::vector<std::string> values_sent() const;

 private:
  transport::Reply perform(transport::Request& request);
  bool is_signature(Trial trial, std::span<const unsigned char> digest,
                    std::span<const unsigned char> signature) const;
  void note(const Candidate& candidate, int status, std::string_view said);
  std::string redacted(int status, std::string_view said) const;

  std::shared_ptr<transport::Pipeline> pipeline_;
  std::shared_ptr<const keymgmt::KeyData> key_;
  std::function<void(const Candidate&)> visit_;
  const signature::Digest* hashes_[2];  // of most trials, of Trial::other_digest
  Bytes digests_[2];
  std::size_t endpoint_ = 0;
  std::vector<AnswerGroup> answers_;
};

}  // namespace sesam::cli::discover
