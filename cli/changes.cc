// SPDX-License-Identifier: Apache-2.0
#include "cli/changes.h"

#include <atomic>
#include <csignal>
#include <utility>

namespace sesam::cli {
namespace {

std::atomic<bool> has_changes{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler reads it");

void end_unless_changed(int signal) noexcept {
  if (has_changes) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // delivered when this function returns
}

}  // namespace

void Changes::add(std::string text) {
  has_changes = true;
  texts_.push_back(std::move(text));
}

std::vector<std::string> Changes::take() { return std::exchange(texts_, {}); }

void Changes::note(const Error& error) noexcept {
  is_outcome_unknown_ |= error.reason == Reason::outcome_unknown;
}

void handle_broken_pipes() noexcept {
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  struct sigaction ours {};
  ours.sa_handler = &end_unless_changed;
  ours.sa_flags = SA_RESTART;
  ::sigaction(SIGPIPE, &ours, nullptr);
}

}  // namespace sesam::cli
