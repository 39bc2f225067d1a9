// SPDX-License-Identifier: Apache-2.0
#include "run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "clients.h"
#include "crew.h"

namespace sesam::bench {
namespace {

long rss_kib() {
  long all = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

double process_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Moment {
  Clock::time_point time;
  double process_cpu;
  double caller_cpu;
  ClientCounters counters;
};

Moment now(const Client& client, const Crew& crew) {
  return {Clock::now(), process_cpu_seconds(), crew.cpu_seconds(), client.counters()};
}

void sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

// Takes at least `seconds`, and until each caller has a connection: hundreds of TLS handshakes take a while.
void warm_up(Crew& crew, double seconds) {
  constexpr double kMaxSeconds = 20;
  constexpr double kStep = 0.05;
  sleep(seconds);
  for (double waited = 0; !crew.is_warm(); waited += kStep) {
    if (waited > kMaxSeconds) throw std::runtime_error("not every caller got a signature during the warm-up");
    sleep(kStep);
  }
}

double quantile(std::vector<float>& values, double part) {
  const auto place = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(place)]);
}

void sum_up(const Crew& crew, Outcome& outcome) {
  std::vector<float> all;
  for (const auto& tally : crew.tallies()) {
    outcome.requests_since_start += tally->total();
    all.insert(all.end(), tally->latencies_us().begin(), tally->latencies_us().end());
  }
  outcome.requests = all.size();
  if (all.empty()) throw std::runtime_error("not one signature came within the time measured");
  outcome.p50_us = quantile(all, 0.50);
  outcome.p99_us = quantile(all, 0.99);
}

}  // namespace

Outcome run(const Options& options) {
  const auto client = make_client(options);
  Crew crew(*client, options);
  Outcome outcome;
  sleep(0.05);  // until the threads wait to be started
  outcome.rss_before_kib = rss_kib();
  crew.start();
  warm_up(crew, options.warm_up_seconds);
  crew.measure();
  const Moment begin = now(*client, crew);
  sleep(options.seconds);
  const Moment end = now(*client, crew);
  outcome.rss_kib = rss_kib();
  crew.finish();
  outcome.signatures = crew.signatures();
  outcome.seconds = std::chrono::duration<double>(end.time - begin.time).count();
  outcome.process_cpu_seconds = end.process_cpu - begin.process_cpu;
  outcome.caller_cpu_seconds = end.caller_cpu - begin.caller_cpu;
  outcome.client_requests = end.counters.requests - begin.counters.requests;
  outcome.wake_ups = end.counters.wake_ups - begin.counters.wake_ups;
  sum_up(crew, outcome);
  return outcome;
}

}  // namespace sesam::bench
