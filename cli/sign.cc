// SPDX-License-Identifier: Apache-2.0
// `sesam sign`: signs a digest by the provider's own code.
#include <unistd.h>

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "ossl/ecdsa_signature.h"

namespace sesam::cli {
namespace {

struct Arguments {
  Message message;
  std::string out;
};

Result<Bytes> signature_of(const std::shared_ptr<n200::Device>& device, const Message& message) {
  SESAM_TRY(digest, digest_of(message));
  SESAM_TRY(data, open_key(device, message.key, true));
  keymgmt::Key key(data, keymgmt::Key::Part::with_private);
  SESAM_TRY(signature, sign_digest(key, message, digest));
  if (!message.raw) return signature;
  Bytes plain(data->device_signature_bytes);
  if (!ossl::p1363_of_der(signature, plain)) return Error{Reason::bad_signature, "not an ECDSA signature"};
  return plain;
}

// Writes hexadecimal to a terminal, which raw bytes would garble.
Result<bool> sign(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(signature, signature_of(device, arguments.message));
  if (session.json) {
    print_json({{"signature", to_hex(signature)}});
    return true;
  }
  const bool to_terminal = arguments.out.empty() && ::isatty(STDOUT_FILENO) == 1;
  SESAM_CHECK(write_output(arguments.out, to_terminal ? to_hex(signature) + "\n"
                                                      : std::string(signature.begin(), signature.end())));
  return true;
}

}  // namespace

void add_sign(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("sign", "Sign a file or a digest with a key in the device");
  const auto arguments = std::make_shared<Arguments>();
  add_message_options(*command, arguments->message);
  command->add_option("--out", arguments->out, "write the signature to this file instead of stdout")
      ->type_name("FILE");
  command->callback([&session, command, arguments] {
    refuse_with_json(session, *command, {"--out"});
    session.command = [&session, arguments] { return sign(session, *arguments); };
  });
}

}  // namespace sesam::cli
