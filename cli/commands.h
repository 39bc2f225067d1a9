// SPDX-License-Identifier: Apache-2.0
// The subcommands: one file each, called once by main().
#pragma once

#include <CLI/CLI.hpp>

#include "cli/session.h"

namespace sesam::cli {

/// The help of the argument KEY, for every subcommand.
inline constexpr char kKeyHelp[] =
    "name, key_id, token label or CKA_ID of the key, or a sesam: or pkcs11: URI";

/// Each function adds its subcommand to `app`; `session` must outlive `app`. Parsing stores the action of the
/// chosen subcommand in session.command, so that an invalid command line is found before any action.
void add_decrypt(CLI::App& app, Session& session);
void add_delete(CLI::App& app, Session& session);
void add_discover(CLI::App& app, Session& session);
void add_doctor(CLI::App& app, Session& session);
void add_encrypt(CLI::App& app, Session& session);
void add_generate(CLI::App& app, Session& session);
void add_import(CLI::App& app, Session& session);
void add_list(CLI::App& app, Session& session);
void add_random(CLI::App& app, Session& session);
void add_show(CLI::App& app, Session& session);
void add_setup(CLI::App& app, Session& session);
void add_sigstore(CLI::App& app, Session& session);
void add_sign(CLI::App& app, Session& session);
void add_timestamp(CLI::App& app, Session& session);
void add_uri(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_bench(CLI::App& app, Session& session);
void add_simulate(CLI::App& app, Session& session);

}  // namespace sesam::cli
