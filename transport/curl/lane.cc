// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/lane.h"

#include <algorithm>
#include <new>

#include "transport/curl/easy.h"

namespace sesam::transport::curl {

Lane::Lane(std::size_t endpoint, const Options& options)
    : index(endpoint),
      urls(options.urls[endpoint]),
      addresses(endpoint < options.addresses.size() ? options.addresses[endpoint] : std::string_view()),
      admission({options.max_in_flight, options.streams, options.connections}) {
  active.reserve(std::max(1U, options.max_in_flight));
  forget(urls.host_and_port());
  const auto own = urls.host_and_port();
  const std::string port = own.substr(own.rfind(':'));
  for (const std::string& address : addresses.hosts())
    forget(address.ends_with(':') ? address.substr(0, address.size() - 1) + port : address);
}

void Lane::forget(const std::string& host_and_port) {
  curl_slist* longer = curl_slist_append(forget_addresses.get(), ("-" + host_and_port).c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(forget_addresses.release());
  forget_addresses.reset(longer);
}

void Lane::put_on_wire(Easy& easy) noexcept {
  active.push_back(&easy);  // there is room for max_in_flight
  easy.place = active.size() - 1;
  ++unsent;
}

void Lane::take_off_wire(Easy& easy) noexcept {
  if (!easy.call->sent.load(std::memory_order_relaxed)) --unsent;
  active[easy.place] = active.back();
  active[easy.place]->place = easy.place;
  active.pop_back();
}

void Lane::mark_sent(Easy& easy) noexcept {
  easy.call->sent.store(true, std::memory_order_relaxed);
  easy.sent_at = Clock::now();
  --unsent;
}

void Lane::hear(const Easy& easy) noexcept {
  if (heard != &easy) heard_before_at = heard_at;
  heard = &easy;
  heard_at = Clock::now();
}

Clock::time_point Lane::heard_others_at(const Easy& easy) const noexcept {
  return heard == &easy ? heard_before_at : heard_at;
}

}  // namespace sesam::transport::curl
