// SPDX-License-Identifier: Apache-2.0
// `sesam encrypt` and `sesam decrypt`: encrypt and decrypt text with a symmetric key in the device.
#include <openssl/crypto.h>

#include <cctype>

#include "base/hex.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/pin_options.h"
#include "n200/key_type_forms.h"

namespace sesam::cli {
namespace {

struct Arguments {
  std::string key;
  std::string in;
  std::string out;
  PinOptions pin;
};

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

Result<Secret> read_secret(const std::string& path) {
  Secret text;
  SESAM_CHECK(read_input(path, [&](std::span<unsigned char> block) {
    text.append({reinterpret_cast<const char*>(block.data()), block.size()});
    OPENSSL_cleanse(block.data(), block.size());
  }));
  return text;
}

Result<n200::KeyHandle> symmetric_key(n200::Device& device, const Arguments& arguments) {
  SESAM_TRY(found, find_key(device, arguments.key));
  if (n200::family_of(found.record.key_type) != n200::KeyFamily::symmetric)
    return Error{Reason::unsupported_key, "'" + name_to_tell(found.record) + "' is a key of type " +
                                              found.record.key_type +
                                              "; only symmetric keys (SYM) encrypt and decrypt"};
  return handle_of(device, std::move(found), arguments.pin);
}

Result<bool> encrypt(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(key, symmetric_key(*device, arguments));
  SESAM_TRY(plain, read_secret(arguments.in));
  SESAM_TRY(cipher, device->encrypt(key, bytes_of(plain.reveal())));
  if (session.json)
    print_json({{"ciphertext", to_hex(cipher)}});
  else
    SESAM_CHECK(write_output(arguments.out, to_hex(cipher) + "\n"));
  return true;
}

Result<bool> decrypt(const Session& session, const Arguments& arguments) {
  SESAM_TRY(device, session.device());
  SESAM_TRY(key, symmetric_key(*device, arguments));
  SESAM_TRY(text, read_whole(arguments.in));
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  const auto cipher = from_hex(text);
  if (!cipher)
    return Error{Reason::bad_argument,
                 (arguments.in.empty() ? "stdin" : arguments.in) +
                     std::string(": expected hexadecimal digits, as written by 'sesam encrypt'")};
  SESAM_TRY(plain, device->decrypt(key, *cipher));
  if (session.json)
    print_json({{"text", plain.reveal()}});
  else
    SESAM_CHECK(write_output(arguments.out, plain.reveal(), Readers::owner));
  return true;
}

using Run = Result<bool> (*)(const Session&, const Arguments&);

void add(CLI::App& app, Session& session, const char* name, const char* help, Run run) {
  auto* command = app.add_subcommand(name, help);
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("KEY", arguments->key, kKeyHelp)->required();
  command->add_option("--in", arguments->in, "read this file instead of stdin")->type_name("FILE");
  command->add_option("--out", arguments->out, "write to this file instead of stdout")->type_name("FILE");
  add_pin_source(*command, session, arguments->pin);
  command->callback([&session, command, arguments, run] {
    refuse_with_json(session, *command, {"--out"});
    session.command = [&session, arguments, run] { return run(session, *arguments); };
  });
}

}  // namespace

void add_encrypt(CLI::App& app, Session& session) {
  add(app, session, "encrypt", "Encrypt text with a symmetric key in the device", &encrypt);
}

void add_decrypt(CLI::App& app, Session& session) {
  add(app, session, "decrypt", "Decrypt the output of encrypt", &decrypt);
}

}  // namespace sesam::cli
