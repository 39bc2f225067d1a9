// SPDX-License-Identifier: Apache-2.0
#include "crew.h"

#include <pthread.h>

#include <ctime>

namespace sesam::bench {
namespace {

// More signatures per second than any client makes, for all callers together and for a single one.
constexpr double kMaxPerSecond = 60'000;
constexpr double kMaxOfOnePerSecond = 20'000;

std::size_t room_for(const Options& options) {
  const double each = 4 * kMaxPerSecond / options.callers;
  return static_cast<std::size_t>(options.seconds * (each < kMaxOfOnePerSecond ? each : kMaxOfOnePerSecond));
}

}  // namespace

Crew::Crew(Client& client, const Options& options) : ring_(options.jobs) {
  for (std::size_t i = 0; i < options.callers; ++i) {
    callers_.push_back(client.make_caller(i));
    tallies_.push_back(std::make_unique<Tally>(room_for(options)));
    if (options.jobs != Jobs::none) ring_.add(*callers_.back(), *tallies_.back());
  }
  if (options.jobs != Jobs::none)
    add_job_thread();
  else
    add_threads();
}

Crew::~Crew() { stop(); }

template <class Work>
void Crew::add_thread(Work work) {
  threads_.emplace_back([this, work] {
    go_.wait();
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  });
}

void Crew::add_threads() {
  for (std::size_t i = 0; i < callers_.size(); ++i)
    add_thread([this, i] { sign_during(window_, *callers_[i], *tallies_[i]); });
}

void Crew::add_job_thread() {
  add_thread([this] { ring_.run(window_); });
}

void Crew::start() {
  started_ = true;
  go_.count_down();
}

bool Crew::is_warm() {
  const std::lock_guard lock(mutex_);
  return failure_ != nullptr || window_.warm_callers == callers_.size();
}

void Crew::stop() noexcept {
  window_.phase = Phase::over;
  if (!started_) start();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Crew::finish() {
  stop();
  if (failure_) std::rethrow_exception(failure_);
}

std::vector<std::string> Crew::signatures() const {
  std::vector<std::string> all;
  for (const auto& caller : callers_) all.push_back(caller->signature());
  return all;
}

double Crew::cpu_seconds() const {
  double sum = 0;
  for (const std::thread& thread : threads_) {
    clockid_t clock{};
    timespec used{};
    // Fails for a thread that has already ended after a failure, which finish() will report.
    if (pthread_getcpuclockid(const_cast<std::thread&>(thread).native_handle(), &clock) != 0) continue;
    if (clock_gettime(clock, &used) == 0)
      sum += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
  }
  return sum;
}

}  // namespace sesam::bench
