// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_run.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "n200/device.h"
#include "signature/scheme.h"

namespace sesam::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kProgressEvery = std::chrono::milliseconds(250);
constexpr std::size_t kDigestBytes = 32;  // SHA-256

struct Worker {
  std::vector<std::uint32_t> latencies_us;
  std::optional<Error> failure;
  std::thread thread;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void work(const keymgmt::KeyData& key, std::uint64_t first_number, Clock::time_point end,
          std::atomic<std::uint64_t>& made, Worker& worker) {
  for (std::uint64_t number = first_number; Clock::now() < end; ++number) {
    const auto begin = Clock::now();
    if (auto signed_it = sign_once(key, number); !signed_it) {
      worker.failure = signed_it.error();
      return;
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
    worker.latencies_us.push_back(static_cast<std::uint32_t>(took.count()));
    made.fetch_add(1, std::memory_order_relaxed);
  }
}

BenchResult result_of(std::vector<Worker>& workers, double seconds) {
  BenchResult result;
  result.seconds = seconds;
  for (Worker& worker : workers) {
    result.latencies_us.insert(result.latencies_us.end(), worker.latencies_us.begin(),
                               worker.latencies_us.end());
    if (!worker.failure) continue;
    ++result.failures;
    if (!result.first_failure) result.first_failure = std::move(worker.failure);
  }
  std::sort(result.latencies_us.begin(), result.latencies_us.end());
  return result;
}

}  // namespace

double BenchResult::per_second() const noexcept {
  return seconds > 0 ? static_cast<double>(latencies_us.size()) / seconds : 0;
}

std::uint32_t BenchResult::percentile_us(double share) const noexcept {
  if (latencies_us.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies_us.size())));
  return latencies_us[std::clamp<std::size_t>(rank, 1, latencies_us.size()) - 1];
}

Result<void> sign_once(const keymgmt::KeyData& key, std::uint64_t number) {
  std::array<unsigned char, kDigestBytes> digest{};
  std::memcpy(digest.data(), &number, sizeof number);
  std::vector<unsigned char> signature(key.device_signature_bytes);
  auto scheme = signature::Scheme::for_type(key.type);
  if (scheme.row().has_paddings) scheme.digest = *signature::find_digest("SHA256");
  SESAM_CHECK(key.device->sign(key.handle, signature::to_sign(scheme, digest, {}), signature));
  return {};
}

BenchResult run_bench(const keymgmt::KeyData& key, unsigned threads, std::chrono::seconds duration,
                      const std::function<void(std::uint64_t, double)>& progress) {
  std::atomic<std::uint64_t> made{0};
  std::vector<Worker> workers(threads);
  const auto begin = Clock::now(), end = begin + duration;
  for (unsigned i = 0; i < threads; ++i)
    workers[i].thread = std::thread([&, i] { work(key, std::uint64_t{i} << 32U, end, made, workers[i]); });
  while (Clock::now() < end) {
    std::this_thread::sleep_until(std::min(end, Clock::now() + kProgressEvery));
    progress(made.load(std::memory_order_relaxed), seconds_since(begin));
  }
  for (Worker& worker : workers) worker.thread.join();
  return result_of(workers, seconds_since(begin));
}

}  // namespace sesam::cli
