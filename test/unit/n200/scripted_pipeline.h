// SPDX-License-Identifier: Apache-2.0
// A device that says what a test wants to hear.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "n200/http/pipeline.h"

namespace sesam::n200 {

inline http::Reply answer(std::string body) {
  http::Reply reply;
  reply.failure = http::Failure::none;
  reply.status = 200;
  reply.body = std::move(body);
  return reply;
}

inline http::Reply lost(http::Failure how = http::Failure::timed_out) {
  http::Reply reply;
  reply.failure = how;
  reply.may_have_acted = true;
  return reply;
}

// Gives the answers in their order, the last one for ever, and remembers what it was asked.
class ScriptedPipeline : public http::Pipeline {
 public:
  explicit ScriptedPipeline(std::deque<http::Reply> answers) : answers_(std::move(answers)) {
    static unsigned made = 0;
    options_.urls = {"https://device"};
    options_.user =
        "user" + std::to_string(made++);  // what this device refuses is not remembered for the next one
  }
  http::Reply perform(const http::Request& request) override {
    asked.push_back(request.body.empty() ? std::string(request.path) : std::string(request.body));
    http::Reply reply = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return reply;
  }
  void probe(const http::Request&, http::HealthFlag) noexcept override {}
  bool pause_job_until(std::chrono::steady_clock::time_point) noexcept override { return false; }
  const http::Options& options() const noexcept override { return options_; }

  std::vector<std::string> asked;

 private:
  std::deque<http::Reply> answers_;
  http::Options options_;
};

}  // namespace sesam::n200
