// SPDX-License-Identifier: Apache-2.0
// `sesam bench`: signatures per second, and their latency.
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/bench_run.h"
#include "cli/commands.h"
#include "cli/latency_plot.h"
#include "cli/message.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  unsigned threads = 64;
  unsigned seconds = 5;
  std::string svg;
};

constexpr struct {
  const char* name;
  double share;
} kPercentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}};

std::string milliseconds(std::uint32_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f ms", us / 1000.0);
  return text;
}

std::string rate(double per_second) {
  char text[32];
  std::snprintf(text, sizeof text, per_second < 100 ? "%.1f" : "%.0f", per_second);
  return text;
}

// A status line on stderr that overwrites itself; shown on a terminal only.
class ProgressLine {
 public:
  void tell(std::uint64_t signatures, double seconds) const {
    if (!shown_) return;
    std::fprintf(stderr, "\r%.1f s: %llu signatures, %s per second \x1b[K", seconds,
                 static_cast<unsigned long long>(signatures),
                 rate(static_cast<double>(signatures) / seconds).c_str());
  }
  ~ProgressLine() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }

 private:
  bool shown_ = isatty(STDERR_FILENO) == 1;
};

Json json_of(const Arguments& arguments, const keymgmt::KeyData& key, const BenchResult& result) {
  Json latencies;
  for (const auto& percentile : kPercentiles)
    latencies[percentile.name] = result.percentile_us(percentile.share);
  Json json = {{"key", key.uri},
               {"threads", arguments.threads},
               {"seconds", result.seconds},
               {"signatures", result.latencies_us.size()},
               {"failures", result.failures},
               {"per_second", result.per_second()},
               {"latency_us", latencies}};
  if (result.first_failure) json["first_failure"] = text_of(*result.first_failure);
  return json;
}

void print_result(const Arguments& arguments, const BenchResult& result) {
  std::cout << result.latencies_us.size() << " signatures by " << arguments.threads
            << " threads: " << rate(result.per_second()) << " per second\nlatency:";
  for (const auto& percentile : kPercentiles)
    std::cout << "  " << percentile.name << ' ' << milliseconds(result.percentile_us(percentile.share));
  std::cout << "\n\n" << text_plot(latency_bars(result.latencies_us), speaks_utf8());
}

Result<void> write_svg(const Arguments& arguments, const BenchResult& result) {
  return write_output(arguments.svg, svg_plot(latency_bars(result.latencies_us),
                                              rate(result.per_second()) + " signatures per second, " +
                                                  std::to_string(arguments.threads) + " threads"));
}

Result<bool> bench(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(key, open_key(device, arguments.key, true));
  // Before the clock starts: opens the connection, and reports problems with the key.
  SESAM_CHECK(sign_once(*key, 0));
  BenchResult result;
  {
    const ProgressLine line;
    result = run_bench(*key, arguments.threads, std::chrono::seconds(arguments.seconds),
                       [&line](std::uint64_t signatures, double seconds) { line.tell(signatures, seconds); });
  }
  if (session.json) {
    print_json(json_of(arguments, *key, result));
  } else {
    print_result(arguments, result);
  }
  if (!arguments.svg.empty()) SESAM_CHECK(write_svg(arguments, result));
  if (!result.first_failure) return true;
  std::cout.flush();
  if (!session.json)
    std::cerr << "sesam: " << result.failures << " of " << arguments.threads << " threads failed\n";
  return *result.first_failure;
}

}  // namespace

void add_bench(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("bench", "Measure signatures per second and their latency");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("KEY", arguments->key, kKeyHelp)->required();
  command->add_option("--threads", arguments->threads, "number of threads; default: 64")
      ->type_name("N")
      ->check(decimal())
      ->check(CLI::Range(1, 1024));
  command->add_option("--seconds", arguments->seconds, "duration in seconds; default: 5")
      ->type_name("S")
      ->check(decimal())
      ->check(CLI::Range(1, 86400));
  command->add_option("--svg", arguments->svg, "also write a chart of the latencies to this file")
      ->type_name("FILE");
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return bench(session, *arguments); };
  });
}

}  // namespace sesam::cli
