// SPDX-License-Identifier: Apache-2.0
// A device that says what a test wants to hear.
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

// Gives the answers in their order, the last one for ever, and remembers what it was asked.
class ScriptedPipeline : public transport::Pipeline {
 public:
  explicit ScriptedPipeline(std::deque<transport::Reply> answers) : answers_(std::move(answers)) {
    static unsigned made = 0;
    options_.urls = {"https://device"};
    options_.user =
        "user" + std::to_string(made++);  // what this device refuses is not remembered for the next one
  }
  /// Of a cluster.
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
