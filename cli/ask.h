// SPDX-License-Identifier: Apache-2.0
// Asks whoever sits at the terminal, which need not be stdin.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/secret.h"

namespace sesam::cli {

/// Whether there is a terminal to ask at.
bool has_terminal() noexcept;

/// What a person must know before a question: on stderr, or with --json on the terminal, as stderr then has
/// JSON alone.
void explain_question(const std::string& text);

/// Asks for a secret, without echo, and writes it with a closing zero; false where there is no terminal or no
/// answer. Ctrl-C ends the process, as it does anywhere else.
bool ask_secret(const std::string& question, std::span<char> answer);
/// Asks for a secret, without echo; nothing where there is no terminal or no answer.
std::optional<Secret> ask_secret(const std::string& question);
/// The same for a new one, asked for twice; nothing also where the answers differ.
std::optional<Secret> ask_new_secret(const std::string& question);
/// The same, but the answer may be empty.
std::optional<Secret> ask_optional_secret(const std::string& question);
/// Asks for anything else.
std::optional<std::string> ask_text(const std::string& question);
/// The same; an empty answer stands for `otherwise`, which the question shows.
std::optional<std::string> ask_text(const std::string& question, const std::string& otherwise);
/// Whether the answer is "yes" or "y".
bool confirms(const std::string& question);

}  // namespace sesam::cli
