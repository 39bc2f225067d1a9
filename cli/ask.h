// SPDX-License-Identifier: Apache-2.0
// Prompts at the controlling terminal (/dev/tty), which need not be stdin.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/secret.h"

namespace sesam::cli {

/// Whether the process has a controlling terminal.
bool has_terminal() noexcept;

/// Prints the background of a question: on stderr, or with --json on the terminal, because stderr then
/// carries JSON only.
void explain_question(const std::string& text);

/// Prompts for a secret, without echo, and stores it null-terminated. Returns false without a terminal or an
/// answer. Ctrl-C ends the process, as usual.
bool ask_secret(const std::string& question, std::span<char> answer);
/// Prompts for a secret of up to 256 bytes, without echo. Nothing without a terminal or an answer.
std::optional<Secret> ask_secret(const std::string& question);
/// The same for a new secret, which is asked for twice. Also nothing if the two answers differ.
std::optional<Secret> ask_new_secret(const std::string& question);
/// As ask_secret(), but the answer may be empty.
std::optional<Secret> ask_optional_secret(const std::string& question);
/// Prompts for text of up to 256 bytes, with echo. Nothing without a terminal or an answer.
std::optional<std::string> ask_text(const std::string& question);
/// The same; an empty answer selects the default `otherwise`, which the prompt shows.
std::optional<std::string> ask_text(const std::string& question, const std::string& otherwise);
/// Whether the answer is "yes" or "y".
bool confirms(const std::string& question);

}  // namespace sesam::cli
