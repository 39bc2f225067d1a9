// SPDX-License-Identifier: Apache-2.0
#include "n200/open_metrics.h"

#include <charconv>
#include <cstdint>

#include "metrics/counts.h"
#include "n200/wire.h"

namespace sesam::n200 {
namespace {

static_assert(static_cast<std::size_t>(Operation::count) <= metrics::Counts::kMaxOperations);

// Exact seconds. A whole number has one decimal: two spellings of a bucket's bound would be two buckets.
std::string seconds(std::chrono::microseconds time) {
  std::string fraction = std::to_string(time.count() % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(time.count() / 1'000'000) + "." + (fraction.empty() ? "0" : fraction);
}

class Exposition {
 public:
  explicit Exposition(std::string_view labels) : labels_(labels) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    family_ = name;
    text_.append("# TYPE ").append(name).append(" ").append(type);
    if (name.ends_with("_seconds")) text_.append("\n# UNIT ").append(name).append(" seconds");
    text_.append("\n# HELP ").append(name).append(" ").append(help).append("\n");
  }

  template <class Number>
  void sample(std::string_view suffix, Number number, std::string_view more_labels = {}) {
    text_.append(family_).append(suffix);
    const std::string_view comma = labels_.empty() || more_labels.empty() ? "" : ",";
    if (!labels_.empty() || !more_labels.empty())
      text_.append("{").append(labels_).append(comma).append(more_labels).append("}");
    text_.append(" ");
    if constexpr (std::is_integral_v<Number>)
      text_.append(std::to_string(number));
    else
      text_.append(number);
    text_.append("\n");
  }

  std::string end() && { return std::move(text_.append("# EOF\n")); }

 private:
  const std::string_view labels_;
  std::string_view family_;
  std::string text_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name).append("=\"").append(value).append("\"");
}

// "operation" as in the wire_... settings.
std::string operation_label(const WireDefault& row) {
  return label("operation", row.key.substr(std::string_view("wire_").size()));
}

// Includes operations that were never requested: a counter that appears with its first event hides that event
// from a query for an increase.
void add_by_operation(Exposition& text, const metrics::Counts::ByOperation<metrics::Count>& by_operation) {
  for (const auto& row : wire_defaults())
    text.sample("_total", by_operation[static_cast<std::size_t>(row.operation)].get(), operation_label(row));
}

void add_failures(Exposition& text, const metrics::Counts& counts) {
  text.family("sesam_failures", "counter", "Failed operations, by the reason on OpenSSL's error stack.");
  for (std::size_t reason = 1; reason < counts.failures.size(); ++reason)
    text.sample("_total", counts.failures[reason].get(),
                label("reason", name_of(static_cast<Reason>(reason))));
  text.family("sesam_last_failure_timestamp_seconds", "gauge",
              "Time of the last failure for this reason; without a sample, none occurred.");
  for (std::size_t reason = 1; reason < counts.last_failures.size(); ++reason)
    if (const auto last = counts.last_failures[reason].get(); last != 0)
      text.sample("", last, label("reason", name_of(static_cast<Reason>(reason))));
}

// Escapes a label's value, which may contain anything (OpenMetrics 1.0, "Escaping").
std::string escaped(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (c == '\\' || c == '"') clean += '\\';
    clean += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return clean;
}

// A node has no such samples until there was a connection to it.
void add_certificates(Exposition& text, const metrics::Counts& counts) {
  const auto add = [&](const metrics::Level& ends, const char* url, std::string_view whose) {
    if (ends.get() != 0)
      text.sample("", ends.get(), label("node", escaped(url)) + "," + label("certificate", whose));
  };
  text.family(
      "sesam_certificate_expiry_timestamp_seconds", "gauge",
      "Expiry of the newest connection's certificates: the first of the device's chain, or client_cert.");
  for (const auto& node : counts.nodes)
    if (const char* url = node.url.load(std::memory_order_acquire); url != nullptr) {
      add(node.device_certificate_ends, url, "device");
      add(node.client_certificate_ends, url, "client");
    }
}

void add_nodes(Exposition& text, const metrics::Counts& counts) {
  const auto each = [&](std::string_view suffix, auto number) {
    for (const auto& node : counts.nodes)
      if (const char* url = node.url.load(std::memory_order_acquire); url != nullptr)
        text.sample(suffix, number(node), label("node", escaped(url)));
  };
  text.family("sesam_node_healthy", "gauge",
              "Whether the node is in use; 0: it is avoided, or does not respond.");
  each("", [](const metrics::NodeCounts& node) { return node.unhealthy.get() == 0 ? 1 : 0; });
  text.family("sesam_node_failures", "counter", "How often the node became unhealthy.");
  each("_total", [](const metrics::NodeCounts& node) { return node.failures.get(); });
  add_certificates(text, counts);
}

// Buckets are cumulative. A duration that is counted meanwhile may be missing from the sum, but the buckets
// always agree with each other.
void add_durations(Exposition& text, const WireDefault& row, const metrics::Durations& durations) {
  std::uint64_t below = 0;
  const std::string operation = operation_label(row);
  for (std::size_t bucket = 0; bucket <= metrics::Durations::kBounds.size(); ++bucket) {
    below += durations.in_bucket(bucket);
    const std::string bound =
        bucket == metrics::Durations::kBounds.size() ? "+Inf" : seconds(metrics::Durations::kBounds[bucket]);
    text.sample("_bucket", below, operation + "," + label("le", bound));
  }
  text.sample("_count", below, operation);
  text.sample("_sum", seconds(durations.total()), operation);
}

bool has_any(const metrics::Durations& durations) noexcept {
  for (std::size_t bucket = 0; bucket <= metrics::Durations::kBounds.size(); ++bucket)
    if (durations.in_bucket(bucket) != 0) return true;
  return false;
}

}  // namespace

std::string open_metrics(const metrics::Counts& counts, std::string_view labels) {
  Exposition text(labels);
  text.family("sesam_signatures", "counter", "Signatures that the device made.");
  text.sample("_total", counts.signatures.get());
  text.family("sesam_last_success_timestamp_seconds", "gauge",
              "Time of the device's last signature; 0: none in this process.");
  text.sample("", counts.signatures.last());
  text.family("sesam_audit_failures", "counter", "Audit records that could not be written.");
  text.sample("_total", counts.audit_failures.get());
  text.family("sesam_requests", "counter", "HTTP requests to the device, including retries.");
  add_by_operation(text, counts.requests);
  text.family("sesam_retries", "counter", "Requests that were retries.");
  add_by_operation(text, counts.retries);
  add_failures(text, counts);
  text.family(
      "sesam_request_duration_seconds", "histogram",
      "Time from sending a request to the end of its reply; requests without a reply are not counted.");
  for (const auto& row : wire_defaults())
    if (const auto& durations = counts.durations[static_cast<std::size_t>(row.operation)]; has_any(durations))
      add_durations(text, row, durations);
  text.family("sesam_requests_in_flight", "gauge", "HTTP requests that the device has not answered yet.");
  text.sample("", counts.in_flight.get());
  text.family("sesam_connections_opened", "counter",
              "Connections to the device that were started, including failed ones.");
  text.sample("_total", counts.connections_opened.get());
  text.family("sesam_connections_open", "gauge",
              "Connections to the device that are open or being established.");
  text.sample("", counts.connections_open.get());
  text.family("sesam_connections_allowed", "gauge",
              "Limit on concurrent HTTP/1.1 connections that the device was found to have; 0: not reached.");
  text.sample("", counts.connections_allowed.get());
  add_nodes(text, counts);
  text.family("sesam_key_cache_hits", "counter", "Keys looked up without a request.");
  text.sample("_total", counts.key_cache_hits.get());
  text.family("sesam_key_cache_misses", "counter", "Keys looked up by a request.");
  text.sample("_total", counts.key_cache_misses.get());
  return std::move(text).end();
}

}  // namespace sesam::n200
