// SPDX-License-Identifier: Apache-2.0
// The appliance behind the network: users, keys, cores and commands.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "core.h"
#include "counters.h"
#include "exchange.h"
#include "failure.h"
#include "faults.h"
#include "key_store.h"
#include "listing.h"
#include "options.h"
#include "users.h"

namespace sesam::simulator {

// Everything happens on the loop's thread, except what is given to a core.
class Device {
 public:
  // Opens the state and populates it. Throws std::runtime_error if that fails.
  Device(EventLoop& loop, Options options);

  // One HTTP request; the reply comes through the exchange, now or later.
  void handle(const ExchangePtr& exchange);

  // For commands: sends the reply, after the ordered delay.
  void finish(Call& call, Reply reply);
  void fail(Call& call, const DeviceError& error);

  // For commands: `produce` makes a value on the core's thread, `deliver` makes the reply's body of it on the
  // I/O thread. Both may throw DeviceError. Throws unknown_core at once.
  template <typename Produce, typename Deliver>
  void on_core(int core, Clock::duration duration, CallPtr call, Produce produce, Deliver deliver);

  // The same without a request around it, for the control port.
  Core& core(int number);

  // Makes the key that is asked for as POST /keys does, unless there is one of that name. Throws what
  // parse_key_order throws.
  void have_key(const nlohmann::json& wanted);

  Options& options() { return options_; }
  KeyStore& store() { return store_; }
  ListingCache& listings() { return listings_; }
  Users& users() { return users_; }
  Faults& faults() { return faults_; }
  Counters& counters() { return counters_; }

 private:
  void execute(const CallPtr& call);
  void populate();

  EventLoop& loop_;
  Options options_;
  KeyStore store_;
  ListingCache listings_;
  Users users_;
  Faults faults_;
  Counters counters_;
  std::vector<std::unique_ptr<Core>> cores_;  // last: their threads end before the keys go
};

template <typename Produce, typename Deliver>
void Device::on_core(int core_number, Clock::duration duration, CallPtr call, Produce produce,
                     Deliver deliver) {
  Core& where = core(core_number);
  where.submit(
      [this, call = std::move(call), produce = std::move(produce),
       deliver = std::move(deliver)]() -> Core::Finish {
        try {
          return [this, call, deliver, value = produce()]() mutable {
            try {
              Reply reply;
              reply.body = deliver(std::move(value));
              finish(*call, std::move(reply));
            } catch (const DeviceError& error) {
              fail(*call, error);
            }
          };
        } catch (const DeviceError& error) {
          return [this, call, error] { fail(*call, error); };
        }
      },
      duration);
}

}  // namespace sesam::simulator
