// SPDX-License-Identifier: Apache-2.0
#include "cli/read_pipe.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sesam::cli {

PipeText read_pipe(int descriptor, std::size_t max_bytes, std::chrono::steady_clock::time_point until) {
  using std::chrono::ceil, std::chrono::milliseconds, std::chrono::steady_clock;
  PipeText pipe;
  char block[4096];
  while (!pipe.has_ended) {
    const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
    pollfd one{descriptor, POLLIN, 0};
    const int ready = left <= 0 ? 0 : ::poll(&one, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    const ssize_t length = ::read(descriptor, block, sizeof block);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) break;
    const auto kept = std::min(static_cast<std::size_t>(length), max_bytes - pipe.text.size());
    pipe.text.append(block, kept);
    pipe.is_cut = pipe.is_cut || kept < static_cast<std::size_t>(length);
    pipe.has_ended = length == 0;
  }
  return pipe;
}

}  // namespace sesam::cli
