// SPDX-License-Identifier: Apache-2.0
// A device with its own form of the signing command, which the search must find. It receives candidates, and
// so placeholders like "{key_id}" instead of values.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/hex.h"
#include "cli/discover_search.h"

namespace sesam::cli::discover {

enum class UnknownFields { ignored, refused_by_name, refused };

struct Dialect {
  std::string method = "POST";
  std::string command = "eccsign";
  std::vector<std::string> needed{};  ///< "name=value", in the order in which the device checks them
  std::string pin_field{};            ///< empty: no PIN needed
  bool pin_comes_first = false;       ///< checked before all other fields
  UnknownFields unknown = UnknownFields::ignored;
  std::string arguments{};  ///< of a GET

  std::string no_such_command = R"({"error":"unknown command"})";
  std::function<std::string(const std::string&)> missing = [](const std::string& name) {
    return R"({"error":"missing parameter: )" + name + "\"}";
  };
  std::function<std::string(const std::string&)> bad_value = [](const std::string& name) {
    return R"({"error":"invalid value of parameter )" + name + "\"}";
  };
  std::string no_pin = R"({"error":"pin missing"})";
  std::string wrong_pin = R"({"error":"wrong pin"})";
  std::function<std::string(const std::string&)> reply = [](const std::string& hex) {
    return R"({"command":"eccsign","core":1,"result":")" + hex + "\"}";
  };
  int status = 200;
  bool pin_is_right = true;
  std::size_t bytes = 64;
};

class ImaginedDevice : public Target {
 public:
  explicit ImaginedDevice(Dialect dialect) : dialect_(std::move(dialect)) {}

  Answer ask(const Candidate& candidate, Trial trial) override {
    asked.push_back(candidate.row());
    if (candidate.carries_pin()) ++pins;
    if (candidate.carries_pin() && refused_pins > 0) ++pins_after_refusal;
    if (fails_with != 0) return {true, fails_with, "nothing"};
    const std::string method = candidate.method == transport::Method::post ? "POST" : "GET";
    if (method != dialect_.method || candidate.command != dialect_.command)
      return refusal(dialect_.no_such_command);
    if (method == "GET")
      return candidate.arguments == dialect_.arguments ? success(trial)
                                                       : refusal(dialect_.missing("argument"));
    return ask_post(candidate, trial);
  }

  Match verify(Trial trial, std::span<const unsigned char> signature) override {
    const Bytes right = signature_of(trial);
    return std::equal(signature.begin(), signature.end(), right.begin(), right.end()) ? Match::digest
                                                                                      : Match::none;
  }

  Bytes signature_of(Trial trial) const {
    return Bytes(dialect_.bytes, static_cast<unsigned char>(0x41 + static_cast<int>(trial)));
  }

  std::vector<std::string> asked;
  unsigned pins = 0;
  unsigned refused_pins = 0;
  unsigned pins_after_refusal = 0;
  int fails_with = 0;

 private:
  Answer refusal(const std::string& body) const { return {true, dialect_.status, body}; }
  Answer success(Trial trial) const { return {true, 200, dialect_.reply(to_hex(signature_of(trial)))}; }

  static std::string value(const Candidate& candidate, const std::string& name) {
    for (const auto& field : candidate.fields)
      if (field.name == name) return field.value;
    return {};
  }

  std::optional<Answer> check_pin(const Candidate& candidate) {
    if (dialect_.pin_field.empty()) return std::nullopt;
    if (!candidate.has(dialect_.pin_field)) return refusal(dialect_.no_pin);
    if (dialect_.pin_is_right) return std::nullopt;
    ++refused_pins;
    return refusal(dialect_.wrong_pin);
  }

  std::optional<Answer> check_names(const Candidate& candidate) const {
    if (dialect_.unknown == UnknownFields::ignored) return std::nullopt;
    for (const auto& field : candidate.fields) {
      const bool is_known = field.name == "core" || field.name == dialect_.pin_field ||
                            std::any_of(dialect_.needed.begin(), dialect_.needed.end(),
                                        [&](const auto& one) { return one.starts_with(field.name + "="); });
      if (is_known) continue;
      return refusal(dialect_.unknown == UnknownFields::refused
                         ? R"({"error":"bad request"})"
                         : R"({"error":"unknown parameter ')" + field.name + "'\"}");
    }
    return std::nullopt;
  }

  Answer ask_post(const Candidate& candidate, Trial trial) {
    if (auto no = dialect_.pin_comes_first ? check_pin(candidate) : std::nullopt) return *no;
    if (auto no = check_names(candidate)) return *no;
    for (const auto& one : dialect_.needed) {
      const auto equals = one.find('=');
      const std::string name = one.substr(0, equals);
      if (!candidate.has(name)) return refusal(dialect_.missing(name));
      if (value(candidate, name) != one.substr(equals + 1)) return refusal(dialect_.bad_value(name));
    }
    if (auto no = dialect_.pin_comes_first ? std::nullopt : check_pin(candidate)) return *no;
    return success(trial);
  }

  Dialect dialect_;
};

}  // namespace sesam::cli::discover
