// SPDX-License-Identifier: Apache-2.0
#include "transport/loggable.h"

namespace sesam::transport {

std::string_view loggable(Failure failure, std::string_view message) noexcept {
  switch (failure) {
    case Failure::certificate_not_trusted:
      return "the certificate is not trusted";
    case Failure::certificate_outdated:
      return "the certificate has expired or is not valid yet";
    case Failure::host_name_mismatch:
      return "the certificate is for another host name";
    case Failure::client_rejected:
      return "the device rejected client_cert, or requires one";
    case Failure::tls_failed:
      return "the TLS handshake failed";
    case Failure::connection_lost:
      return "the connection was lost";
    case Failure::malformed:
      return "the reply is malformed";
    case Failure::other:
      return "unexpected failure";
    case Failure::none:
    case Failure::bad_url:
    case Failure::cannot_resolve:
    case Failure::cannot_connect:
    case Failure::connect_timed_out:
    case Failure::timed_out:
    case Failure::queue_timed_out:
    case Failure::bad_ca_file:
    case Failure::bad_client_certificate:
    case Failure::flooded:
    case Failure::too_large:
    case Failure::wrong_libcrypto:
    case Failure::process_limit:
    case Failure::descriptors_closed:
    case Failure::out_of_memory:
    case Failure::stopped:
      break;
  }
  return message;
}

}  // namespace sesam::transport
