// SPDX-License-Identifier: Apache-2.0
// Receives replies, and reads the outcome of a transfer when it ends.
#pragma once

#include <curl/curl.h>

#include "transport/curl/easy.h"
#include "transport/curl/failures.h"

namespace sesam::transport::curl {

/// CURLOPT_WRITEFUNCTION(3) and CURLOPT_HEADERFUNCTION(3) of an Easy: collect the body, count the bytes of
/// the headers, and abort a transfer that grows too long.
std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* easy) noexcept;
std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* easy) noexcept;

/// Fills the call from a transfer that received a reply. Returns when the reply's last byte arrived.
Clock::time_point read_reply(Easy& easy) noexcept;
/// Whether such a transfer used HTTP/2 or HTTP/1.1.
Admission::Shape shape_of(const Easy& easy) noexcept;

/// Fills the call from a transfer that failed with that code, except Call::failure.
Evidence read_failure(const Easy& easy, CURLcode code) noexcept;

}  // namespace sesam::transport::curl
