// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_steps.h"

#include <algorithm>

namespace sesam::cli::discover {
namespace {

using Candidates = std::vector<Candidate>;

constexpr unsigned kMaxVariants = 16;

Candidate without(Candidate candidate, std::string_view name) {
  std::erase_if(candidate.fields, [&](const auto& field) { return field.name == name; });
  return candidate;
}

// Inserts the field before the digest, as in the observed commands; a digest at the end.
Candidate with(Candidate candidate, CandidateField field) {
  const auto digest = std::find_if(candidate.fields.begin(), candidate.fields.end(),
                                   [](const auto& other) { return other.role == Role::digest; });
  candidate.fields.insert(field.role == Role::digest ? candidate.fields.end() : digest, std::move(field));
  return candidate;
}

Candidate with_values(Candidate candidate, Role role, std::string_view value) {
  for (auto& field : candidate.fields)
    if (field.role == role) field.value = value;
  return candidate;
}

Candidate with_names_of(Candidate candidate, Role role, KeyType kind) {
  for (const auto name : field_names(role))
    if (!candidate.has(name)) candidate = with(std::move(candidate), field_of(role, name, kind));
  return candidate;
}

std::size_t count_of(const Candidate& candidate, Role role) {
  return static_cast<std::size_t>(std::count_if(candidate.fields.begin(), candidate.fields.end(),
                                                [&](const auto& field) { return field.role == role; }));
}

Candidates other_keys(const Candidate& candidate) {
  Candidates all;
  for (const std::string_view value : {"{key_id}", "{name}", "{token}"})
    all.push_back(with_values(candidate, Role::key, value));
  return all;
}

Candidates other_digests(const Candidate& candidate) {
  Candidates all;
  for (const std::string_view value : {"{digest:hex}", "{digest:hexlower}", "{digest:base64}"})
    all.push_back(with_values(candidate, Role::digest, value));
  return all;
}

Candidates single_digests(const Candidate& candidate) {
  Candidates all;
  for (const auto& field : candidate.fields) {
    if (field.role != Role::digest) continue;
    Candidate one = candidate;
    std::erase_if(one.fields, [&](const auto& f) { return f.role == Role::digest && f.name != field.name; });
    all.push_back(std::move(one));
  }
  return all.size() > 1 ? all : Candidates{};
}

// All alternatives for this field's value; also without the field, if it may be redundant.
Candidates other_values(const Candidate& candidate, std::string_view name, KeyType kind) {
  Candidates all;
  const auto field = std::find_if(candidate.fields.begin(), candidate.fields.end(),
                                  [&](const auto& f) { return f.name == name; });
  if (field == candidate.fields.end()) return all;
  const auto at = static_cast<std::size_t>(field - candidate.fields.begin());
  if (count_of(candidate, field->role) > 1) all.push_back(bare(candidate.command));
  for (unsigned variant = 0; variant < kMaxVariants; ++variant) {
    const auto value = value_of(field->role, name, kind, variant);
    if (!value) break;
    Candidate other = candidate;
    other.fields[at].value = *value;
    all.push_back(std::move(other));
  }
  if (count_of(candidate, field->role) > 1 || field->role == Role::literal || field->role == Role::core)
    all.push_back(without(candidate, name));
  return all;
}

Candidates with_missing(const Candidate& candidate, const std::string& name, KeyType kind) {
  if (candidate.has(name)) return other_values(candidate, name, kind);
  if (!is_plain_field_name(name)) return {};
  const auto role = role_of(name, kind);
  if (role == Role::pin) return {with_pin(candidate, name, kind)};
  if (role) return {with(candidate, field_of(*role, name, kind))};
  Candidates all;
  for (const Role guess : {Role::digest, Role::key, Role::hash_name})
    all.push_back(with(candidate, field_of(guess, name, kind)));
  return all;
}

Candidates with_more_names(const Candidate& candidate, KeyType kind) {
  Candidates all;
  Candidate more = candidate;
  for (const Role role : {Role::key, Role::digest}) more = with_names_of(std::move(more), role, kind);
  all.push_back(more);
  all.push_back(with_names_of(std::move(more), Role::hash_name, kind));
  return all;
}

Candidates with_other_pin_names(const Candidate& candidate, const std::string& name, KeyType kind) {
  if (!candidate.carries_pin()) return {with_pin(candidate, name, kind)};
  if (!name.empty() && !candidate.has(name) && is_plain_field_name(name))
    return {with_pin(candidate, name, kind)};
  return {with_names_of(candidate, Role::pin, kind)};
}

// For a reply that does not help: varies everything else, one thing at a time.
Candidates guesses(const Candidate& candidate, const Reading& reading, KeyType kind) {
  Candidates all;
  const auto append = [&](Candidates more) { all.insert(all.end(), more.begin(), more.end()); };
  const bool hashes = reading.signature && reading.signature->match == Match::hash_of_digest;
  if (reading.signature) append(single_digests(candidate));
  if (hashes) return all;
  append(other_digests(candidate));
  if (!reading.signature) append(other_keys(candidate));
  if (!reading.signature && count_of(candidate, Role::key) > 1) append(with_more_names(candidate, kind));
  return all;
}

}  // namespace

Candidate with_pin(Candidate candidate, std::string_view name, KeyType kind) {
  return with(std::move(candidate), field_of(Role::pin, name.empty() ? "pin" : name, kind));
}

Steps steps_after(const Candidate& candidate, const Reading& reading, KeyType kind) {
  const auto& [meaning, field] = reading.refusal;
  if (reading.signature) return {guesses(candidate, reading, kind), false};
  switch (meaning) {
    case Meaning::missing_field:
      if (field.empty()) return {with_more_names(candidate, kind), false};
      return {with_missing(candidate, field, kind), true};
    case Meaning::refused_field:
      // Without fields, the device may report those that it requires.
      if (candidate.has(field)) return {{bare(candidate.command), without(candidate, field)}, true};
      return {guesses(candidate, reading, kind), false};
    case Meaning::bad_value:
      return {field.empty() ? other_digests(candidate) : other_values(candidate, field, kind), true};
    case Meaning::unknown_key:
      return {other_keys(candidate), true};
    case Meaning::pin_missing:
      return {with_other_pin_names(candidate, field, kind), true};
    case Meaning::unknown_command:
    case Meaning::pin_refused:
    case Meaning::unauthorized:
    case Meaning::unanswered:
      return {};
    case Meaning::access_denied:
    case Meaning::other:
      break;
  }
  return {guesses(candidate, reading, kind), false};
}

}  // namespace sesam::cli::discover
