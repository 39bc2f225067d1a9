// SPDX-License-Identifier: Apache-2.0
// An I/O thread whose libcurl runs out of memory.
#include "transport/curl/curl_driver.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "local_socket.h"

namespace {

std::atomic<bool> libcurl_is_out_of_memory{false};

}  // namespace

// Replaces libcurl's function in the whole program.
extern "C" CURLM* curl_multi_init() {
  if (libcurl_is_out_of_memory) return nullptr;
  static const auto real = reinterpret_cast<CURLM* (*)()>(dlsym(RTLD_NEXT, "curl_multi_init"));
  return real();
}

namespace sesam::transport::curl {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

Reply perform(Pipeline& pipeline) {
  Request request;
  request.path = "/n200/web/postv1";
  request.deadline = std::chrono::steady_clock::now() + 10s;
  return pipeline.perform(request);
}

TEST(IoThread, that_had_to_give_up_is_started_anew_and_leaves_nothing_behind) {
  const LocalSocket peer(LocalSocket::Kind::refusing);
  Options options;
  options.urls = {peer.url()};
  const auto pipeline = pipeline_for(std::move(options), *Log::open(0, "stderr"));
  libcurl_is_out_of_memory = true;
  EXPECT_EQ(perform(*pipeline).failure, Failure::out_of_memory);
  const auto before = descriptors();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(perform(*pipeline).failure, Failure::out_of_memory);
  EXPECT_EQ(descriptors(), before);
  libcurl_is_out_of_memory = false;
  EXPECT_EQ(perform(*pipeline).failure, Failure::cannot_connect);
}

}  // namespace
}  // namespace sesam::transport::curl
