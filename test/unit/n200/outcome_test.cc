// SPDX-License-Identifier: Apache-2.0
#include "n200/outcome.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using transport::Failure;
using enum ReplyKind;

/// One row of the table: how a request ends, and the action that follows for reading, signing and changing.
/// For changing, also the action if the device has certainly not acted.
struct Row {
  const char* name;
  Failure failure;
  int status;
  Reason judged;
  ReplyKind kind;
  Action reading, signing, changing, changing_not_done;
  bool is_json = true;
};

constexpr Action kDeliver = Action::deliver, kRepeat = Action::repeat, kFailOver = Action::fail_over,
                 kUnknown = Action::outcome_unknown;

constexpr Row kRows[] = {
    {"a good reply", Failure::none, 200, Reason::none, good, kDeliver, kDeliver, kDeliver, kDeliver},
    {"connection lost", Failure::connection_lost, 0, Reason::connection_lost, line, kRepeat, kRepeat,
     kUnknown, kRepeat},
    {"421", Failure::none, 421, Reason::http_status, line, kRepeat, kRepeat, kUnknown, kRepeat},
    {"refused", Failure::cannot_connect, 0, Reason::cannot_connect, unreachable, kRepeat, kRepeat, kUnknown,
     kRepeat},
    {"no such name", Failure::cannot_resolve, 0, Reason::cannot_resolve, unreachable, kRepeat, kRepeat,
     kUnknown, kRepeat},
    {"black hole", Failure::connect_timed_out, 0, Reason::timed_out, unreachable, kRepeat, kRepeat, kUnknown,
     kRepeat},
    {"no reply", Failure::timed_out, 0, Reason::timed_out, silent, kRepeat, kRepeat, kUnknown, kRepeat},
    {"flood", Failure::flooded, 0, Reason::connection_lost, silent, kRepeat, kRepeat, kUnknown, kRepeat},
    {"502", Failure::none, 502, Reason::server_error, silent, kRepeat, kRepeat, kUnknown, kRepeat},
    {"504 with JSON", Failure::none, 504, Reason::device_error, silent, kRepeat, kRepeat, kUnknown, kRepeat},
    {"429", Failure::none, 429, Reason::device_busy, busy, kRepeat, kRepeat, kUnknown, kRepeat},
    {"503", Failure::none, 503, Reason::device_busy, busy, kRepeat, kRepeat, kUnknown, kRepeat},
    {"certificate", Failure::certificate_not_trusted, 0, Reason::certificate_not_trusted, untrusted,
     kFailOver, kFailOver, kUnknown, kFailOver},
    {"client certificate rejected", Failure::client_rejected, 0, Reason::bad_configuration, untrusted,
     kFailOver, kFailOver, kUnknown, kFailOver},
    {"expired", Failure::certificate_outdated, 0, Reason::certificate_outdated, untrusted, kFailOver,
     kFailOver, kUnknown, kFailOver},
    {"name", Failure::host_name_mismatch, 0, Reason::host_name_mismatch, untrusted, kFailOver, kFailOver,
     kUnknown, kFailOver},
    {"TLS", Failure::tls_failed, 0, Reason::tls_failed, untrusted, kFailOver, kFailOver, kUnknown, kFailOver},
    {"500", Failure::none, 500, Reason::server_error, server_error, kFailOver, kFailOver, kUnknown, kUnknown},
    {"500 with an error text", Failure::none, 500, Reason::device_error, server_error, kFailOver, kFailOver,
     kUnknown, kUnknown},
    {"HTML", Failure::none, 200, Reason::bad_reply, garbage, kFailOver, kFailOver, kUnknown, kUnknown},
    {"500 with HTML", Failure::none, 500, Reason::bad_reply, server_error, kFailOver, kFailOver, kUnknown,
     kUnknown},
    {"not HTTP", Failure::malformed, 0, Reason::bad_reply, garbage, kFailOver, kFailOver, kUnknown, kUnknown},
    {"too large", Failure::too_large, 200, Reason::reply_too_large, garbage, kFailOver, kFailOver, kUnknown,
     kUnknown},
    {"401", Failure::none, 401, Reason::access_denied, no_access, kFailOver, kFailOver, kDeliver, kDeliver},
    {"access denied", Failure::none, 200, Reason::access_denied, no_access, kFailOver, kFailOver, kDeliver,
     kDeliver},
    {"no access rule", Failure::none, 403, Reason::no_access_rule, no_access, kFailOver, kFailOver, kDeliver,
     kDeliver},
    {"unknown key", Failure::none, 404, Reason::unknown_key, unknown_key, kDeliver, kFailOver, kDeliver,
     kDeliver},
    {"wrong PIN", Failure::none, 403, Reason::wrong_pin, wrong_pin, kDeliver, kFailOver, kDeliver, kDeliver},
    {"wrong PIN, 500", Failure::none, 500, Reason::wrong_pin, wrong_pin, kDeliver, kFailOver, kDeliver,
     kDeliver},
    {"PIN missing", Failure::none, 403, Reason::pin_missing, refused, kDeliver, kDeliver, kDeliver, kDeliver},
    {"unknown command", Failure::none, 404, Reason::unknown_command, refused, kDeliver, kDeliver, kDeliver,
     kDeliver},
    {"404 with JSON", Failure::none, 404, Reason::http_status, refused, kDeliver, kDeliver, kDeliver,
     kDeliver},
    {"404 with HTML", Failure::none, 404, Reason::http_status, page, kFailOver, kFailOver, kUnknown, kUnknown,
     false},
    {"302", Failure::none, 302, Reason::http_status, page, kFailOver, kFailOver, kUnknown, kUnknown, false},
    {"302 with JSON", Failure::none, 302, Reason::http_status, page, kFailOver, kFailOver, kUnknown,
     kUnknown},
    {"HTML with an error", Failure::none, 200, Reason::device_error, page, kFailOver, kFailOver, kUnknown,
     kUnknown, false},
    {"403 with HTML", Failure::none, 403, Reason::access_denied, no_access, kFailOver, kFailOver, kDeliver,
     kDeliver, false},
    {"429 with HTML", Failure::none, 429, Reason::device_busy, busy, kRepeat, kRepeat, kUnknown, kRepeat,
     false},
    {"unknown key, as plain text", Failure::none, 404, Reason::unknown_key, unknown_key, kDeliver, kFailOver,
     kDeliver, kDeliver, false},
    {"an error", Failure::none, 200, Reason::device_error, refused, kDeliver, kDeliver, kDeliver, kDeliver},
    {"descriptors closed by the program", Failure::descriptors_closed, 0, Reason::connection_lost,
     local_limit, kRepeat, kRepeat, kUnknown, kRepeat},
    {"no descriptor", Failure::process_limit, 0, Reason::process_limit, local_limit, kRepeat, kRepeat,
     kUnknown, kRepeat},
    {"no memory", Failure::out_of_memory, 0, Reason::out_of_memory, local, kDeliver, kDeliver, kUnknown,
     kDeliver},
    {"the process ends", Failure::stopped, 0, Reason::stopped, local, kDeliver, kDeliver, kUnknown, kDeliver},
    {"an unknown failure", Failure::other, 0, Reason::internal, local, kDeliver, kDeliver, kUnknown,
     kDeliver},
    {"waited for its turn", Failure::queue_timed_out, 0, Reason::too_many_requests, local, kDeliver, kDeliver,
     kUnknown, kDeliver},
};

TEST(Outcome, follows_from_one_table_of_reply_kinds_and_operations) {
  for (const auto& row : kRows) {
    const ReplyKind kind = kind_of(row.failure, row.status, row.judged, row.is_json);
    EXPECT_EQ(kind, row.kind) << row.name;
    EXPECT_EQ(action_after(kind, OperationKind::reading, false), row.reading) << row.name;
    EXPECT_EQ(action_after(kind, OperationKind::signing, false), row.signing) << row.name;
    EXPECT_EQ(action_after(kind, OperationKind::changing, false), row.changing) << row.name;
    EXPECT_EQ(action_after(kind, OperationKind::changing, true), row.changing_not_done) << row.name;
  }
}

TEST(Outcome, is_surely_nothing_where_nothing_was_sent_or_the_status_says_so) {
  transport::Reply reply;
  reply.may_have_acted = false;
  EXPECT_TRUE(surely_not_done(reply));
  reply.may_have_acted = true;
  for (const auto& [status, not_done] :
       {std::pair(0, false), {421, true}, {429, true}, {503, false}, {500, false}}) {
    reply.status = status;
    EXPECT_EQ(surely_not_done(reply), not_done) << status;
  }
}

TEST(Outcome, of_a_broken_connection_is_the_nodes_fault_when_it_comes_twice_in_a_row) {
  EXPECT_FALSE(is_of_the_node(line, 1, false));
  EXPECT_TRUE(is_of_the_node(line, 2, true));
}

TEST(Outcome, of_silence_is_not_the_nodes_fault_while_it_answers_others) {
  EXPECT_FALSE(is_of_the_node(silent, 1, true));
  EXPECT_TRUE(is_of_the_node(silent, 1, false));
}

TEST(Outcome, that_every_request_would_have_is_the_nodes_fault_at_once) {
  for (const auto kind : {unreachable, busy, untrusted, server_error, garbage, no_access})
    EXPECT_TRUE(is_of_the_node(kind, 1, true)) << static_cast<int>(kind);
  for (const auto kind : {good, page, unknown_key, wrong_pin, refused, local_limit, local})
    EXPECT_FALSE(is_of_the_node(kind, 5, false)) << static_cast<int>(kind);
}

TEST(Outcome, is_unanswered_where_the_node_sent_nothing_to_anybody) {
  transport::Reply reply;
  reply.failure = Failure::timed_out;
  EXPECT_TRUE(is_unanswered(silent, reply));
  reply.server_answers_others = true;
  EXPECT_FALSE(is_unanswered(silent, reply));
  reply.server_answers_others = false;
  reply.failure = Failure::none;
  EXPECT_FALSE(is_unanswered(silent, reply)) << "a gateway answered";
  reply.failure = Failure::cannot_connect;
  EXPECT_TRUE(is_unanswered(unreachable, reply));
}

}  // namespace
}  // namespace sesam::n200
