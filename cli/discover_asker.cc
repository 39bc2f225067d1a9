// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_asker.h"

namespace sesam::cli::discover {
namespace {

// Whether the refusal is clearly about something other than the PIN. "invalid key" or "bad parameter" may
// mean a wrong PIN.
bool is_about_something_else(const Refusal& refusal, KeyType kind) {
  switch (refusal.meaning) {
    case Meaning::unknown_command:
    case Meaning::unknown_key:
    case Meaning::pin_missing:  // the device did not see the PIN
      return true;
    case Meaning::missing_field:
    case Meaning::refused_field:
      return !refusal.field.empty();
    case Meaning::bad_value:
      return refusal.field.empty() || (role_of(refusal.field, kind) != Role::key);
    default:
      return false;
  }
}

}  // namespace

bool Asker::can_send_pin() const {
  return settings_.may_send_pin && pin_ != Pin::refused &&
         (pin_ == Pin::proven || unproven_pins_ < settings_.max_unproven_pins);
}

Reading Asker::ask(const Candidate& candidate, Trial trial) {
  const auto [known, is_new] = readings_.try_emplace({candidate.row(), trial});
  if (!is_new) return known->second;
  const bool is_allowed = candidate.command == kControlName || may_be_sent(candidate.command);
  if (left() == 0) end(Ending::out_of_requests);
  if (is_over() || !is_allowed || (candidate.carries_pin() && !can_send_pin())) {
    readings_.erase(known);
    return {};
  }
  ++requests_;
  if (candidate.carries_pin() && pin_ == Pin::unproven) ++unproven_pins_;
  const Reading reading = read(candidate, trial, target_.ask(candidate, trial));
  if (candidate.carries_pin()) note_pin(reading);
  note_end(reading, candidate.carries_pin());
  return known->second = reading;
}

Reading Asker::read(const Candidate& candidate, Trial trial, const Answer& answer) {
  Reading reading;
  reading.was_sent = true;
  reading.shape = shape_of(answer, candidate, settings_.sent);
  if (answer.arrived && answer.status < 400) {
    const Check check = [&](std::span<const unsigned char> signature) {
      return target_.verify(trial, signature);
    };
    reading.signature = find_signature(answer.body, keymgmt::row_of(settings_.kind).signature_form,
                                       settings_.signature_bytes, check);
  }
  if (!reading.signature) reading.refusal = read_refusal(answer, candidate, settings_.kind, settings_.sent);
  return reading;
}

// Counts a refusal that is not understood as a refusal of the PIN.
void Asker::note_pin(const Reading& reading) {
  if (reading.signature && reading.signature->match != Match::none)
    pin_ = Pin::proven;
  else if (pin_ == Pin::unproven && !reading.signature &&
           !is_about_something_else(reading.refusal, settings_.kind))
    pin_ = Pin::refused;
  else if (reading.refusal.meaning == Meaning::pin_refused)
    pin_ = Pin::refused;
}

void Asker::note_end(const Reading& reading, bool carries_pin) {
  const auto meaning = reading.refusal.meaning;
  unanswered_ = meaning == Meaning::unanswered ? unanswered_ + 1 : 0;
  if (meaning == Meaning::unauthorized) end(Ending::unauthorized);
  if (unanswered_ >= kMaxUnanswered) end(Ending::unanswered);
  if (meaning == Meaning::pin_refused && carries_pin) end(Ending::pin_refused);
}

}  // namespace sesam::cli::discover
