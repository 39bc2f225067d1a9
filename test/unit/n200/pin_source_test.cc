// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "n200/uri.h"

namespace sesam::n200 {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class PinSource : public testing::Test {
 protected:
  PinSource() : directory_(fs::temp_directory_path() / ("sesam-pin-" + std::to_string(getpid()))) {
    fs::create_directories(directory_);
  }
  ~PinSource() override { fs::remove_all(directory_); }

  std::string file(std::string_view text) {
    std::ofstream(directory_ / "pin", std::ios::binary) << text;
    return (directory_ / "pin").string();
  }
  static std::string pin_of(const std::string& source) {
    const auto pin = read_pin_source(source);
    EXPECT_TRUE(pin) << source;
    return pin ? std::string(pin->reveal()) : std::string();
  }
  static std::string refusal(const std::string& source) {
    const auto pin = read_pin_source(source);
    EXPECT_FALSE(pin) << source;
    if (pin) return {};
    EXPECT_EQ(pin.error().reason, Reason::pin_source_unreadable);
    return pin.error().detail;
  }

  fs::path directory_;
};

TEST_F(PinSource, is_a_path_or_a_file_uri) {
  const auto path = file("4711");
  EXPECT_EQ(pin_of(path), "4711");
  EXPECT_EQ(pin_of("file:" + path), "4711");
  EXPECT_EQ(pin_of("file://" + path), "4711");
  EXPECT_EQ(pin_of("file://localhost" + path), "4711");
}

TEST_F(PinSource, is_not_told_where_it_may_be_the_pin_itself) {
  EXPECT_THAT(refusal("12345678"), testing::Not(HasSubstr("12345678")));
  EXPECT_THAT(refusal("file:missing"), HasSubstr("file:missing"));
  EXPECT_THAT(refusal("./missing"), HasSubstr("./missing"));
}

TEST_F(PinSource, may_be_a_pipe_whose_other_end_takes_its_time) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(write(ends[1], "4711\n", 5), 5);
    close(ends[1]);
  });
  EXPECT_EQ(pin_of("/dev/fd/" + std::to_string(ends[0])), "4711");
  writer.join();
  close(ends[0]);
}

TEST_F(PinSource, may_be_a_relative_path) {
  file("4711");
  const auto before = fs::current_path();
  fs::current_path(directory_);
  EXPECT_EQ(pin_of("pin"), "4711");
  EXPECT_EQ(pin_of("file:pin"), "4711");
  fs::current_path(before);
}

TEST_F(PinSource, loses_the_line_break_at_its_end_and_nothing_else) {
  EXPECT_EQ(pin_of(file("4711\n")), "4711");
  EXPECT_EQ(pin_of(file("4711\r\n")), "4711");
  EXPECT_EQ(pin_of(file(" 47 11 \n")), " 47 11 ");
}

TEST_F(PinSource, that_has_more_than_one_line_is_refused_and_not_quoted) {
  for (const char* text : {"4711\nroot", "4711\r\nroot\r\n", "4711\n\n", "\n4711\n", "4711\rroot", "4711\r"})
    EXPECT_THAT(refusal(file(text)),
                testing::AllOf(HasSubstr("has more than one line; expected a password or PIN"),
                               testing::Not(HasSubstr("4711"))));
}

TEST_F(PinSource, that_has_a_zero_byte_is_refused) {
  EXPECT_THAT(refusal(file(std::string_view("47\0"
                                            "11",
                                            5))),
              HasSubstr("has a zero byte"));
}

TEST_F(PinSource, has_at_most_256_bytes) {
  const std::string longest(256, '1');
  EXPECT_EQ(pin_of(file(longest)), longest);
  EXPECT_EQ(pin_of(file(longest + "\r\n")), longest);
  EXPECT_THAT(refusal(file(longest + "1")), HasSubstr("has more than 256 bytes"));
  EXPECT_THAT(refusal(file(longest + "11\n")), HasSubstr("has more than 256 bytes"));
}

TEST_F(PinSource, that_is_empty_is_refused) { EXPECT_THAT(refusal(file("\n")), HasSubstr("empty")); }

TEST_F(PinSource, that_is_not_there_is_named_with_the_systems_words) {
  const auto path = (directory_ / "nothing").string();
  EXPECT_THAT(refusal(path), testing::AllOf(HasSubstr(path), HasSubstr("No such file")));
}

TEST_F(PinSource, that_is_a_command_is_refused) { refusal("|cat /etc/passwd"); }

TEST_F(PinSource, that_is_a_fifo_without_a_writer_does_not_hang) {
  const auto path = (directory_ / "fifo").string();
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  refusal(path);
}

TEST_F(PinSource, that_is_a_directory_is_refused) { refusal(directory_.string()); }

TEST_F(PinSource, that_is_huge_is_refused) { refusal(file(std::string((1 << 20) + 2, '1'))); }

}  // namespace
}  // namespace sesam::n200
