// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/receiving.h"

#include <algorithm>
#include <exception>
#include <new>

#include "transport/sockets.h"

namespace sesam::transport::curl {
namespace {

// For one reply, trailers included; devices send few headers.
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

// Used for messages only: omitted if memory runs out.
void keep_location(const Easy& easy) noexcept try {
  const char* location = nullptr;
  curl_easy_getinfo(easy.handle, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) easy.call->location = location;
} catch (const std::bad_alloc&) {
}

// A call for which an HTTP/1.1 connection is being made waits for it, however many others are up.
bool is_connected(const Easy& easy) noexcept {
  const Admission& admission = easy.lane->admission;
  return admission.is_up() && !(easy.fresh && admission.shape() == Admission::Shape::connections);
}

}  // namespace

std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* pointer) noexcept try {
  Easy& easy = *static_cast<Easy*>(pointer);
  const std::size_t length = size * count;
  if (length > easy.call->reply_cap_bytes - easy.call->reply.size()) {
    easy.broken_off_for = Failure::too_large;
    return 0;
  }
  easy.lane->moved = true;
  easy.lane->hear(easy);
  easy.heard_at = easy.lane->heard_at;
  easy.call->reply.append(bytes, length);
  return length;
} catch (const std::exception&) {
  static_cast<Easy*>(pointer)->broken_off_for = Failure::out_of_memory;
  return 0;
}

// Header bytes are as much a part of the reply as the body, and as untrusted.
std::size_t on_header(char*, std::size_t size, std::size_t count, void* pointer) noexcept {
  Easy& easy = *static_cast<Easy*>(pointer);
  const std::size_t length = size * count;
  easy.header_bytes += length;
  if (easy.header_bytes > kMaxHeaderBytes) {
    easy.broken_off_for = Failure::too_large;
    return 0;
  }
  easy.lane->hear(easy);
  return length;
}

Clock::time_point read_reply(Easy& easy) noexcept {
  Call& call = *easy.call;
  long status = 0;
  curl_easy_getinfo(easy.handle, CURLINFO_RESPONSE_CODE, &status);
  call.status = static_cast<int>(status);
  if (call.status == 429 || call.status == 503) {
    curl_off_t after = 0;
    curl_easy_getinfo(easy.handle, CURLINFO_RETRY_AFTER, &after);
    call.retry_after_s = static_cast<long>(std::max<curl_off_t>(after, 0));
  }
  if (call.status >= 300 && call.status < 400) keep_location(easy);
  call.failure = Failure::none;
  call.may_have_acted = true;
  return call.reply.empty() ? Clock::now() : easy.heard_at;
}

Admission::Shape shape_of(const Easy& easy) noexcept {
  long version = 0;
  curl_easy_getinfo(easy.handle, CURLINFO_HTTP_VERSION, &version);
  return version >= CURL_HTTP_VERSION_2_0 ? Admission::Shape::streams : Admission::Shape::connections;
}

Evidence read_failure(const Easy& easy, CURLcode code) noexcept {
  long os_errno = 0;
  curl_easy_getinfo(easy.handle, CURLINFO_OS_ERRNO, &os_errno);
  const bool sent = easy.call->sent.load(std::memory_order_relaxed);
  Evidence evidence{code, easy.error,          static_cast<int>(os_errno), sent, is_connected(easy),
                    0,    easy.broken_off_for, easy.header_bytes != 0};
  if (is_of_the_connect(evidence)) evidence.limit_errno = Sockets::limit_errno();
  easy.call->may_have_acted = sent;
  // If memory runs out for the message, the failure is reported without it.
  try {
    easy.call->message = message_of(evidence);
  } catch (const std::bad_alloc&) {
    easy.call->message.clear();
  }
  return evidence;
}

}  // namespace sesam::transport::curl
