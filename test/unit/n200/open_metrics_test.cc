// SPDX-License-Identifier: Apache-2.0
// test/integration/test_metrics.py checks the format as a whole with a third-party parser.
#include "n200/open_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include "metrics/counts.h"
#include "n200/wire.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr auto kSign = static_cast<std::size_t>(Operation::ec_sign);

class OpenMetrics : public testing::Test {
 protected:
  std::string text(std::string_view labels = {}) const { return open_metrics(*counts_, labels); }
  std::unique_ptr<metrics::Counts> counts_ = std::make_unique<metrics::Counts>();
};

TEST_F(OpenMetrics, tells_every_operation_and_every_reason_also_before_its_first_event) {
  EXPECT_THAT(text(), HasSubstr("\nsesam_requests_total{operation=\"ec_sign\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_retries_total{operation=\"find_key\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_failures_total{reason=\"wrong_pin\"} 0\n"));
  EXPECT_THAT(text(),
              HasSubstr("\nsesam_failures_total{reason=\"" + std::string(name_of(kLastReason)) + "\"} 0\n"));
  EXPECT_THAT(text(), Not(HasSubstr("reason=\"none\"")));
  EXPECT_THAT(text(), EndsWith("\n# EOF\n"));
}

TEST_F(OpenMetrics, names_each_node) {
  metrics::NodeCounts* node = counts_->of_node("https://a");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(counts_->of_node("https://a"), node);
  EXPECT_NE(counts_->of_node("https://b\"\\"), node);
  node->unhealthy.set(1);
  node->failures.add();
  EXPECT_THAT(text(), HasSubstr("\nsesam_node_healthy{node=\"https://a\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_node_healthy{node=\"https://b\\\"\\\\\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_node_failures_total{node=\"https://a\"} 1\n"));
}

TEST_F(OpenMetrics, tells_when_something_succeeded_failed_and_expires) {
  EXPECT_THAT(text(), HasSubstr("\nsesam_last_success_timestamp_seconds 0\n"));
  EXPECT_THAT(text(), Not(HasSubstr("sesam_last_failure_timestamp_seconds{")));
  EXPECT_THAT(text(), Not(HasSubstr("sesam_certificate_expiry_timestamp_seconds{")));
  counts_->signatures.add();
  counts_->failed(Reason::wrong_pin);
  metrics::NodeCounts* node = counts_->of_node("https://a");
  node->device_certificate_ends.set(1'900'000'000);
  EXPECT_THAT(text(), testing::ContainsRegex("\nsesam_last_success_timestamp_seconds [1-9][0-9]+\n"));
  EXPECT_THAT(text(), testing::ContainsRegex(
                          "\nsesam_last_failure_timestamp_seconds\\{reason=\"wrong_pin\"\\} [1-9][0-9]+\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_failures_total{reason=\"wrong_pin\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("\nsesam_certificate_expiry_timestamp_seconds{node=\"https://a\","
                                "certificate=\"device\"} 1900000000\n"));
}

TEST_F(OpenMetrics, puts_the_labels_on_every_sample) {
  counts_->durations[kSign].add(1ms);
  std::istringstream lines(text("program=\"named\",pid=\"7\""));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    EXPECT_THAT(line, HasSubstr("{program=\"named\",pid=\"7\""));
  }
  EXPECT_THAT(text(), HasSubstr("\nsesam_signatures_total 0\n")) << "and none where there are none";
}

TEST_F(OpenMetrics, tells_durations_in_seconds_and_buckets_that_contain_those_below) {
  counts_->durations[kSign].add(300us);
  counts_->durations[kSign].add(700us);
  counts_->durations[kSign].add(1100ms);
  counts_->durations[kSign].add(11s);
  const std::string name = "\nsesam_request_duration_seconds";
  EXPECT_THAT(text(), HasSubstr(name + "_bucket{operation=\"ec_sign\",le=\"0.00025\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket{operation=\"ec_sign\",le=\"0.001\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket{operation=\"ec_sign\",le=\"1.0\"} 2\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket{operation=\"ec_sign\",le=\"10.0\"} 3\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket{operation=\"ec_sign\",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_count{operation=\"ec_sign\"} 4\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_sum{operation=\"ec_sign\"} 12.101\n"));
  EXPECT_THAT(text(), Not(HasSubstr("_bucket{operation=\"rsa_sign\""))) << "only what happened";
}

TEST_F(OpenMetrics, tells_each_count_under_its_name) {
  counts_->requests[kSign].add(2);
  counts_->retries[kSign].add(3);
  counts_->failures[static_cast<std::size_t>(Reason::timed_out)].add(4);
  counts_->in_flight.up();
  counts_->connections_opened.add(5);
  counts_->connections_open.up();
  counts_->key_cache_hits.add(6);
  counts_->key_cache_misses.add(7);
  counts_->signatures.add();
  for (const char* line :
       {"sesam_requests_total{operation=\"ec_sign\"} 2", "sesam_retries_total{operation=\"ec_sign\"} 3",
        "sesam_failures_total{reason=\"timed_out\"} 4", "sesam_requests_in_flight 1",
        "sesam_connections_opened_total 5", "sesam_connections_open 1", "sesam_key_cache_hits_total 6",
        "sesam_key_cache_misses_total 7", "sesam_signatures_total 1"})
    EXPECT_THAT(text(), HasSubstr("\n" + std::string(line) + "\n"));
}

}  // namespace
}  // namespace sesam::n200
