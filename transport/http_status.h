// SPDX-License-Identifier: Apache-2.0
// The HTTP status codes that we use (RFC 9110, section 15).
#pragma once

namespace sesam::transport::http_status {

inline constexpr int kRedirection = 300;  ///< the first 3xx code
inline constexpr int kClientError = 400;  ///< the first 4xx code
inline constexpr int kUnauthorized = 401;
inline constexpr int kForbidden = 403;
inline constexpr int kNotFound = 404;
inline constexpr int kMethodNotAllowed = 405;
inline constexpr int kMisdirectedRequest = 421;   ///< libcurl does not repeat the request
inline constexpr int kTooManyRequests = 429;      ///< RFC 6585, section 4
inline constexpr int kInternalServerError = 500;  ///< also the first 5xx code
inline constexpr int kNotImplemented = 501;
inline constexpr int kBadGateway = 502;
inline constexpr int kServiceUnavailable = 503;
inline constexpr int kGatewayTimeout = 504;

}  // namespace sesam::transport::http_status
