// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/easy.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <string_view>

#include "base/base64.h"
#include "transport/curl/connections.h"
#include "transport/curl/libcrypto.h"
#include "transport/curl/receiving.h"

namespace sesam::transport::curl {
namespace {

using std::chrono::duration_cast, std::chrono::milliseconds;

// Idle connections are kept (libcurl's default is 118 s): TCP keep-alive detects when one is dead.
constexpr long kConnectionAgeS = 30L * 24 * 3600;
constexpr long kKeepAliveIdleS = 30;
constexpr long kKeepAliveIntervalS = 10;
// libcurl allocates both buffers for each request. With its default of 64 KiB for uploads, glibc trims the
// heap with every free(3), and the buffer is most of the memory of a request in flight.
constexpr long kBufferBytes = 16 * 1024;
constexpr const char* kUserAgent = "sesam/" SESAM_VERSION;
constexpr const char* kNoDirectory = "/dev/null";

void append(curl_slist*& list, const char* text) {
  curl_slist* longer = curl_slist_append(list, text);
  if (longer == nullptr) throw std::bad_alloc();
  list = longer;
}

/// "Authorization: Basic …" (RFC 7617), terminated by a zero byte.
Secret authorization_line(const std::string& user, const Secret& password) {
  Secret pair;
  pair.append(user);
  pair.append(":");
  pair.append(password.reveal());
  const auto text = pair.reveal();
  Secret line("Authorization: Basic ");
  append_base64(line, {reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  line.append({"\0", 1});
  return line;
}

void set(CURL* handle, CURLoption option, long value) { curl_easy_setopt(handle, option, value); }
void set(CURL* handle, CURLoption option, const char* value) { curl_easy_setopt(handle, option, value); }

// libcurl reads the PEM text in place: the options outlive all handles. With GnuTLS, libcurl does not know
// the option (7.88) or accepts and ignores it; then it reads the file for each connection. With OpenSSL, the
// text takes precedence over the file.
void set_pem(CURL* handle, CURLoption option, std::string_view pem, CURLoption file_option,
             const std::string& path) {
  if (pem.empty()) return;
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  const bool known = curl_easy_setopt(handle, option, &blob) == CURLE_OK;
  if (!known || option != CURLOPT_CAINFO_BLOB) set(handle, file_option, path.c_str());
}

CURLcode prepare_tls(CURL*, void* pointer, void*) {
  auto* const context = static_cast<SSL_CTX*>(pointer);
  // libcurl would write the connection's keys to the file named by SSLKEYLOGFILE, where others may read them.
  SSL_CTX_set_keylog_callback(context, nullptr);
  // Must be set before the handshake: OpenSSL 3.2 and later check for it only when encryption starts.
  SSL_CTX_set_msg_callback(context, Connections::on_record);
  return CURLE_OK;
}

void preset_tls(CURL* handle, const Options& options) {
  set(handle, CURLOPT_PROTOCOLS_STR, "https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  // With another backend, the SSL context belongs to another library.
  const bool has_openssl = libcurl_has_openssl();
  if (has_openssl) curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, &prepare_tls);
  // In addition to CURLOPT_CAINFO_BLOB and CURLOPT_CAINFO, libcurl trusts a directory of its own. Null
  // selects the default directory in libcurl 8.22; with GnuTLS, a path that is not a directory is an error.
  if (!options.ca_pem.empty()) set(handle, CURLOPT_CAPATH, has_openssl ? kNoDirectory : nullptr);
  set_pem(handle, CURLOPT_CAINFO_BLOB, options.ca_pem, CURLOPT_CAINFO, options.ca_path);
  set_pem(handle, CURLOPT_SSLCERT_BLOB, options.client_cert_pem, CURLOPT_SSLCERT, options.client_cert_path);
  set_pem(handle, CURLOPT_SSLKEY_BLOB, options.client_key_pem.reveal(), CURLOPT_SSLKEY,
          options.client_key_path);
}

void preset_connection(CURL* handle) {
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(handle, CURLOPT_PIPEWAIT, 1L);
  // No proxy from the environment: credentials go to the device only, and the lookup costs each request.
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOPROXY, "*");
  set(handle, CURLOPT_USERAGENT, kUserAgent);
  set(handle, CURLOPT_ACCEPT_ENCODING, "");  // otherwise libcurl decodes no Content-Encoding
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_QUICK_EXIT,
      1L);  // otherwise an unresponsive name server delays the end of the process by 5 s
  set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle, CURLOPT_TCP_KEEPIDLE, kKeepAliveIdleS);
  set(handle, CURLOPT_TCP_KEEPINTVL, kKeepAliveIntervalS);
  set(handle, CURLOPT_MAXAGE_CONN, kConnectionAgeS);
  set(handle, CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  set(handle, CURLOPT_BUFFERSIZE, kBufferBytes);
}

}  // namespace

Easy::~Easy() { curl_easy_cleanup(handle); }

Easies::Login::Login(const Options& options, const Passwords::Password& password, curl_slist* other_headers)
    : password_number(password.number), authorization(authorization_line(options.user, password.secret)) {
  line = {const_cast<char*>(authorization.reveal().data()), other_headers};  // libcurl only reads it
}

Easies::Easies(const Options& options, const Passwords& passwords, Connections& connections)
    : options_(options), passwords_(passwords), connections_(connections) {
  append(headers_, "Accept: */*");       // as in the observed requests
  append(headers_, "Accept-Encoding:");  // not requested, but decoded if the server encodes anyway
}

Easies::~Easies() {
  all_.clear();
  curl_slist_free_all(headers_);
}

void Easies::preset(Easy& easy) const {
  CURL* handle = easy.handle;
  preset_tls(handle, options_);
  preset_connection(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, easy.error);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, &easy);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &easy);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &easy);
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, Connections::on_sending);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, &easy);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, Connections::open_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &easy);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, Connections::close_socket);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, &connections_);
}

std::unique_ptr<Easy> Easies::make() const {
  auto easy = std::make_unique<Easy>();
  easy->handle = curl_easy_init();
  if (easy->handle == nullptr) throw std::bad_alloc();
  easy->connections = &connections_;
  preset(*easy);
  return easy;
}

void Easies::set_headers(Easy& easy) {
  curl_slist* headers = headers_;
  if (!options_.user.empty()) {
    const auto& password = passwords_.newest();
    if (logins_.empty() || logins_.back()->password_number != password.number)
      logins_.push_back(std::make_unique<Login>(options_, password, headers_));
    headers = &logins_.back()->line;
  }
  if (easy.headers != headers) curl_easy_setopt(easy.handle, CURLOPT_HTTPHEADER, headers);
  easy.headers = headers;
}

bool Easies::set_url(Easy& easy, const Call& call, Lane& lane) const {
  // Paths without arguments are few and recur.
  const std::string_view path = call.path.reveal();
  CURLU* url = call.path_is_fixed ? lane.urls.shared(path) : nullptr;
  if (url != nullptr && url == easy.url) return true;
  Url own;
  if (url == nullptr) {
    own = lane.urls.parse(path);
    if (!own) return false;
    url = own.get();
  }
  curl_easy_setopt(easy.handle, CURLOPT_CURLU, url);
  easy.url = url;
  easy.own_url = std::move(own);  // the previous URL is freed only after libcurl has stopped using it
  return true;
}

void Easies::set_address(Easy& easy, const Lane& lane) noexcept {
  if (easy.connect_to != lane.addresses.in_use())
    curl_easy_setopt(easy.handle, CURLOPT_CONNECT_TO, lane.addresses.in_use());
  easy.connect_to = lane.addresses.in_use();
}

// Several addresses share the connect time-out, so that an unresponsive one leaves time for the next. The
// addresses not yet tried also share the time that is left until the call's deadline.
void Easies::set_time_limits(Easy& easy, const Call& call, const Lane& lane,
                             Clock::time_point now) const noexcept {
  const auto left = std::max<std::int64_t>(1, duration_cast<milliseconds>(call.deadline - now).count());
  set(easy.handle, CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::min<std::int64_t>(left, options_.request_timeout_ms)));
  const auto sharers = static_cast<std::int64_t>(lane.admission.is_up() ? 1 : lane.addresses.untried());
  const auto share = std::max(left / sharers, std::min<std::int64_t>(left, kMinConnectShareMs));
  const auto configured =
      std::min(options_.connect_timeout_ms / static_cast<std::int64_t>(lane.addresses.count()),
               static_cast<std::int64_t>(options_.request_timeout_ms));
  easy.own_deadline = share < configured;
  const auto connect_timeout_ms = static_cast<long>(std::max<std::int64_t>(1, std::min(share, configured)));
  if (easy.connect_timeout_ms != connect_timeout_ms)
    set(easy.handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  easy.connect_timeout_ms = connect_timeout_ms;
}

void Easies::set_body(Easy& easy, const Call& call) noexcept {
  if (call.method == Method::post) {
    curl_easy_setopt(easy.handle, CURLOPT_POSTFIELDS,
                     call.body.data());  // not copied: the call outlives the transfer
    curl_easy_setopt(easy.handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    if (!easy.is_post) set(easy.handle, CURLOPT_POST, 1L);
    easy.is_post = true;
  } else if (easy.is_post) {
    set(easy.handle, CURLOPT_HTTPGET, 1L);
    easy.is_post = false;
  }
}

Easy* Easies::take(Call& call, Lane& lane, Clock::time_point now, Failure& why_not) noexcept try {
  why_not = Failure::bad_url;
  if (idle_.empty()) {
    idle_.reserve(all_.size() + 1);  // give_back() must not allocate
    all_.push_back(make());
    idle_.push_back(all_.back().get());
  }
  Easy& easy = *idle_.back();
  if (!set_url(easy, call, lane)) return nullptr;
  set_headers(easy);
  set_address(easy, lane);
  if (std::exchange(lane.must_resolve_anew, false))
    curl_easy_setopt(easy.handle, CURLOPT_RESOLVE, lane.forget_addresses.get());  // for this transfer only
  set_body(easy, call);
  set_time_limits(easy, call, lane, now);
  easy.header_bytes = 0;
  easy.broken_off_for = Failure::none;
  easy.fresh = false;
  easy.error[0] = '\0';
  easy.call = &call;
  easy.lane = &lane;
  idle_.pop_back();
  return &easy;
} catch (const std::bad_alloc&) {
  why_not = Failure::out_of_memory;
  return nullptr;
}

void Easies::give_back(Easy& easy) noexcept {
  easy.call = nullptr;
  easy.lane = nullptr;
  idle_.push_back(&easy);
}

}  // namespace sesam::transport::curl
