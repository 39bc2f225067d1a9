// SPDX-License-Identifier: Apache-2.0
// A device whose replies the test defines.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "transport/pipeline.h"

namespace sesam::n200 {

inline transport::Reply answer(std::string body) {
  transport::Reply reply;
  reply.failure = transport::Failure::none;
  reply.status = 200;
  reply.body = std::move(body);
  return reply;
}

inline transport::Reply lost(transport::Failure how = transport::Failure::timed_out) {
  transport::Reply reply;
  reply.failure = how;
  reply.may_have_acted = true;
  return reply;
}

// Returns the replies in order, repeats the last one, and records the requests.
class ScriptedPipeline : public transport::Pipeline {
 public:
  explicit ScriptedPipeline(std::deque<transport::Reply> answers) : answers_(std::move(answers)) {
    static unsigned made = 0;
    options_.urls = {"https://device"};
    options_.user =
        "user" + std::to_string(made++);  // a refusal of this device is not remembered for the next one
  }
  /// The same for a cluster with these URLs.
  ScriptedPipeline(std::deque<transport::Reply> answers, std::vector<std::string> urls)
      : ScriptedPipeline(std::move(answers)) {
    options_.urls = std::move(urls);
  }
  transport::Reply perform(const transport::Request& request) override {
    nodes_asked.push_back(request.endpoint);
    asked.push_back(request.body.empty() ? std::string(request.path) : std::string(request.body));
    transport::Reply reply = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return reply;
  }
  void probe(const transport::Request&, transport::HealthFlag) noexcept override {}
  bool pause_job_until(std::chrono::steady_clock::time_point) noexcept override { return false; }
  const transport::Options& options() const noexcept override { return options_; }
  transport::Passwords& passwords() noexcept override { return passwords_; }

  std::vector<std::string> asked;
  std::vector<std::size_t> nodes_asked;

 private:
  std::deque<transport::Reply> answers_;
  transport::Options options_;
  transport::Passwords passwords_{options_.password};
};

}  // namespace sesam::n200
