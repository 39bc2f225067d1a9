// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_reply.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "base/joined.h"
#include "cli/parse_json.h"
#include "n200/byte_forms.h"
#include "n200/encodings.h"
#include "ossl/ecdsa_signature.h"

namespace sesam::cli::discover {
namespace {

using Json = nlohmann::ordered_json;
using n200::Encoding;
using n200::SignatureForm;

constexpr unsigned kMaxDepth = 8;
constexpr unsigned kMaxChecks = 16;  // per reply: each costs at least one verification

// Removes white space, colons and a leading "0x".
std::string tidy(std::string_view text) {
  std::string clean;
  std::copy_if(text.begin(), text.end(), std::back_inserter(clean),
               [](unsigned char c) { return std::isspace(c) == 0 && c != ':'; });
  return clean.starts_with("0x") || clean.starts_with("0X") ? clean.substr(2) : clean;
}

class Search {
 public:
  Search(SignatureForm plain, std::size_t bytes, const Check& check)
      : plain_(plain), bytes_(bytes), check_(check) {}

  void visit(const Json& value, unsigned depth) {
    if (depth > kMaxDepth || is_over()) return;
    if (value.is_string()) {
      visit_text(value.get_ref<const std::string&>());
    } else if (value.is_object()) {
      visit_members(value, depth);
    } else if (value.is_array()) {
      const bool before = std::exchange(can_be_written_, false);
      for (const auto& element : value) visit(element, depth + 1);
      can_be_written_ = before;
    }
  }
  void visit_text(std::string_view text) {
    const std::string clean = tidy(text);
    if (const auto bytes = from_hex(clean); bytes && !bytes->empty()) take(*bytes, Encoding::hex);
    if (is_over()) return;
    if (const auto bytes = n200::bytes_of_base64(clean); bytes && !bytes->empty())
      take(*bytes, Encoding::base64);
  }
  void visit_body(std::string_view body) {
    can_be_written_ = false;
    visit_text(body);
  }
  std::optional<FoundSignature> found() { return std::move(found_); }

 private:
  bool is_over() const { return checks_ >= kMaxChecks || (found_ && found_->match == Match::digest); }

  void visit_members(const Json& object, unsigned depth) {
    visit_halves(object);
    for (const auto& [name, value] : object.items()) {
      const bool before = can_be_written_;
      // The grammar of wire rows does not allow these characters.
      if (name.empty() || name.find_first_of(".: \t{}$#\\\"'") != name.npos) can_be_written_ = false;
      path_.push_back(name);
      visit(value, depth + 1);
      path_.pop_back();
      can_be_written_ = before;
    }
  }

  // r and s as separate members.
  void visit_halves(const Json& object) {
    if (plain_ != SignatureForm::p1363) return;
    Bytes both;
    for (const char* name : {"r", "s"}) {
      const auto half = object.find(name);
      if (half == object.end() || !half->is_string()) return;
      std::string digits = tidy(half->get_ref<const std::string&>());
      if (digits.size() > bytes_) return;
      digits.insert(0, bytes_ - digits.size(), '0');
      const auto part = from_hex(digits);
      if (!part) return;
      both.insert(both.end(), part->begin(), part->end());
    }
    const bool before = std::exchange(can_be_written_, false);
    take(both, Encoding::hex);
    can_be_written_ = before;
  }

  void take(const Bytes& bytes, Encoding encoding) {
    Bytes raw(bytes_);
    auto form = plain_;
    if (bytes.size() == bytes_) {
      raw = bytes;
    } else if (plain_ == SignatureForm::p1363 && ossl::p1363_of_der(bytes, raw)) {
      form = SignatureForm::der;
    } else {
      return;
    }
    ++checks_;
    const Match match = check_(raw);
    const auto rank = [](Match m) { return m == Match::digest ? 2 : m == Match::hash_of_digest ? 1 : 0; };
    if (!found_ || rank(match) > rank(found_->match))
      found_ = FoundSignature{match, path_, can_be_written_, form, encoding};
  }

  const SignatureForm plain_;
  const std::size_t bytes_;
  const Check& check_;
  std::vector<std::string> path_;
  bool can_be_written_ = true;
  unsigned checks_ = 0;
  std::optional<FoundSignature> found_;
};

}  // namespace

std::string FoundSignature::row() const {
  std::string text = joined(path, ".");
  text += form == SignatureForm::der ? ":der" : form == SignatureForm::raw ? ":raw" : ":p1363";
  return text + (encoding == Encoding::base64 ? ":base64" : ":hex");
}

std::optional<FoundSignature> find_signature(std::string_view body, SignatureForm plain, std::size_t bytes,
                                             const Check& check) {
  Search search(plain, bytes, check);
  const Json json = parse_json(body);
  if (json.is_object())
    search.visit(json, 0);
  else if (json.is_array() || json.is_string())
    search.visit(Json::array({json}), 0);
  else
    search.visit_body(body);  // to JSON, a text of digits is a number
  return search.found();
}

}  // namespace sesam::cli::discover
