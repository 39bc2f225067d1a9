// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_target.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>

#include "base/ascii_case.h"
#include "base/base64.h"
#include "base/hex.h"
#include "cli/output.h"
#include "n200/device.h"
#include "n200/errors.h"
#include "n200/known_secrets.h"
#include "n200/options.h"
#include "n200/request.h"
#include "signature/ecdsa_form.h"
#include "signature/scheme.h"

namespace sesam::cli::discover {
namespace {

using n200::Placeholder;
using transport::Failure;

constexpr std::size_t kMaxCommandsTold = 200;

Bytes hash_of(const signature::Digest& digest, std::span<const unsigned char> data) {
  Bytes result(digest.size_bytes);
  EVP_Digest(data.data(), data.size(), result.data(), nullptr, digest.md(), nullptr);
  return result;
}

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// A digest as long as the curve's numbers, for a device that accepts no other.
const char* usual_hash(const keymgmt::KeyData& key) {
  if (!keymgmt::row_of(key.type).has_curves() || key.device_signature_bytes <= 64) return "SHA256";
  return key.device_signature_bytes <= 96 ? "SHA384" : "SHA512";
}

bool may_be_elsewhere(Failure failure) {
  return failure == Failure::cannot_connect || failure == Failure::cannot_resolve ||
         failure == Failure::connect_timed_out;
}

}  // namespace

DeviceTarget::DeviceTarget(std::shared_ptr<transport::Pipeline> pipeline,
                           std::shared_ptr<const keymgmt::KeyData> key, std::string_view text,
                           std::function<void(const Candidate&)> visit)
    : pipeline_(std::move(pipeline)), key_(std::move(key)), visit_(std::move(visit)) {
  hashes_[0] = *signature::find_digest(usual_hash(*key_));
  hashes_[1] = *signature::find_digest("SHA512");
  for (std::size_t i = 0; i < std::size(hashes_); ++i) digests_[i] = hash_of(*hashes_[i], bytes_of(text));
}

std::vector<std::string> DeviceTarget::values_sent() const {
  std::vector<std::string> values{key_->handle.key_id, key_->handle.token, key_->handle.nice_name};
  for (const auto& digest : digests_) {
    values.push_back(to_hex(digest));
    values.push_back(to_base64(digest));
  }
  return values;
}

// Uses the first node that accepts a connection, also for all later requests.
transport::Reply DeviceTarget::perform(transport::Request& request) {
  const auto& options = pipeline_->options();
  for (;; ++endpoint_) {
    request.endpoint = endpoint_;
    request.deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(options.request_timeout_ms);
    transport::Reply reply = pipeline_->perform(request);
    if (!may_be_elsewhere(reply.failure) || endpoint_ + 1 == options.urls.size()) return reply;
  }
}

Answer DeviceTarget::ask(const Candidate& candidate, Trial trial) {
  visit_(candidate);
  const std::size_t which = trial == Trial::other_digest ? 1 : 0;
  const auto row = n200::WireRow::parse(candidate.row() + " -> result");
  if (!row) return {false, 0, {}};
  const std::string core = std::to_string(key_->handle.core);
  const std::string salt = trial == Trial::pss ? std::to_string(digests_[which].size()) : "";
  n200::Values values;
  values.set(Placeholder::core, core)
      .set(Placeholder::key_id, key_->handle.key_id)
      .set(Placeholder::token, key_->handle.token)
      .set(Placeholder::name, key_->handle.nice_name)
      .set(Placeholder::pin, key_->handle.pin.reveal())
      .set(Placeholder::padding,
           n200::word_of(trial == Trial::pss ? n200::Padding::pss : n200::Padding::pkcs1))
      .set(Placeholder::hash_name, n200::word_of(hashes_[which]->hash))
      .set(Placeholder::salt_bytes, salt)
      .set_digest(digests_[which]);
  const n200::Rendered rendered = n200::render(*row, values);
  transport::Request request;
  request.operation = static_cast<std::size_t>(keymgmt::row_of(key_->type).sign);
  request.method = row->method;
  request.path = rendered.path.reveal();
  request.fixed_path_bytes = row->fixed_path_bytes();
  request.body = rendered.body.reveal();
  const transport::Reply reply = perform(request);
  const bool arrived = reply.failure == Failure::none;
  std::string body(reply.body);
  note(candidate, reply.status, arrived ? body : "no reply: " + reply.message);
  return {arrived, reply.status, std::move(body)};
}

bool DeviceTarget::is_signature(Trial trial, std::span<const unsigned char> digest,
                                std::span<const unsigned char> signature) const {
  auto scheme = signature::Scheme::for_type(key_->type);
  if (scheme.row().signature_form == n200::SignatureForm::p1363) {
    Bytes der(signature.size() + 16);
    const auto length = signature::der_of_p1363(signature, der);
    if (!length) return false;
    const auto good =
        signature::verify(scheme, key_->public_key.get(), digest, std::span(der).first(*length));
    return good && *good;
  }
  scheme.digest = hashes_[trial == Trial::other_digest ? 1 : 0];
  if (trial == Trial::pss) scheme.padding = signature::Padding::pss;
  scheme.salt.value = signature::SaltLength::kDigest;
  const auto good = signature::verify(scheme, key_->public_key.get(), digest, signature);
  return good && *good;
}

Match DeviceTarget::verify(Trial trial, std::span<const unsigned char> signature) {
  const std::size_t which = trial == Trial::other_digest ? 1 : 0;
  const Bytes& digest = digests_[which];
  if (is_signature(trial, digest, signature)) return Match::digest;
  const std::string hex = to_hex(digest);
  for (const std::string& sent :
       {std::string(digest.begin(), digest.end()), hex, ascii_lower_of(hex), to_base64(digest)})
    if (is_signature(trial, hash_of(*hashes_[which], bytes_of(sent)), signature))
      return Match::hash_of_digest;
  return Match::none;
}

std::string DeviceTarget::redacted(int status, std::string_view said) const {
  n200::KnownSecrets known(pipeline_->options(), key_->device->options());
  known.add_pins_in_use();
  return printable(
      n200::device_error({"answered", {}, {}}, Reason::none, {status == 0 ? 200 : status, said}, known.all())
          .detail);
}

void DeviceTarget::note(const Candidate& candidate, int status, std::string_view said) {
  const std::string command =
      (candidate.method == transport::Method::post ? "POST " : "GET ") + candidate.command;
  // Removes the echoed command, which would make each reply unique.
  std::string text(said);
  for (auto at = text.find(candidate.command); at != text.npos && candidate.command.size() > 4;
       at = text.find(candidate.command, at + 3))
    text.replace(at, candidate.command.size(), "...");
  const std::string answer = redacted(status, text);
  auto group =
      std::find_if(answers_.begin(), answers_.end(), [&](const auto& one) { return one.answer == answer; });
  if (group == answers_.end()) group = answers_.insert(group, AnswerGroup{answer, 0, {}});
  ++group->count;
  auto& commands = group->commands;
  if (commands.size() < kMaxCommandsTold &&
      std::find(commands.begin(), commands.end(), command) == commands.end())
    commands.push_back(command);
}

}  // namespace sesam::cli::discover
