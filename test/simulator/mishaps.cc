// SPDX-License-Identifier: Apache-2.0
#include "mishaps.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "connection.h"

namespace sesam::simulator {
namespace {

struct MishapKind {
  std::string_view name;
  void (*hit)(Connection& connection);  // applied to each open connection; nullptr: none
  std::optional<Welcome> welcome;       // for new connections, for `ms`; none: unchanged
};

using C = Connection&;

constexpr std::array kKinds{
    MishapKind{"close", [](C c) { c.shut(); }, {}},
    MishapKind{"reset", [](C c) { c.reset_connection(); }, {}},
    MishapKind{"goaway", [](C c) { c.go_away(); }, {}},
    MishapKind{"restart", [](C c) { c.shut(); }, Welcome::refused},
    MishapKind{"drain", [](C c) { c.go_away(); }, Welcome::refused},
    MishapKind{"refuse", nullptr, Welcome::refused},
    MishapKind{"reset-new", nullptr, Welcome::reset},
    MishapKind{"silence", [](C c) { c.fall_silent(); }, Welcome::silence},
    MishapKind{"silence-new", nullptr, Welcome::silence},
    MishapKind{"restore", nullptr, Welcome::served},
};

const MishapKind& kind_named(std::string_view name) {
  for (const MishapKind& kind : kKinds) {
    if (kind.name == name) return kind;
  }
  throw std::invalid_argument("unknown mishap: " + std::string(name));
}

}  // namespace

void Mishaps::begin(const nlohmann::json& order) {
  const MishapKind& kind = kind_named(order.at("do").get_ref<const std::string&>());
  const std::chrono::milliseconds time(order.value("ms", std::uint32_t{0}));
  if (kind.hit != nullptr) network_.for_each_connection(kind.hit);
  if (kind.welcome) change_welcome(*kind.welcome, time);
}

void Mishaps::change_welcome(Welcome welcome, std::chrono::milliseconds time) {
  const std::uint64_t change = ++changes_;
  if (welcome == Welcome::served) return restore();
  network_.set_welcome(welcome);
  if (time.count() == 0) return;
  loop_.after(time, [this, change] {
    if (change == changes_) restore();
  });
}

// A device that was unreachable no longer knows its old connections.
void Mishaps::restore() {
  network_.for_each_connection([](Connection& connection) {
    if (connection.silent()) connection.reset_connection();
  });
  network_.set_welcome(Welcome::served);
}

}  // namespace sesam::simulator
