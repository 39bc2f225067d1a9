// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "key_order.h"
#include "records.h"

namespace sesam::simulator {
namespace {

constexpr std::string_view kPostPath = "/n200/web/postv1";

std::string journal_path(const Options& options) {
  return options.state_dir.empty() ? std::string() : options.state_dir + "/keys.jsonl";
}

void take_arguments(Call& call, const std::vector<std::string>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const auto& names = call.command->arguments;
    if (i > names.size() || names[i - 1].empty()) throw DeviceError(Failure::malformed, "too many arguments");
    call.fields.add(names[i - 1], segments[i]);
  }
}

void parse_get(Call& call) {
  const auto segments = split_path(call.exchange->request.target);
  if (!segments) throw DeviceError(Failure::unknown_command);
  call.name = segments->front();
  call.command = find_command(call.name, Interface::get);
  if (call.command != nullptr) take_arguments(call, *segments);
}

void parse_post(Call& call, const SignDialect& dialect) {
  Request& request = call.exchange->request;
  if (request.body_too_large) throw DeviceError(Failure::too_large);
  if (request.target != kPostPath) throw DeviceError(Failure::unknown_command);
  auto fields = Fields::from_form(std::move(request.body));
  if (!fields) throw DeviceError(Failure::malformed, "percent escape");
  call.fields = std::move(*fields);
  call.name = required(call, "command");
  const std::string command = dialect.command_for(call.name);
  call.command = find_command(command, Interface::post);
  call.fields = dialect.translate(command, call.fields);
}

}  // namespace

Device::Device(EventLoop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      store_(journal_path(options_), options_.serial, options_.first_counter) {
  for (const User& user : options_.users) users_.put(user);
  for (int i = 0; i < options_.cores; ++i) cores_.push_back(std::make_unique<Core>(loop_));
  populate();
}

void Device::handle(const ExchangePtr& exchange) {
  ++counters_.requests_total;
  exchange->count_in(counters_.in_flight);
  const auto call = std::make_shared<Call>();
  call->exchange = exchange;
  try {
    execute(call);
  } catch (const DeviceError& error) {
    fail(*call, error);
  }
}

void Device::execute(const CallPtr& call) {
  const Request& request = call->exchange->request;
  const User* user = users_.authenticate(request.authorization);
  const bool post = request.method == "POST";
  if (post) {
    parse_post(*call, options_.sign_dialect);
  } else if (request.method == "GET") {
    parse_get(*call);
  } else {
    throw DeviceError(Failure::unsupported, "method");
  }
  if (call->command != nullptr) ++counters_.requests[std::string(call->command->name)];
  if (user == nullptr || !(post ? user->may_post : user->may_get)) throw DeviceError(Failure::access_denied);
  call->user = user->name;
  call->fault = faults_.take(call->name);
  if (call->fault.kind != nullptr) ++counters_.faults[std::string(call->fault.kind->name)];
  if (is_black_hole(call->fault)) return;  // the session keeps the exchange until the stream closes
  if (call->fault.kind != nullptr && call->fault.kind->instead) return finish(*call, {});
  if (call->command == nullptr) throw DeviceError(Failure::unknown_command);
  call->command->handle(*this, call);
}

void Device::fail(Call& call, const DeviceError& error) {
  ++counters_.errors[error.what()];
  Reply reply;
  reply.status = options_.errors_as_200 ? 200 : failure_status(error.failure());
  reply.body = "{\"command\":" + json_string(call.name) + ",\"error\":" + json_string(error.what()) + "}";
  finish(call, std::move(reply));
}

void Device::finish(Call& call, Reply reply) {
  if (options_.dialect != nullptr) options_.dialect->apply(call.name, reply);
  if (call.fault.kind != nullptr) call.fault.kind->apply(call.fault, call.name, reply);
  if (options_.verbose) {
    // Logs only the command's name: paths and fields contain PINs.
    std::fprintf(stderr, "n200-sim: %s %s %s %d\n", call.exchange->request.method.c_str(), call.name.c_str(),
                 call.user.c_str(), reply.status);
  }
  const std::uint32_t delay_ms = options_.delay_ms + call.fault.delay_ms;
  if (delay_ms == 0) return call.exchange->answer(std::move(reply));
  loop_.after(std::chrono::milliseconds(delay_ms),
              [exchange = call.exchange, reply = std::move(reply)] { exchange->answer(reply); });
}

Core& Device::core(int number) {
  if (number < 1 || static_cast<std::size_t>(number) > cores_.size())
    throw DeviceError(Failure::unknown_core);
  return *cores_[static_cast<std::size_t>(number - 1)];
}

void Device::populate() {
  for (std::size_t i = store_.keys().size(); i < options_.populate; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "key-%06zu", i);
    NewKey key;
    key.material = generate_ec(KeyType::nist, 256);
    key.nice_name = name;
    key.owner = options_.users.front().name;
    store_.add(std::move(key));
  }
  store_.flush();
}

void Device::have_key(const nlohmann::json& wanted) {
  KeyOrder order = parse_key_order(wanted, options_.users.front().name);
  if (order.count != 1) throw std::invalid_argument("count");
  core(order.key.core);  // throws if there is no such core
  if (!store_.find(order.key.nice_name).empty()) return;
  order.key.material = generate(order.type, order.bits);
  store_.add(std::move(order.key));
  store_.flush();
}

}  // namespace sesam::simulator
