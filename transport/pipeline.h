// SPDX-License-Identifier: Apache-2.0
// The pipeline: HTTP requests of any number of threads over one connection, driven by one background thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/counts.h"
#include "base/log.h"
#include "base/secret.h"

namespace sesam::n200::http {

/// Writes down what was counted, with these labels on every sample.
using MetricsText = std::string (*)(const Counts& counts, std::string_view labels);

/// Where to and how; immutable. Two pipelines with equal options are one pipeline (see for_options).
struct Options {
  std::vector<std::string> urls;  ///< base URLs "https://host[:port]", the nodes of one cluster
  /// Where to connect instead of resolving: nothing, or an entry for each of `urls`, "host" or "host:port",
  /// several of one node separated by '|'.
  std::vector<std::string> addresses;
  std::string ca_pem;   ///< trusted certificates, PEM, read at init; empty: the system's CAs
  std::string ca_path;  ///< where ca_pem came from, for messages, and for a libcurl that reads files alone
  std::string client_cert_pem;  ///< mutual TLS; empty: none
  Secret client_key_pem;
  std::string client_cert_path, client_key_path;  ///< where these came from
  std::string user;                               ///< HTTP Basic (RFC 7617); empty: no Authorization header
  Secret password;
  unsigned connect_timeout_ms = 3000;
  unsigned request_timeout_ms = 10000;
  unsigned max_in_flight = 256;        ///< requests on the wire at one time
  unsigned streams = 256;              ///< of one HTTP/2 connection
  unsigned connections = 64;           ///< where the server speaks HTTP/1.1
  std::string metrics_file;            ///< a MetricsFile's pattern; empty: none
  MetricsText metrics_text = nullptr;  ///< what is written there

  bool operator==(const Options&) const = default;
};

enum class Method : std::uint8_t { get, post };

/// One request. The views must live until perform() returns; the pipeline keeps its own copy where it needs
/// one longer.
struct Request {
  std::size_t endpoint = 0;   ///< index into Options::urls
  std::size_t operation = 0;  ///< what it is for, as Counts::ByOperation counts it
  Method method = Method::post;
  std::string_view path;  ///< absolute, percent-encoded: "/n200/web/postv1"
  /// How much of the path is the same for every request of this operation. The rest may be a PIN: it is
  /// neither logged nor kept.
  std::size_t fixed_path_bytes = std::string_view::npos;
  std::string_view body;  ///< form-encoded; may hold a PIN: copies are wiped
  bool repeatable =
      false;  ///< doing it twice is harmless: it may try a connection that the server may not allow
  std::size_t reply_cap_bytes = 64 * 1024;         ///< a longer body is a too_large failure
  std::chrono::steady_clock::time_point deadline;  ///< perform() returns by then
};

/// What kept an HTTP reply from arriving. The names are ours, so that nothing outside this folder knows curl.
enum class Failure : std::uint8_t {
  none,                     ///< there is a reply: look at its status
  bad_url,                  ///< the URL cannot be used
  cannot_resolve,           ///< CURLE_COULDNT_RESOLVE_HOST
  cannot_connect,           ///< CURLE_COULDNT_CONNECT: refused, unreachable
  connect_timed_out,        ///< no connection within connect_timeout_ms
  timed_out,                ///< sent, no reply within request_timeout_ms or the deadline
  queue_timed_out,          ///< the deadline came before the request could be sent
  certificate_not_trusted,  ///< CURLE_PEER_FAILED_VERIFICATION: the chain
  certificate_outdated,     ///< the same: it has expired, or is not valid yet
  host_name_mismatch,       ///< CURLE_PEER_FAILED_VERIFICATION: the name
  bad_ca_file,              ///< ca_pem holds no certificate
  bad_client_certificate,   ///< client_cert or client_key unusable, or turned down by the peer
  tls_failed,               ///< any other failure of the handshake
  connection_lost,          ///< curl's 16, 18, 52, 55, 56, 92: repeatable where the command is
  flooded,                  ///< it sends without end, but no reply: the connection was closed
  malformed,                ///< what came is not HTTP, or not in a form that libcurl reads
  too_large,                ///< the reply is longer than reply_cap_bytes
  wrong_libcrypto,          ///< libcurl was built with another OpenSSL major version than ours
  process_limit,            ///< no descriptor or no thread to be had in this process
  descriptors_closed,       ///< the program closed descriptors that are ours; the next request gets new ones
  out_of_memory,
  stopped,  ///< the process is ending
  other,
};

struct Reply {
  Failure failure = Failure::other;
  bool may_have_acted = false;         ///< at least a part of the request may have reached the server
  int status = 0;                      ///< HTTP status, 0 if none arrived
  bool server_answers_others = false;  ///< timed_out: something else came from it meanwhile
  bool has_another_address = false;    ///< no connection came about, and the next try goes to another one
  long retry_after_s = 0;              ///< of 429 and 503, else 0
  std::string location;                ///< of 3xx: where it points to, made absolute; untrusted
  std::string body;                    ///< at most reply_cap_bytes
  std::string message;                 ///< libcurl's words about the failure, without secrets
};

/// What is known of a server that was probed.
enum class Health : std::uint8_t { unknown, well, ill };
using HealthFlag = std::shared_ptr<std::atomic<Health>>;

class Pipeline {
 public:
  /// The process's pipeline for these options: made when there is none, shared when there is. Starts no
  /// thread, does no I/O.
  static std::shared_ptr<Pipeline> for_options(Options options, std::shared_ptr<const Log> log);
  virtual ~Pipeline() = default;

  /// Sends the request and waits for its reply, by its deadline at the latest: the one blocking point. Starts
  /// the I/O thread if there is none. Safe from any thread; makes no repetition of its own. Inside an
  /// ASYNC_JOB (ASYNC_start_job(3)) it pauses the job.
  virtual Reply perform(const Request& request) = 0;
  /// Sends the request and returns at once. When it is over the flag says whether the server answered with
  /// something other than HTML, and not with an HTTP status of its own trouble (5xx); it stays as it is where
  /// the request could not even be made.
  virtual void probe(const Request& request, HealthFlag flag) noexcept = 0;
  /// Pauses the ASYNC_JOB that runs on this thread until then, by the means that perform() uses. false, and
  /// at once: there is no job, or none that could be resumed. Enter it holding no lock, with exactly one mark
  /// on the error stack.
  virtual bool pause_job_until(std::chrono::steady_clock::time_point until) noexcept = 0;
  virtual const Options& options() const noexcept = 0;

  /// Lets that time pass: in a job without the thread, where that is possible.
  void rest_until(std::chrono::steady_clock::time_point until) noexcept;
};

/// The life of the process; provider/ calls these, in this order of events.
enum class Stop { until_next_use, for_good };
/// Fails what waits, stops and joins the threads, within 2 s. From teardown of the last instance:
/// until_next_use; from atexit(3): for_good, after which perform() answers Failure::stopped at once.
void stop_all(Stop how = Stop::until_next_use) noexcept;
void before_fork() noexcept;  ///< park the I/O threads where they hold no lock of curl, OpenSSL or malloc
void after_fork_parent() noexcept;
void after_fork_child() noexcept;  ///< close the inherited sockets, forget the rest; the next perform()
                                   ///< builds anew

}  // namespace sesam::n200::http
