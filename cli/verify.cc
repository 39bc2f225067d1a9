// SPDX-License-Identifier: Apache-2.0
// `sesam verify`: verifies a signature locally, with the public key that the device returns.
#include <iostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/message.h"
#include "cli/output.h"
#include "signature/ecdsa_form.h"

namespace sesam::cli {
namespace {

struct Arguments {
  Message message;
  std::string signature;
};

// Converts to DER, where each integer may need a leading zero, and has tag and length.
Result<Bytes> der_of(std::span<const unsigned char> p1363) {
  Bytes der(p1363.size() + 16);
  SESAM_TRY(length, signature::der_of_p1363(p1363, der));
  der.resize(length);
  return der;
}

Result<Bytes> read_signature(const Arguments& arguments, const keymgmt::KeyData& key) {
  SESAM_TRY(text, read_whole(arguments.signature));
  Bytes bytes(text.begin(), text.end());
  if (!arguments.message.raw) return bytes;
  if (bytes.size() != key.device_signature_bytes)
    return Error{Reason::bad_signature,
                 arguments.signature + ": has " + std::to_string(bytes.size()) +
                     " bytes; expected: " + std::to_string(key.device_signature_bytes)};
  return der_of(bytes);
}

Result<bool> verify(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(digest, digest_of(arguments.message));
  SESAM_TRY(data, open_key(device, arguments.message.key, false));
  keymgmt::Key key(data, keymgmt::Key::Part::public_only);
  SESAM_TRY(signature, read_signature(arguments, *data));
  SESAM_TRY(good, verify_digest(key, arguments.message, digest, signature));
  if (session.json) print_json({{"verified", good}});
  if (!good)
    return Error{Reason::bad_signature, arguments.signature + " is not a signature of " +
                                            data->handle.description() + " over this digest"};
  if (!session.json) std::cout << "verified: signature of " << printable(data->handle.description()) << '\n';
  return true;
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("verify", "Verify a signature with the public part of a key in the device");
  const auto arguments = std::make_shared<Arguments>();
  add_message_options(*command, arguments->message);
  command->add_option("--signature", arguments->signature, "file with the signature")
      ->required()
      ->type_name("FILE");
  command->callback([&session, arguments] {
    session.command = [&session, arguments] { return verify(session, *arguments); };
  });
}

}  // namespace sesam::cli
