// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_search.h"

#include <algorithm>
#include <deque>
#include <map>

#include "cli/discover_asker.h"
#include "cli/discover_narrow.h"
#include "cli/discover_steps.h"

namespace sesam::cli::discover {
namespace {

using transport::Method;

struct Success {
  Candidate candidate;
  FoundSignature signature;
};

class Search {
 public:
  Search(Target& target, const SearchSettings& settings) : settings_(settings), asker_(target, settings) {}

  Finding run() {
    if (!search_posts()) search_gets();
    if (success_) finish();
    finding_.requests = asker_.requests();
    if (finding_.ending != Ending::found) finding_.ending = ending();
    return std::move(finding_);
  }

 private:
  // ---- Which commands the device knows ----

  using Shape = Candidate (*)(std::string_view command, KeyType kind);

  // Returns false if none of them signs.
  bool search_posts() {
    constexpr Shape kShapes[] = {with_all_names, as_assumed,
                                 [](std::string_view command, KeyType) { return bare(command); }};
    for (const Shape shape : kShapes) {
      const auto known = sweep([&](std::string_view command) { return shape(command, settings_.kind); });
      if (success_) return true;
      for (const auto& command : known) note_known("POST " + command);
      if (!known.empty()) return explore_all(known);
      if (control_.refusal.meaning == Meaning::unknown_command || asker_.is_over()) return false;
    }
    return explore_blindly();
  }

  // Tries every name, and as a control one that no device knows. Returns the names that the device knows.
  template <class Make>
  std::vector<std::string> sweep(const Make& make) {
    control_ = asker_.ask(make(kControlName));
    std::vector<std::pair<std::string, std::string>> shapes;  // by command
    for (const auto name : command_names(settings_.kind)) {
      const Candidate candidate = make(name);
      const Reading reading = asker_.ask(candidate);
      if (note_success(candidate, reading) || asker_.is_over()) return {};
      if (reading.refusal.meaning != Meaning::unknown_command || reading.signature)
        shapes.emplace_back(candidate.command, reading.shape);
    }
    auto known = unlike(shapes, control_.shape);
    if (known.size() <= command_names(settings_.kind).size() / 2) return known;
    for (auto& [command, shape] : shapes) shape = without_numbers(shape);
    return unlike(shapes, without_numbers(control_.shape));
  }

  // The commands whose reply differs from the control's and from that of most names: the device knows them.
  std::vector<std::string> unlike(const std::vector<std::pair<std::string, std::string>>& shapes,
                                  const std::string& control) const {
    std::map<std::string, std::size_t> count;
    for (const auto& [command, shape] : shapes) ++count[shape];
    std::vector<std::string> known;
    for (const auto& [command, shape] : shapes)
      if (shape != control && count[shape] <= command_names(settings_.kind).size() / 2)
        known.push_back(command);
    return known;
  }

  // ---- What a command requires ----

  bool explore_all(const std::vector<std::string>& commands) {
    for (std::size_t i = 0; i < commands.size() && !asker_.is_over(); ++i) {
      const auto share = asker_.left() / static_cast<unsigned>(commands.size() - i);
      if (explore(commands[i], share)) return true;
    }
    return false;
  }

  // The replies do not distinguish the commands: tries each command a few times.
  bool explore_blindly() {
    constexpr unsigned kTries = 4;
    for (const auto name : command_names(settings_.kind))
      if (explore(std::string(name), kTries) || asker_.is_over()) break;
    return success_.has_value();
  }

  bool explore(const std::string& command, unsigned budget) {
    const unsigned stop_at = asker_.requests() + budget;
    explored_.clear();
    std::deque<Candidate> queue{with_all_names(command, settings_.kind), bare(command),
                                as_assumed(command, settings_.kind)};
    if (work_off(queue, stop_at)) return true;
    // The same reply to everything: perhaps because the PIN is missing.
    if (budget > kSinglesFrom && says_one_thing() && try_pin(command, stop_at)) return true;
    if (budget > kSinglesFrom && !wants_pin_in_vain_) {
      queue = singles(command);
      if (work_off(queue, stop_at)) return true;
    }
    return budget > kSinglesFrom && try_pin(command, stop_at);
  }

  // The device did not ask for a PIN, but nothing else is left to try.
  bool try_pin(const std::string& command, unsigned stop_at) {
    if (wants_pin_in_vain_ || !asker_.is_pin_untried() || !asker_.can_send_pin()) return false;
    std::deque<Candidate> queue{with_pin(best_without_pin(command), {}, settings_.kind)};
    return work_off(queue, stop_at);
  }

  bool says_one_thing() const {
    return std::all_of(explored_.begin(), explored_.end(),
                       [&](const auto& one) { return one.second == explored_.front().second; });
  }

  // The last candidate with a rare reply: everything but the PIN may be right in it.
  Candidate best_without_pin(const std::string& command) const {
    constexpr std::size_t kRare = 2;
    std::map<std::string, std::size_t> count;
    for (const auto& [candidate, shape] : explored_) ++count[shape];
    for (auto one = explored_.rbegin(); one != explored_.rend(); ++one)
      if (one->first.command == command && one->first.has(Role::digest) && count[one->second] <= kRare)
        return one->first;
    return with_all_names(command, settings_.kind);
  }

  bool work_off(std::deque<Candidate>& queue, unsigned stop_at) {
    std::vector<std::string> seen;
    while (!queue.empty() && !asker_.is_over() && asker_.requests() < stop_at) {
      const Candidate candidate = std::move(queue.front());
      queue.pop_front();
      if (std::find(seen.begin(), seen.end(), candidate.row()) != seen.end()) continue;
      seen.push_back(candidate.row());
      const Reading reading = asker_.ask(candidate);
      if (note_success(candidate, reading)) return true;
      if (!reading.was_sent) {
        note_not_sent(candidate);
        continue;
      }
      explored_.emplace_back(candidate, reading.shape);
      Steps steps = steps_after(candidate, reading, settings_.kind);
      if (steps.is_understood)
        queue.insert(queue.begin(), steps.next.begin(), steps.next.end());
      else
        queue.insert(queue.end(), steps.next.begin(), steps.next.end());
    }
    return false;
  }

  // For a device that refuses unknown fields without naming them: tries one name for the key, then one for
  // the digest.
  std::deque<Candidate> singles(const std::string& command) {
    std::vector<Candidate> keys;
    for (const auto name : field_names(Role::key)) {
      Candidate one = bare(command);
      one.fields.push_back(field_of(Role::key, name, settings_.kind));
      keys.push_back(std::move(one));
    }
    std::vector<Candidate> pairs;
    for (const auto& key : odd_ones(keys))
      for (const auto name : field_names(Role::digest)) {
        Candidate both = key;
        both.fields.push_back(field_of(Role::digest, name, settings_.kind));
        pairs.push_back(std::move(both));
      }
    const auto odd = odd_ones(pairs);
    return {odd.begin(), odd.end()};
  }

  // The candidates with a rare reply; all candidates if there are none.
  static constexpr std::size_t kMaxOdd = 3;
  std::vector<Candidate> odd_ones(const std::vector<Candidate>& candidates) {
    std::map<std::string, std::vector<Candidate>> by_shape;
    for (const auto& candidate : candidates) {
      const Reading reading = asker_.ask(candidate);
      if (reading.is_verified()) return {candidate};
      if (reading.was_sent) by_shape[reading.shape].push_back(candidate);
    }
    std::vector<Candidate> odd;
    for (const auto& [shape, alike] : by_shape)
      if (alike.size() <= kMaxOdd) odd.insert(odd.end(), alike.begin(), alike.end());
    return odd.empty() ? candidates : odd;
  }

  // ---- GET ----

  void search_gets() {
    const auto arguments = get_arguments(settings_.kind, settings_.key_has_no_pin);
    const auto get = [&](std::string_view command) {
      Candidate candidate;
      candidate.method = Method::get;
      candidate.command = command;
      candidate.arguments = arguments.front();
      return candidate;
    };
    if (asker_.is_over()) return;
    const auto known = sweep(get);
    for (const auto& command : known) {
      note_known("GET " + command);
      for (const auto& one : arguments) {
        Candidate candidate = get(command);
        candidate.arguments = one;
        const Reading reading = asker_.ask(candidate);
        if (success_ || note_success(candidate, reading) || asker_.is_over()) return;
        if (reading.refusal.meaning == Meaning::pin_missing) {
          remark("GET /n200/" + command +
                 "/ wants a PIN in its path. A GET never carries one here: server logs keep paths.");
          break;
        }
      }
    }
  }

  // ---- Results ----

  bool note_success(const Candidate& candidate, const Reading& reading) {
    if (success_ || !reading.signature) return success_.has_value();
    const auto& signature = *reading.signature;
    if (reading.is_verified()) {
      success_ = Success{candidate, signature};
      return true;
    }
    const std::string what = (candidate.method == Method::get ? "GET " : "POST ") + candidate.command;
    if (signature.match == Match::digest)
      remark(what +
             " signs, but a wire row cannot say where in the reply the signature is, or how it is written.");
    else if (signature.match == Match::hash_of_digest)
      remark(what + " hashes what it is sent before it signs: it cannot sign a digest.");
    return false;
  }

  void note_not_sent(const Candidate& candidate) {
    if (!candidate.carries_pin() || asker_.can_send_pin()) return;
    wants_pin_in_vain_ = true;
    (settings_.may_send_pin ? has_sent_pin_ : needs_pin_) = true;
  }

  void finish() {
    Candidate& candidate = success_->candidate;
    std::vector<Trial> trials{Trial::main};
    if (keymgmt::row_of(settings_.kind).has_paddings) {
      finding_.signs_other_digest = try_too(Trial::other_digest, trials);
      finding_.signs_pss = try_too(Trial::pss, trials);
    }
    if (candidate.method == Method::post) candidate = narrow(asker_, std::move(candidate), trials);
    finding_.signature = asker_.ask(candidate).signature.value_or(success_->signature);
    finding_.pin_was_sent = candidate.carries_pin();
    finding_.ending = Ending::found;
    finding_.candidate = std::move(candidate);
    add_place_for_pin();
  }

  bool try_too(Trial trial, std::vector<Trial>& trials) {
    if (!asker_.ask(success_->candidate, trial).is_verified()) return false;
    trials.push_back(trial);
    return true;
  }

  // Other keys may have a PIN, even if this one does not.
  void add_place_for_pin() {
    Candidate& candidate = finding_.candidate;
    if (candidate.method == Method::get) {
      const auto empty = candidate.arguments.find("//");
      if (empty != candidate.arguments.npos) candidate.arguments.insert(empty + 1, "{pin}");
    } else if (!candidate.carries_pin()) {
      candidate = with_pin(std::move(candidate), {}, settings_.kind);
    }
  }

  void note_known(const std::string& command) { finding_.known_commands.push_back(command); }
  void remark(const std::string& sentence) {
    auto& all = finding_.remarks;
    if (std::find(all.begin(), all.end(), sentence) == all.end()) all.push_back(sentence);
  }

  Ending ending() const {
    if (asker_.is_over()) return asker_.ending();
    if (asker_.is_pin_refused()) return Ending::pin_refused;
    if (has_sent_pin_) return Ending::pin_unproven;
    return needs_pin_ ? Ending::needs_pin : Ending::not_found;
  }

  static constexpr unsigned kSinglesFrom = 20;  // the minimum budget, in requests, for trying single names
  const SearchSettings& settings_;
  Asker asker_;
  Finding finding_;
  Reading control_;
  std::optional<Success> success_;
  std::vector<std::pair<Candidate, std::string>> explored_;  // and the shape of the reply
  bool wants_pin_in_vain_ = false;
  bool needs_pin_ = false;
  bool has_sent_pin_ = false;
};

}  // namespace

std::string Finding::row() const { return candidate.row() + " -> " + signature.row(); }

Finding search(Target& target, const SearchSettings& settings) { return Search(target, settings).run(); }

}  // namespace sesam::cli::discover
