// SPDX-License-Identifier: Apache-2.0
#include "transport/call.h"

#include <bit>
#include <new>
#include <utility>

namespace sesam::transport {

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

void Call::clear() noexcept {
  path.clear();
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
  reply.clear();
  message.clear();
  sent.store(false, std::memory_order_relaxed);
  next = nullptr;
  state.store(0, std::memory_order_relaxed);
}

Reply Call::take_reply() {
  // A copy of a small body comes from the caller's own heap cache and leaves the call its buffer; moving it
  // would have the I/O thread allocate and the caller free, which contend. A listing of megabytes is moved.
  constexpr std::size_t kCopiedAtMost = 64 * 1024;
  Reply taken;
  taken.failure = failure;
  taken.may_have_acted = may_have_acted;
  taken.server_answers_others = server_answers_others;
  taken.has_another_address = has_another_address;
  taken.status = status;
  taken.retry_after_s = retry_after_s;
  taken.location = std::move(location);
  if (reply.size() <= kCopiedAtMost)
    taken.body = reply;
  else
    taken.body = std::move(reply);
  taken.message = std::move(message);
  return taken;
}

/// 32 calls and one word that says which of them are free. A word of bits has no ABA problem, a linked free
/// list would.
class CallSlab {
 public:
  CallSlab() {
    for (auto& call : calls_) call.slab = this;
  }

  Call* take() noexcept {
    std::uint32_t free = free_.load(std::memory_order_relaxed);
    while (free != 0) {
      const auto index = static_cast<unsigned>(std::countr_zero(free));
      if (free_.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire,
                                      std::memory_order_relaxed))
        return &calls_[index];
    }
    return nullptr;
  }

  void give_back(const Call& call) noexcept {
    const auto index = static_cast<unsigned>(&call - calls_);
    free_.fetch_or(std::uint32_t{1} << index, std::memory_order_release);
  }

 private:
  std::atomic<std::uint32_t> free_{0xffffffff};
  Call calls_[32];
};

CallPool::~CallPool() {
  for (auto& slab : slabs_) delete slab.load(std::memory_order_acquire);
}

Call* CallPool::take() noexcept {
  for (auto& entry : slabs_) {
    CallSlab* slab = entry.load(std::memory_order_acquire);
    if (slab == nullptr) {
      auto* made = new (std::nothrow) CallSlab;
      if (made == nullptr) return nullptr;
      if (entry.compare_exchange_strong(slab, made, std::memory_order_acq_rel))
        slab = made;
      else
        delete made;  // another thread was faster: `slab` is its slab
    }
    if (Call* call = slab->take()) return call;
  }
  return nullptr;
}

void CallPool::give_back(Call& call) noexcept {
  call.clear();
  call.slab->give_back(call);
}

}  // namespace sesam::transport
