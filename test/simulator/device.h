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

// Everything runs on the loop's thread, except work that is submitted to a core.
class Device {
 public:
  // Opens the key store and populates it. Throws std::runtime_error or nlohmann::json::exception.
  Device(EventLoop& loop, Options options);

  // Handles one HTTP request; the reply is sent through the exchange, immediately or later.
  void handle(const ExchangePtr& exchange);

  // For commands: sends the reply, after the delay of the options and of an injected fault.
  void finish(Call& call, Reply reply);
  void fail(Call& call, const DeviceError& error);

  // For commands: `produce` computes a value on the core's thread, `deliver` turns it into the reply's body
  // on the I/O thread. Both may throw DeviceError. on_core() itself throws unknown_core.
  template <typename Produce, typename Deliver>
  void on_core(int core, Clock::duration duration, CallPtr call, Produce produce, Deliver deliver);

  // Returns a core, also for the control port, which has no request. Throws unknown_core.
  Core& core(int number);

  // Creates the key that `wanted` describes, as POST /keys does, unless a key of that name exists. Throws
  // what parse_key_order throws, std::invalid_argument for a count other than 1, or DeviceError.
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
  std::vector<std::unique_ptr<Core>> cores_;  // last: their threads end before the keys are destroyed
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
