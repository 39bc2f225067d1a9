// SPDX-License-Identifier: Apache-2.0
#include "transport/io_thread.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>

#include "transport/options.h"

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// Like a driver that sleeps while the program closes its descriptors, and notices later.
class SleepingDriver final : public Driver {
 public:
  Refusal preflight(const Options&) const override { return {}; }
  void run(const Workplace&) const override { wakes_up.acquire(); }
  mutable std::binary_semaphore wakes_up{0};
};

std::string no_text(const metrics::Counts&, std::string_view) { return "text"; }

class IoThreadWithMetrics : public testing::Test {
 protected:
  IoThreadWithMetrics() {
    fs::create_directories(directory_);
    Options options;
    options.metrics_file = directory_ / "%p.prom";
    options.metrics_text = no_text;
    shared_ = std::make_shared<Shared>(std::move(options), *Log::open(0, "stderr"), driver_);
    std::string why_not;
    thread_ = IoThread::start(shared_, why_not);
  }
  ~IoThreadWithMetrics() override { fs::remove_all(directory_); }

  bool end_thread() {
    driver_.wakes_up.release();
    return thread_->stop(Clock::now() + 10s);
  }
  bool has_file() const { return fs::exists(directory_ / (std::to_string(getpid()) + ".prom")); }

  const fs::path directory_ = fs::temp_directory_path() / ("sesam-io-thread-" + std::to_string(getpid()));
  SleepingDriver driver_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<IoThread> thread_;
};

TEST_F(IoThreadWithMetrics, removes_its_file_when_it_ends) {
  ASSERT_NE(thread_, nullptr);
  shared_->metrics_file->write("its own");
  EXPECT_TRUE(end_thread());
  EXPECT_FALSE(has_file());
}

TEST_F(IoThreadWithMetrics, leaves_the_file_to_its_successor_when_it_has_lost_its_descriptors) {
  ASSERT_NE(thread_, nullptr);
  thread_->abandon();
  shared_->metrics_file->write("its successor's");
  EXPECT_TRUE(end_thread());
  EXPECT_TRUE(has_file());
}

}  // namespace
}  // namespace sesam::transport
