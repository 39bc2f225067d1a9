// SPDX-License-Identifier: Apache-2.0
// A request, as passed to the pipeline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sesam::transport {

enum class Method : std::uint8_t { get, post };

/// One request. The views must live until Pipeline::perform() returns; the pipeline makes its own copy if it
/// needs one longer.
struct Request {
  std::size_t endpoint = 0;   ///< index into Options::urls
  std::size_t operation = 0;  ///< what it is for, as metrics::Counts::ByOperation counts it
  Method method = Method::post;
  std::string_view path;  ///< absolute, percent-encoded: "/n200/web/postv1"
  /// How many bytes of the path are the same for every request of this operation. The rest may be a PIN: it
  /// is neither logged nor kept.
  std::size_t fixed_path_bytes = std::string_view::npos;
  std::string_view body;  ///< form-encoded; may contain a PIN: copies are wiped
  bool repeatable =
      false;  ///< repeating it is harmless, so it may use a connection that the server may not allow
  std::size_t reply_cap_bytes = 64 * 1024;         ///< a longer body fails with too_large
  std::chrono::steady_clock::time_point deadline;  ///< perform() returns by then
  /// false: inside an ASYNC_JOB, the thread waits, because the caller holds locks that a pause would leave to
  /// whoever runs next on this thread.
  bool pauses_job = true;
};

}  // namespace sesam::transport
