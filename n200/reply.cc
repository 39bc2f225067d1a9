// SPDX-License-Identifier: Apache-2.0
#include "n200/reply.h"

#include <new>
#include <utility>

#include "base/joined.h"
#include "n200/json.h"
#include "n200/record_reader.h"
#include "n200/reply_members.h"

namespace sesam::n200 {
namespace {

// Deeper than RecordReader, members_of() and any wire row descend. simdjson allocates memory for each level,
// by default for 1024 levels, which is more than malloc(3) caches per thread.
constexpr std::size_t kParserDepth = 128;

// Reads the name in place. One with an escape is not compared, and counts.
bool may_name_an_error(ondemand::raw_json_string name) noexcept {
  const char* end = name.raw();
  while (*end != '"' && *end != '\\') ++end;
  return *end == '\\' || names_an_error({name.raw(), static_cast<std::size_t>(end - name.raw())});
}

}  // namespace

// On the heap: simdjson's parser is large, and an ASYNC_JOB's stack is 32 KiB.
struct ReplyDocument::Parsed {
  explicit Parsed(WipedText text) : body(std::move(text)), unescape(parser, body.size()) {}

  WipedText body;
  ondemand::parser parser;
  ondemand::document document;
  const Unescape unescape;

  std::optional<std::string> answer;  // what text() returns instead of what it would find
  bool may_report_error = false;
  std::optional<Error> reported_error;

  bool is_whole(ondemand::object object, int levels) {
    for (auto entry : object) {
      ondemand::raw_json_string name;
      if (entry.key().get(name)) return false;
      may_report_error = may_report_error || may_name_an_error(name);
      ondemand::object inner;
      if (levels > 1 && !entry.value().get_object().get(inner) && !is_whole(inner, levels - 1)) return false;
    }
    return true;
  }

  // Each search starts at the beginning, so members are found in any order. simdjson abandons a document with
  // a broken structure, and must not rewind it then.
  simdjson::simdjson_result<ondemand::object> root() {
    if (!document.is_alive()) return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    document.rewind();
    return document.get_object();
  }
  simdjson::simdjson_result<ondemand::value> at(std::span<const std::string> path) {
    ondemand::value found;
    const auto failed = exactly_at(path).get(found);
    if (failed == simdjson::NO_SUCH_FIELD) return about_at(path);
    if (failed) return failed;
    return found;
  }
  simdjson::simdjson_result<ondemand::value> exactly_at(std::span<const std::string> path) {
    ondemand::object object;
    if (auto failed = root().get(object)) return failed;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      ondemand::object inner;
      if (auto failed = object.find_field_unordered(path[i]).get_object().get(inner)) return failed;
      object = inner;
    }
    return object.find_field_unordered(path.back());
  }
  // The value at the path, with names in any spelling (canonical_name()).
  simdjson::simdjson_result<ondemand::value> about_at(std::span<const std::string> path) {
    ondemand::object object;
    if (auto failed = root().get(object)) return failed;
    for (std::size_t i = 0;; ++i) {
      ondemand::value value;
      if (auto failed = about(object, canonical_name(path[i])).get(value)) return failed;
      if (i + 1 == path.size()) return value;
      if (auto failed = value.get_object().get(object)) return failed;
    }
  }

 private:
  simdjson::simdjson_result<ondemand::value> about(ondemand::object object,
                                                   const std::string& canonical) const {
    for (auto entry : object) {
      std::string_view name;
      if (auto failed = unescape(entry.key()).get(name)) return failed;
      if (canonical_name(name) == canonical) return entry.value();
    }
    return simdjson::NO_SUCH_FIELD;
  }
};

namespace {

Error missing(std::span<const std::string> path, simdjson::error_code failed, std::string_view kind) {
  const std::string problem =
      failed == simdjson::INCORRECT_TYPE ? "' is not " + std::string(kind) : "' is missing";
  const bool about_field = failed == simdjson::INCORRECT_TYPE || failed == simdjson::NO_SUCH_FIELD;
  return about_field ? Error{Reason::reply_field_missing, "field '" + joined(path, ".") + problem}
                     : Error{Reason::bad_reply, std::string("JSON: ") + simdjson::error_message(failed)};
}

}  // namespace

ReplyDocument::ReplyDocument(std::unique_ptr<Parsed> parsed) noexcept : parsed_(std::move(parsed)) {}
ReplyDocument::ReplyDocument(ReplyDocument&&) noexcept = default;
ReplyDocument& ReplyDocument::operator=(ReplyDocument&&) noexcept = default;
ReplyDocument::~ReplyDocument() = default;

Result<ReplyDocument> ReplyDocument::parse(std::string_view body) {
  WipedText copy(body);
  return parse_in_place(copy);
}

Result<ReplyDocument> ReplyDocument::parse_in_place(WipedText& body) {
  if (const auto text = trimmed(body); text.size() != body.size()) body = WipedText(text);
  auto parsed = std::make_unique<Parsed>(std::move(body));
  parsed->body.reserve(parsed->body.size() + simdjson::SIMDJSON_PADDING);
  auto failed = parsed->parser.allocate(parsed->body.size(), kParserDepth);
  if (!failed)
    failed = parsed->parser
                 .iterate(simdjson::padded_string_view(parsed->body.data(), parsed->body.size(),
                                                       parsed->body.capacity()))
                 .get(parsed->document);
  if (failed == simdjson::MEMALLOC) throw std::bad_alloc();
  ondemand::object object;
  if (!failed && !parsed->document.get_object().get(object)) return ReplyDocument(std::move(parsed));
  body = std::move(parsed->body);
  return Error{Reason::bad_reply, "the reply is not a JSON object"};
}

bool ReplyDocument::is_whole(int levels) {
  ondemand::object object;
  return !parsed_->root().get(object) && parsed_->is_whole(object, levels);
}

bool ReplyDocument::may_report_error() const noexcept { return parsed_->may_report_error; }

std::string_view ReplyDocument::body() const noexcept { return parsed_->body; }

void ReplyDocument::answer_with(std::string text) { parsed_->answer = std::move(text); }

Result<std::string_view> ReplyDocument::text(std::span<const std::string> path) {
  std::string_view text;
  if (parsed_->answer) return std::string_view(*parsed_->answer);
  if (const auto failed = parsed_->unescape(parsed_->at(path).get_raw_json_string()).get(text))
    return missing(path, failed, "a string");
  return text;
}

bool ReplyDocument::is_answered_elsewhere() const noexcept { return parsed_->answer.has_value(); }

void ReplyDocument::set_reported_error(Error error) { parsed_->reported_error = std::move(error); }

const Error* ReplyDocument::reported_error() const noexcept {
  return parsed_->reported_error ? &*parsed_->reported_error : nullptr;
}

bool ReplyDocument::holds_nothing(std::span<const std::string> path) {
  ondemand::value value;
  if (parsed_->at(path).get(value)) return false;
  const std::string_view token = trimmed(value.raw_json_token());
  if (token != "null" && token != R"("")") return false;
  ondemand::object object;
  if (parsed_->root().get(object)) return false;
  const std::string own_name = canonical_name(path.front());
  for (auto entry : object) {
    std::string_view name;
    if (parsed_->unescape(entry.key()).get(name) || entry.value().get(value)) return false;
    if ((is_object(value) || is_array(value)) && canonical_name(name) != own_name) return false;
  }
  return true;
}

bool ReplyDocument::may_hold_records(const WireRow& row) {
  ondemand::value value;
  const auto failed = parsed_->at(row.reply_path).get(value);
  if (!failed) {
    const auto type = value.type();
    if (type.error()) return false;
    return type.value_unsafe() == ondemand::json_type::object ||
           type.value_unsafe() == ondemand::json_type::array || holds_nothing(row.reply_path);
  }
  ondemand::object object;
  if (failed != simdjson::NO_SUCH_FIELD || parsed_->root().get(object)) return false;
  const RecordReader::Visitor nobody;
  const auto shape =
      RecordReader(row, parsed_->unescape, nobody, RecordReader::Clock::time_point::max()).shape_of(object);
  return shape && *shape != RecordReader::Shape::other;
}

Result<void> ReplyDocument::for_each_record(const WireRow& row, const std::function<void(KeyRecord)>& take,
                                            RecordReader::Clock::time_point until) {
  const std::span<const std::string> path = row.reply_path;
  RecordReader reader(row, parsed_->unescape, take, until);
  const Error none{Reason::bad_reply, "'" + joined(path, ".") + "' does not hold key records"};
  ondemand::value value;
  if (const auto failed = parsed_->at(path).get(value)) {
    ondemand::object object;
    if (failed != simdjson::NO_SUCH_FIELD || !may_hold_records(row) || parsed_->root().get(object))
      return missing(path, failed, "an object");
    return reader.read(object);
  }
  if (!may_hold_records(row)) return missing(path, simdjson::INCORRECT_TYPE, "an object");
  if (holds_nothing(path)) return {};
  if (parsed_->at(path).get(value)) return none;
  SESAM_CHECK(reader.read(value));
  return reader.found_others_only() ? Result<void>(none) : Result<void>();
}

void begin_outliving_exit() { static_cast<void>(simdjson::get_active_implementation()->name()); }

void end_outliving_exit() noexcept {
  const auto* leaked = new (std::nothrow) simdjson::SIMDJSON_BUILTIN_IMPLEMENTATION::implementation;
  if (leaked != nullptr) simdjson::get_active_implementation() = leaked;
}

}  // namespace sesam::n200
