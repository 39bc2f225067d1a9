// SPDX-License-Identifier: Apache-2.0
// Sends candidates one at a time, within limits: a maximum number of requests, each at most once, and no PIN
// after the device refused it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "cli/discover_search.h"

namespace sesam::cli::discover {

struct Reading {
  bool was_sent = false;
  std::optional<FoundSignature> signature;
  Refusal refusal;
  std::string shape;

  bool is_verified() const {
    return signature && signature->match == Match::digest && signature->can_be_written;
  }
};

class Asker {
 public:
  Asker(Target& target, const SearchSettings& settings) : target_(target), settings_(settings) {}

  /// Sends the candidate, or returns the earlier reading of the same request. Does not send it if the search
  /// is over, or if the command or the PIN must not be sent.
  Reading ask(const Candidate& candidate, Trial trial = Trial::main);
  bool was_asked(const Candidate& candidate) const {
    return readings_.contains({candidate.row(), Trial::main});
  }

  bool is_over() const { return ending_ != Ending::not_found; }
  void end(Ending ending) {
    if (!is_over()) ending_ = ending;
  }
  Ending ending() const { return ending_; }
  unsigned requests() const { return requests_; }
  unsigned left() const { return settings_.max_requests - requests_; }
  /// Whether a request with the PIN would be sent.
  bool can_send_pin() const;
  bool is_pin_proven() const { return pin_ == Pin::proven; }
  bool is_pin_untried() const { return unproven_pins_ == 0 && pin_ == Pin::unproven; }
  bool is_pin_refused() const { return pin_ == Pin::refused; }

 private:
  enum class Pin { unproven, proven, refused };
  static constexpr unsigned kMaxUnanswered = 5;  // in a row

  Reading read(const Candidate& candidate, Trial trial, const Answer& answer);
  void note_pin(const Reading& reading);
  void note_end(const Reading& reading, bool carries_pin);

  Target& target_;
  const SearchSettings& settings_;
  std::map<std::pair<std::string, Trial>, Reading> readings_;
  Ending ending_ = Ending::not_found;
  Pin pin_ = Pin::unproven;
  unsigned requests_ = 0;
  unsigned unproven_pins_ = 0;
  unsigned unanswered_ = 0;
};

}  // namespace sesam::cli::discover
