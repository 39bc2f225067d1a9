// SPDX-License-Identifier: Apache-2.0
// The control port, through which tests change the simulator and read its counters.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "device.h"
#include "exchange.h"
#include "listener.h"
#include "mishaps.h"
#include "tls_identity.h"

namespace sesam::simulator {

// The interface for tests, on a separate port: plain HTTP/1.1 and
// JSON, without authentication. README.md lists the requests.
class Control {
 public:
  Control(Device& device, Listener& network, Mishaps& mishaps, TlsIdentity& identity)
      : device_(device), network_(network), mishaps_(mishaps), identity_(identity) {}

  void handle(const ExchangePtr& exchange);

 private:
  nlohmann::ordered_json respond(const Request& request);
  nlohmann::ordered_json list_keys() const;
  void create_keys(const ExchangePtr& exchange);
  void change_key(const nlohmann::json& body);
  void delete_key(const nlohmann::json& body);
  nlohmann::ordered_json take_keys(const nlohmann::json& body);
  nlohmann::ordered_json change_certificate(const nlohmann::json& body);
  void hang_core(const nlohmann::json& body);
  void put_user(const nlohmann::json& body);
  void change_options(const nlohmann::json& body);

  Device& device_;
  Listener& network_;
  Mishaps& mishaps_;
  TlsIdentity& identity_;
};

}  // namespace sesam::simulator
