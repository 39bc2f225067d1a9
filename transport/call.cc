// SPDX-License-Identifier: Apache-2.0
#include "transport/call.h"

#include <new>
#include <utility>

namespace sesam::transport {
namespace {

// A call keeps buffers up to this size for the next request.
constexpr std::size_t kKeptAtMost = 64 * 1024;

void clear_or_free(Secret& secret) noexcept {
  if (secret.reveal().size() > kKeptAtMost)
    secret = Secret();
  else
    secret.clear();
}

}  // namespace

void Body::clear() noexcept { clear_or_free(bytes_); }

void Body::assign(std::string_view bytes) {
  constexpr std::size_t kUsual = 512;  // an RSA or EC signature request fits
  bytes_.clear();
  bytes_.reserve(kUsual);
  bytes_.append(bytes);
}

void Call::prepare(const Request& request) {
  endpoint = request.endpoint;
  operation = request.operation;
  method = request.method;
  path.clear();
  path.append(request.path);
  path_is_fixed = request.fixed_path_bytes >= request.path.size();
  body.assign(request.body);
  reply_cap_bytes = request.reply_cap_bytes;
  repeatable = request.repeatable;
  deadline = request.deadline;
}

void Call::discard_reply() noexcept {
  wipe(reply.data(), reply.size());
  reply.clear();
  if (reply.capacity() > kKeptAtMost) WipedText().swap(reply);
}

void Call::clear() noexcept {
  clear_or_free(path);
  body.clear();
  is_rest = false;
  notify = {};
  health.reset();
  failure = Failure::other;
  may_have_acted = false;
  server_answers_others = false;
  has_another_address = false;
  status = 0;
  retry_after_s = 0;
  location.clear();
  discard_reply();
  message.clear();
  sent.store(false, std::memory_order_relaxed);
  next = nullptr;
  state.store(0, std::memory_order_relaxed);
}

Reply Call::take_reply() {
  // Copying a small body uses the caller's own heap cache and leaves the call its buffer. If it were moved,
  // the I/O thread would allocate and the caller free, which contend. A listing of megabytes is moved.
  constexpr std::size_t kParserReadsBeyond = 64;  // so a parser need not copy the body to a larger buffer
  Reply taken;
  taken.failure = failure;
  taken.may_have_acted = may_have_acted;
  taken.server_answers_others = server_answers_others;
  taken.has_another_address = has_another_address;
  taken.status = status;
  taken.retry_after_s = retry_after_s;
  taken.location = std::move(location);
  if (reply.size() <= kKeptAtMost) {
    taken.body.reserve(reply.size() + kParserReadsBeyond);
    taken.body.append(reply);
  } else {
    taken.body = std::move(reply);
  }
  taken.message = std::move(message);
  return taken;
}

struct CallSlab {
  CallSlab() {
    for (auto& call : calls) call.slab = this;
  }
  FreePlaces<std::uint32_t> free;
  Call calls[FreePlaces<std::uint32_t>::kCount];
};

CallPool::~CallPool() {
  slabs_.drop_all([](CallSlab* slab) { delete slab; });
}

Call* CallPool::take() noexcept {
  return slabs_.acquire(
      [](CallSlab& slab) -> Call* {
        const int place = slab.free.acquire();
        return place == -1 ? nullptr : &slab.calls[place];
      },
      [] { return new (std::nothrow) CallSlab; }, [](CallSlab* slab) { delete slab; });
}

void CallPool::give_back(Call& call) noexcept {
  call.clear();
  call.slab->free.release(static_cast<std::size_t>(&call - call.slab->calls));
}

}  // namespace sesam::transport
