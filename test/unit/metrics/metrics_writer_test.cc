// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics_writer.h"
#include "metrics/counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sesam::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr auto kNever = Clock::time_point::max();
constexpr auto kInterval = MetricsWriter::kInterval;

std::string text_of(const fs::path& path) {
  std::stringstream all;
  all << std::ifstream(path).rdbuf();
  return all.str();
}

int times_written = 0;
std::string numbered(const Counts&, std::string_view) { return std::to_string(++times_written); }

class Writer : public testing::Test {
 protected:
  Writer() { times_written = 0; }
  ~Writer() override { fs::remove_all(directory_); }

  static fs::path make_directory() {
    const auto made = fs::temp_directory_path() / ("sesam-writer-" + std::to_string(getpid()));
    fs::create_directories(made);
    return made;
  }

  const fs::path directory_ = make_directory();
  const std::shared_ptr<const Log> log_ = *Log::open(1, (directory_ / "log").string());
  Clock::time_point now_ = Clock::now();
};

TEST_F(Writer, wakes_nobody_while_nothing_changes) {
  MetricsFile file((directory_ / "a.prom").string());
  MetricsWriter writer(&file, numbered, *log_);
  EXPECT_EQ(writer.next_event(now_), kNever);
  writer.tick(now_);
  writer.tick(now_ + 100 * kInterval);
  EXPECT_EQ(times_written, 0);
}

TEST_F(Writer, writes_an_interval_after_the_first_change_and_once_more_after_the_last) {
  MetricsFile file((directory_ / "a.prom").string());
  MetricsWriter writer(&file, numbered, *log_);
  writer.changed();
  EXPECT_EQ(writer.next_event(now_), now_ + kInterval);
  writer.changed();
  EXPECT_EQ(writer.next_event(now_ + 1s), now_ + kInterval) << "those that come do not put it off";
  writer.tick(now_ + kInterval - 1ms);
  EXPECT_EQ(times_written, 0);
  writer.tick(now_ + kInterval);
  EXPECT_EQ(times_written, 1);
  EXPECT_EQ(text_of(directory_ / "a.prom"), "1");
  EXPECT_EQ(writer.next_event(now_ + kInterval), now_ + 2 * kInterval)
      << "callers count after the I/O thread";
  writer.tick(now_ + 2 * kInterval);
  EXPECT_EQ(times_written, 2);
  EXPECT_EQ(writer.next_event(now_ + 2 * kInterval), kNever);
}

TEST_F(Writer, writes_under_steady_load_without_ever_being_asked_for_its_next_event) {
  MetricsFile file((directory_ / "a.prom").string());
  MetricsWriter writer(&file, numbered, *log_);
  for (int second = 0; second <= 20; ++second) {
    writer.changed();
    writer.tick(now_ + std::chrono::seconds(second));
  }
  EXPECT_EQ(times_written, 4);
}

TEST_F(Writer, writes_at_the_end_what_outlives_the_process_and_removes_what_does_not) {
  MetricsFile lasting((directory_ / "a.prom").string());
  MetricsWriter(&lasting, numbered, *log_).end();
  EXPECT_EQ(text_of(directory_ / "a.prom"), "1");
  MetricsFile passing((directory_ / "%p.prom").string());
  MetricsWriter writer(&passing, numbered, *log_);
  writer.changed();
  writer.tick(now_);
  writer.tick(now_ + kInterval);
  const fs::path path = directory_ / (std::to_string(getpid()) + ".prom");
  EXPECT_EQ(text_of(path), "2");
  writer.end();
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Writer, tells_the_log_once_that_it_cannot_write_and_again_after_it_could) {
  MetricsFile file((directory_ / "none" / "a.prom").string());
  MetricsWriter writer(&file, numbered, *log_);
  const auto write = [&] {
    writer.changed();
    writer.tick(now_);
    writer.tick(now_ += kInterval);
  };
  write();
  write();
  const std::string line = text_of(directory_ / "log");
  EXPECT_THAT(line, HasSubstr("none/a.prom: cannot be written: No such file or directory"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  fs::create_directory(directory_ / "none");
  write();
  EXPECT_TRUE(fs::exists(directory_ / "none" / "a.prom"));
  fs::remove_all(directory_ / "none");
  write();
  const std::string lines = text_of(directory_ / "log");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
}

TEST_F(Writer, does_nothing_without_a_file) {
  MetricsWriter writer(nullptr, nullptr, *log_);
  writer.changed();
  EXPECT_EQ(writer.next_event(now_), kNever);
  writer.tick(now_ + kInterval);
  writer.end();
}

}  // namespace
}  // namespace sesam::metrics
