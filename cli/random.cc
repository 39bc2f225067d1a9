// SPDX-License-Identifier: Apache-2.0
// `sesam random`: prints random bytes from the device.
#include <unistd.h>

#include <algorithm>

#include "base/base64.h"
#include "base/hex.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/progress.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::size_t count = 0;
  bool hex = false;
  bool base64 = false;
  std::string out;
};

constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;
constexpr std::size_t kAtOnce = 16 * n200::Device::kMaxRandomBytes;  // within one deadline

Result<Bytes> random_bytes(n200::Device& device, std::size_t count) {
  Bytes bytes(count);
  Progress progress((count + kAtOnce - 1) / kAtOnce);
  for (std::span<unsigned char> rest = bytes; !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), kAtOnce));
    progress.next("random numbers");
    SESAM_CHECK(device.random(part));
    rest = rest.subspan(part.size());
  }
  return bytes;
}

// Hexadecimal on a terminal, which raw bytes would garble.
std::string shown(const Bytes& bytes, const Arguments& arguments) {
  const bool to_terminal = arguments.out.empty() && ::isatty(STDOUT_FILENO) == 1;
  if (arguments.base64) return to_base64(bytes) + "\n";
  if (arguments.hex || to_terminal) return to_hex(bytes) + "\n";
  return std::string(bytes.begin(), bytes.end());
}

Result<bool> random(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(bytes, random_bytes(*device, arguments.count));
  if (session.json)
    print_json({{"random", to_hex(bytes)}});
  else
    SESAM_CHECK(write_output(arguments.out, shown(bytes, arguments), Readers::owner));
  return true;
}

}  // namespace

void add_random(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("random", "Get random bytes from the device");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("N", arguments->count, "number of bytes, 16 MiB at most")
      ->required()
      ->check(decimal())
      ->check(CLI::Range(std::size_t{1}, kMaxBytes));
  auto* hex = command->add_flag("--hex", arguments->hex, "print hexadecimal digits; default on a terminal");
  command->add_flag("--base64", arguments->base64, "print base64")->excludes(hex);
  command->add_option("--out", arguments->out, "write to this file instead of stdout")->type_name("FILE");
  command->callback([&session, command, arguments] {
    refuse_with_json(session, *command, {"--out", "--base64"});
    session.command = [&session, arguments] { return random(session, *arguments); };
  });
}

}  // namespace sesam::cli
