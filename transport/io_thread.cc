// SPDX-License-Identifier: Apache-2.0
#include "transport/io_thread.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include "base/blocked_signals.h"
#include "ossl/handles.h"

namespace sesam::transport {
namespace {

// How long a thread that has given up takes to end.
constexpr std::chrono::milliseconds kFewMoments{100};
// How long a thread with requests in flight takes to notice that its descriptors are gone.
constexpr std::chrono::milliseconds kSoon{500};

// A reply may take request_timeout_ms, but if sent bytes are not acknowledged for half of that, the
// connection is dead; the other half is left for a retry.
unsigned unanswered_ms(const Options& options) {
  return std::max(options.connect_timeout_ms, options.request_timeout_ms / 2);
}

// The program's own threads handle all signals of the process.
sigset_t all_signals() noexcept {
  sigset_t all;
  sigfillset(&all);
  return all;
}

// If memory runs out while the providers or random generators of a context are made, it stays without them:
// better have no context, and a new thread for the next call. Null: out of memory.
ossl::LibCtx new_libctx() noexcept {
  ossl::LibCtx made(OSSL_LIB_CTX_new());
  unsigned char byte = 0;
  if (made &&
      (RAND_bytes_ex(made.get(), &byte, 1, 0) != 1 || RAND_priv_bytes_ex(made.get(), &byte, 1, 0) != 1))
    made.reset();
  return made;
}

// Volatile, so that the compiler does not optimize the allocation away.
bool can_allocate() noexcept {
  void* volatile const probe = std::malloc(1);
  std::free(probe);
  return probe != nullptr;
}

}  // namespace

IoThread::IoThread(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)),
      process_(getpid()),
      sockets_(unanswered_ms(shared_->options)),
      handoff_(poller_) {}

IoThread::~IoThread() { OSSL_LIB_CTX_free(libctx_); }

std::unique_ptr<IoThread> IoThread::start(std::shared_ptr<Shared> shared, std::string& why_not) {
  char space[128];
  std::unique_ptr<IoThread> made(new IoThread(std::move(shared)));
  if (!made->poller_.is_open()) {
    why_not = "no file descriptor: ";
    why_not += strerror_r(made->poller_.open_errno(), space, sizeof space);
    return nullptr;
  }
  return made->create_thread(why_not) ? std::move(made) : nullptr;
}

bool IoThread::create_thread(std::string& why_not) {
  const BlockedSignals blocked(all_signals());  // inherited by the thread
  const int error = pthread_create(&thread_, nullptr, main, this);
  if (error == 0) return true;
  char space[128];
  why_not = "no thread: ";
  why_not += strerror_r(error, space, sizeof space);
  return false;
}

bool IoThread::restart(std::string& why_not) {
  if (!stop(Clock::now() + kFewMoments)) return false;
  OSSL_LIB_CTX_free(std::exchange(libctx_, nullptr));
  handoff_.reopen();
  life_ = Life::running;
  if (create_thread(why_not)) return true;
  life_ = Life::joined;
  refuse_all(Failure::process_limit, why_not);
  return false;
}

void* IoThread::main(void* self) noexcept {
  auto& io = *static_cast<IoThread*>(self);
  pthread_setname_np(pthread_self(), "sesam-io");
  io.guard_.enter();
  io.run_isolated();
  io.guard_.leave();
  io.ended_.release();
  return nullptr;
}

// The driver's TLS fetches from its thread's default library context. In the application's, our own provider
// may come first: verifying a certificate would then call the HSM, on this thread, and wait for itself.
void IoThread::run_isolated() {
  // Creates this thread's error queue: 3.6 recurses endlessly if an error finds no memory for one.
  ERR_clear_error();
  if (can_allocate()) {  // otherwise there may be no queue either
    // Reads openssl.cnf now, in the global context; later, it would be read again, in ours.
    OPENSSL_init_ssl(0, nullptr);
    libctx_ = new_libctx().release();
  }
  OSSL_LIB_CTX* const before = libctx_ == nullptr ? nullptr : OSSL_LIB_CTX_set0_default(libctx_);
  serve();
  if (libctx_ == nullptr) return;
  OSSL_LIB_CTX_set0_default(before);
  OPENSSL_thread_stop_ex(libctx_);
}

// The loop fails the calls in flight; calls that have arrived since must not wait.
void IoThread::refuse_all(Failure why, std::string_view message) noexcept {
  handoff_.fail_all(handoff_.close(why), why, message);
  handoff_.publish();
}

// Out of memory, or of descriptors that the driver needs (libcurl 8 opens some of its own).
void IoThread::give_up() noexcept try {
  const int limit = Sockets::limit_errno();
  if (limit != 0)
    refuse_all(Failure::process_limit, std::system_category().message(limit));
  else
    refuse_all(Failure::out_of_memory, {});
} catch (const std::bad_alloc&) {
  refuse_all(Failure::out_of_memory, {});
}

void IoThread::serve() noexcept {
  handoff_.begin_on_this_thread();
  metrics::MetricsWriter metrics(shared_->metrics_file ? &*shared_->metrics_file : nullptr,
                                 shared_->options.metrics_text, *shared_->log);
  try {
    if (libctx_ == nullptr) throw std::bad_alloc();
    shared_->driver.run(
        {shared_->options, shared_->passwords, *shared_->log, metrics, handoff_, poller_, sockets_, guard_});
    if (has_lost_descriptors()) say_that_descriptors_are_lost();
  } catch (const std::exception&) {
    give_up();
  }
  // Must come after the connections are closed. A thread that has lost its descriptors may end a minute after
  // its successor has started, which owns the file by then.
  if (!has_lost_descriptors()) metrics.end();
}

void IoThread::abandon() noexcept {
  say_that_descriptors_are_lost();
  handoff_.abandon(Failure::descriptors_closed, kDescriptorsClosed);
}

void IoThread::say_that_descriptors_are_lost() noexcept {
  if (!said_lost_.exchange(true))
    shared_->log->write(LogLevel::failures, {kDescriptorsClosed, ": starting again with new ones"});
}

bool IoThread::stop(Clock::time_point deadline) noexcept {
  if (life_ != Life::running) return life_ == Life::joined;
  handoff_.ask_to_stop();
  // The thread cannot be woken. With requests in flight, it soon wakes up by itself.
  if (is_cut_off())
    deadline = std::min(
        deadline,
        Clock::now() + (handoff_.idle_since() == Handoff::kNever ? kSoon : std::chrono::milliseconds(0)));
  if (pthread_equal(pthread_self(), thread_) == 0 && ended_.try_acquire_until(deadline)) {
    pthread_join(thread_, nullptr);
    life_ = Life::joined;
    return true;
  }
  pthread_detach(thread_);
  life_ = Life::detached;
  return false;
}

void IoThread::raise_fork_flag() noexcept {
  guard_.raise();
  if (poller_.is_ours()) poller_.ring();
}

void IoThread::close_in_child() noexcept {
  sockets_.close_all();
  poller_.close_in_child();
}

}  // namespace sesam::transport
