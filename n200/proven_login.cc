// SPDX-License-Identifier: Apache-2.0
#include "n200/proven_login.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

// Long enough for the start of a program, or the run of a command.
constexpr ProvenLogin::Clock::duration kProven = 10s;
constexpr unsigned kLoginBits = 32;
static_assert(static_cast<unsigned>(Operation::count) <= kLoginBits);

std::uint64_t login_of(const ProvenLogin::Request& request) noexcept {
  const std::uint64_t node = request.node % 256;
  return (std::uint64_t{request.password_number} << 8 | node) << kLoginBits;
}

bool is_of_login(std::uint64_t authorized, std::uint64_t login) noexcept {
  return authorized >> kLoginBits == login >> kLoginBits;
}

std::uint64_t bit_of(Operation operation) noexcept {
  return std::uint64_t{1} << static_cast<unsigned>(operation);
}

}  // namespace

// In the common case this writes nothing that threads share.
void ProvenLogin::authorized(const Request& request, Clock::time_point now) noexcept {
  const std::uint64_t login = login_of(request);
  auto before = authorized_.load(std::memory_order_relaxed);
  for (;;) {
    const auto after = (is_of_login(before, login) ? before : login) | bit_of(request.operation);
    if (after == before) break;
    if (!authorized_.compare_exchange_weak(before, after, std::memory_order_relaxed)) continue;
    if (!is_of_login(before, login)) get_at_.store(0, std::memory_order_relaxed);
    break;
  }
  if (request.is_get) get_at_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

bool ProvenLogin::is_right_for(const Request& denied, Clock::time_point now) noexcept {
  const auto authorized = authorized_.load(std::memory_order_relaxed);
  const auto get_at = get_at_.load(std::memory_order_relaxed);
  if (denied.is_get ||
      (is_of_login(authorized, login_of(denied)) && (authorized & bit_of(denied.operation)) != 0)) {
    authorized_.store(0, std::memory_order_relaxed);
    get_at_.store(0, std::memory_order_relaxed);
    return false;
  }
  return get_at != 0 && is_of_login(authorized, login_of(denied)) &&
         now.time_since_epoch().count() - get_at < kProven.count();
}

}  // namespace sesam::n200
