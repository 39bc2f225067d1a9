// SPDX-License-Identifier: Apache-2.0
// Checks that children that are forked while threads are busy do not hang: a lock that another thread held at
// that time stays locked in the child.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

namespace sesam {

/// Forks up to `children` processes, one after another, while four threads repeat `busy`. Returns 1, and
/// stops, if a child does not finish `in_child` within 5 s; otherwise 0.
template <class Busy, class InChild>
int hung_children(int children, const Busy& busy, const InChild& in_child) {
  std::atomic<bool> ended = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      while (!ended) busy();
    });
  int hung = 0;
  for (int i = 0; i < children && hung == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(5);
      in_child();
      _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    hung += WIFSIGNALED(status) ? 1 : 0;
  }
  ended = true;
  for (auto& thread : threads) thread.join();
  return hung;
}

}  // namespace sesam
