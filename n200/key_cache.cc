// SPDX-License-Identifier: Apache-2.0
#include "n200/key_cache.h"

#include <openssl/async.h>

#include <numeric>

#include "metrics/counts.h"

namespace sesam::n200 {
namespace {

std::size_t bytes_of(const KeyRecords& records) {
  return std::accumulate(records->begin(), records->end(), std::size_t{0},
                         [](std::size_t sum, const KeyRecord& record) { return sum + record.bytes(); });
}

bool has_records(const KeyRecords& records) { return !records->empty(); }

}  // namespace

KeyCache::KeyCache() noexcept
    : answers_(MutexRank::key_cache, {kMaxEntries, kMaxBytes, bytes_of, has_records}) {}

Result<KeyRecords> KeyCache::get(const std::string& question, std::chrono::seconds time_to_live,
                                 Clock::time_point deadline, const Load& load) {
  const bool in_job = ASYNC_get_current_job() != nullptr;
  const auto found = answers_.get(question, {time_to_live, deadline, in_job ? Clock::now() : deadline}, load);
  (found.was_there ? metrics::counts().key_cache_hits : metrics::counts().key_cache_misses).add();
  if (found.answer) return *found.answer;
  return in_job ? load()
                : Error{Reason::timed_out,
                        "looking up a key: another thread's request has not been answered yet"};
}

}  // namespace sesam::n200
