// SPDX-License-Identifier: Apache-2.0
// Nodes of a cluster that answer with a redirection or an HTML page instead of JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/options.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

transport::Reply page(int status) {
  auto reply = answer("<html><title>404 Not Found</title></html>");
  reply.status = status;
  return reply;
}
transport::Reply time_of_day() { return answer(R"({"result":"1664657599"})"); }
transport::Reply unreachable() {
  auto reply = lost(transport::Failure::cannot_connect);
  reply.may_have_acted = false;
  return reply;
}

struct Pages : testing::Test {
  void start(std::deque<transport::Reply> answers) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers),
                                                  std::vector<std::string>{"https://n1", "https://n2"});
    Options options;
    options.deadline_ms = 2000;
    device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
  }
  Error ask() {
    const auto time = device->timestamp();
    return time ? Error{Reason::none, {}} : time.error();
  }
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> device;
};

TEST_F(Pages, of_one_node_send_requests_to_the_next_one) {
  for (const int status : {301, 302, 307, 400, 404, 405}) {
    start({page(status), time_of_day()});
    EXPECT_EQ(ask().reason, Reason::none) << status;
    EXPECT_EQ(ask().reason, Reason::none) << status;
    EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 1)) << status << ": the first node is avoided";
  }
}

TEST_F(Pages, of_all_nodes_are_no_fault_of_the_nodes) {
  start({page(404), page(404), time_of_day()});
  const auto error = ask();
  EXPECT_EQ(error.reason, Reason::http_status);
  EXPECT_THAT(error.detail, HasSubstr("HTTP status 404"));
  EXPECT_EQ(ask().reason, Reason::none);
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 0));
}

TEST_F(Pages, of_a_healthy_node_are_the_answer_where_no_other_node_can_be_reached) {
  start({page(404), unreachable(), page(404)});
  EXPECT_THAT(ask().detail, HasSubstr("https://n1: HTTP status 404"));
  EXPECT_THAT(ask().detail, HasSubstr("https://n1: HTTP status 404"));
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 0)) << "the other node is not waited for";
}

TEST_F(Pages, of_an_avoided_node_do_not_end_the_wait_for_another) {
  start({page(404), time_of_day(), unreachable(), page(404), time_of_day()});
  EXPECT_EQ(ask().reason, Reason::none);
  EXPECT_EQ(ask().reason, Reason::none);
  EXPECT_THAT(pipeline->nodes_asked, ElementsAre(0, 1, 1, 0, 1));
}

}  // namespace
}  // namespace sesam::n200
