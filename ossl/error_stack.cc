// SPDX-License-Identifier: Apache-2.0
#include "ossl/error_stack.h"

#include <algorithm>
#include <cstdarg>
#include <string>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "base/process_state.h"
#include "metrics/counts.h"

namespace sesam::ossl {
namespace {

constexpr char kDoctor[] = "sesam doctor";

struct Attached {
  Core core;
  std::shared_ptr<const Log> log;
};

struct Stack {
  ProcessMutex mutex{MutexRank::error_stack};
  std::vector<Attached> instances SESAM_GUARDED_BY(mutex);
};

// The core's upcall requires a va_list, which only a variadic function has.
void set_error(const Core& core, std::uint32_t reason, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  core.vset_error(core.handle, reason, format, arguments);
  va_end(arguments);
}

// One log of each kind that records failures, as it is not known which instance failed.
std::vector<std::shared_ptr<const Log>> logs_of(const std::vector<Attached>& instances) {
  std::vector<std::shared_ptr<const Log>> logs;
  for (const auto& [core, log] : instances)
    if (log && log->wants(LogLevel::failures) &&
        std::none_of(logs.begin(), logs.end(), [&](const auto& other) { return other->is_like(*log); }))
      logs.push_back(log);
  return logs;
}

// Holds the lock, so that the instance stays attached meanwhile. Returns the logs to write to.
std::vector<std::shared_ptr<const Log>> put_on_queue(std::uint32_t reason, const char* where,
                                                     const std::string& text) {
  auto& stack = process_state<Stack>();
  const ProcessLock lock(stack.mutex);
  if (stack.instances.empty()) return {};
  const Core& core = stack.instances.front().core;
  if (core.new_error != nullptr && core.vset_error != nullptr) {
    core.new_error(core.handle);
    if (core.set_error_debug != nullptr) core.set_error_debug(core.handle, "sesam", 0, where);
    set_error(core, reason, "%s", text.c_str());
  }
  return logs_of(stack.instances);
}

template <class Fn>
void take(Fn*& slot, const OSSL_DISPATCH& row) noexcept {
  slot = reinterpret_cast<Fn*>(row.function);
}

// The message that follows the reason text. It mentions `sesam doctor` only once, usually at its end.
std::string message_of(const Error& error) {
  const std::string advice = advice_for(error.reason);
  std::string text = printable(error.detail) + (advice.empty() || error.detail.empty() ? "" : "; ") + advice;
  if (text.find(kDoctor) == text.npos) text += (text.empty() ? "run: " : "; run: ") + std::string(kDoctor);
  return text;
}

}  // namespace

Core::Core(const OSSL_CORE_HANDLE* core_handle, const OSSL_DISPATCH* upcalls) noexcept : handle(core_handle) {
  for (; upcalls != nullptr && upcalls->function_id != 0; ++upcalls) {
    switch (upcalls->function_id) {
      case OSSL_FUNC_CORE_GET_PARAMS:
        take(get_params, *upcalls);
        break;
      case OSSL_FUNC_CORE_NEW_ERROR:
        take(new_error, *upcalls);
        break;
      case OSSL_FUNC_CORE_SET_ERROR_DEBUG:
        take(set_error_debug, *upcalls);
        break;
      case OSSL_FUNC_CORE_VSET_ERROR:
        take(vset_error, *upcalls);
        break;
      case OSSL_FUNC_CORE_GET_LIBCTX:
        take(get_libctx, *upcalls);
        break;
      case OSSL_FUNC_SELF_TEST_CB:
        take(self_test_callback, *upcalls);
        break;
      case OSSL_FUNC_BIO_WRITE_EX:
        take(bio.write, *upcalls);
        break;
      case OSSL_FUNC_BIO_READ_EX:
        take(bio.read, *upcalls);
        break;
      case OSSL_FUNC_BIO_GETS:
        take(bio.gets, *upcalls);
        break;
      default:
        break;
    }
  }
}

void attach_error_stack(const Core& core, std::shared_ptr<const Log> log) {
  auto& stack = process_state<Stack>();
  const ProcessLock lock(stack.mutex);
  for (auto& one : stack.instances)
    if (one.core.handle == core.handle) return one.log.swap(log);
  stack.instances.push_back({core, std::move(log)});
}

void detach_error_stack(const Core& core) noexcept {
  auto& stack = process_state<Stack>();
  const ProcessLock lock(stack.mutex);
  std::erase_if(stack.instances, [&](const Attached& one) { return one.core.handle == core.handle; });
}

void raise(const Error& error, const char* where) noexcept try {
  metrics::counts().failed(error.reason);
  const std::string text = message_of(error);
  // Writes to the logs without the lock: a blocked pipe must not delay other threads or a fork.
  for (const auto& log : put_on_queue(static_cast<std::uint32_t>(error.reason), where, text))
    log->write(LogLevel::failures, std::string(where) + ": " + text_of(error.reason) + ": " + text);
} catch (...) {
  // Out of memory: the caller gets only the return value 0.
}

void raise_unlogged(const Error& error, const char* where) noexcept try {
  static_cast<void>(put_on_queue(static_cast<std::uint32_t>(error.reason), where, message_of(error)));
} catch (...) {
  // As above.
}

const OSSL_ITEM* reason_strings() noexcept {
  // OSSL_ITEM has a non-const void*, but OpenSSL only reads the texts (provider-base(7)).
#define X(symbol, text, advice) {static_cast<unsigned int>(Reason::symbol), const_cast<char*>(text)},
  static OSSL_ITEM items[] = {SESAM_REASONS(X){0, nullptr}};
#undef X
  return items;
}

}  // namespace sesam::ossl
