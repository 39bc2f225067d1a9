// SPDX-License-Identifier: Apache-2.0
#include "n200/failures.h"

namespace sesam::n200 {
namespace {

using transport::Failure;

constexpr FailureMeaning kMeanings[] = {
    {Failure::bad_url, Reason::bad_configuration, ReplyKind::local},
    {Failure::cannot_resolve, Reason::cannot_resolve, ReplyKind::unreachable},
    {Failure::cannot_connect, Reason::cannot_connect, ReplyKind::unreachable},
    {Failure::connect_timed_out, Reason::timed_out, ReplyKind::unreachable},
    {Failure::timed_out, Reason::timed_out, ReplyKind::silent},
    {Failure::queue_timed_out, Reason::too_many_requests, ReplyKind::local},
    {Failure::certificate_not_trusted, Reason::certificate_not_trusted, ReplyKind::untrusted},
    {Failure::certificate_outdated, Reason::certificate_outdated, ReplyKind::untrusted},
    {Failure::host_name_mismatch, Reason::host_name_mismatch, ReplyKind::untrusted},
    {Failure::bad_ca_file, Reason::certificate_not_trusted, ReplyKind::local},
    {Failure::bad_client_certificate, Reason::bad_configuration, ReplyKind::local},
    {Failure::client_rejected, Reason::bad_configuration, ReplyKind::untrusted},
    {Failure::tls_failed, Reason::tls_failed, ReplyKind::untrusted},
    {Failure::connection_lost, Reason::connection_lost, ReplyKind::line},
    {Failure::flooded, Reason::connection_lost, ReplyKind::silent},
    {Failure::malformed, Reason::bad_reply, ReplyKind::garbage},
    {Failure::too_large, Reason::reply_too_large, ReplyKind::garbage},
    {Failure::wrong_libcrypto, Reason::wrong_libcrypto, ReplyKind::local},
    {Failure::process_limit, Reason::process_limit, ReplyKind::local_limit},
    {Failure::descriptors_closed, Reason::connection_lost, ReplyKind::local_limit},
    {Failure::out_of_memory, Reason::out_of_memory, ReplyKind::local},
    {Failure::stopped, Reason::stopped, ReplyKind::local},
};

}  // namespace

FailureMeaning meaning_of(Failure failure) noexcept {
  for (const auto& row : kMeanings)
    if (row.failure == failure) return row;
  return {failure, Reason::internal, ReplyKind::local};
}

}  // namespace sesam::n200
