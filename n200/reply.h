// SPDX-License-Identifier: Apache-2.0
// Reads the device's JSON replies, in the caller's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "n200/key_record.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// A parsed reply. Owns the body.
class ReplyDocument {
 public:
  /// Raises bad_reply when the body is not a JSON object. A byte order mark, zero bytes and blanks around it
  /// do not count.
  static Result<ReplyDocument> parse(std::string body);
  /// The same, and gives the body back where it raises.
  static Result<ReplyDocument> parse_in_place(std::string& body);
  ReplyDocument(ReplyDocument&&) noexcept;
  ReplyDocument& operator=(ReplyDocument&&) noexcept;
  ~ReplyDocument();

  /// Whether its structure is sound to its end. Of one that is not nothing is found from then on.
  bool is_whole();
  /// All of it, as it came.
  std::string_view body() const noexcept;
  /// The string at a path of member names; it lives until another is asked for. A name in another spelling
  /// (canonical_name) serves where there is none in this one. Raises reply_field_missing, also when it is no
  /// string.
  Result<std::string_view> text(std::span<const std::string> path);
  /// From now on text() finds this, whatever the path.
  void answer_with(std::string text);
  bool is_answered_elsewhere() const noexcept;
  /// Whether there is an object or an array at the path, or, without such a member, key records in the reply
  /// itself.
  bool may_hold_records(const WireRow& row);
  /// Calls `take` with each key record at the row's reply path: {key_id: {field: value, ...}, ...}, a list of
  /// records, or a single record, all of them at any depth that is reasonable. A record without a key_id
  /// takes its member's name. One at a time, because a listing may hold hundreds of thousands. Raises
  /// reply_field_missing, bad_reply, and timed_out where it is not done by then.
  Result<void> for_each_record(
      const WireRow& row, const std::function<void(KeyRecord)>& take,
      std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());

 private:
  struct Parsed;
  explicit ReplyDocument(std::unique_ptr<Parsed> parsed) noexcept;
  std::unique_ptr<Parsed> parsed_;
};

/// Lets threads parse replies while the process ends. libsimdjson destroys its implementations in exit(3),
/// and a thread of the application that still signs then ends in a "pure virtual method called". begin:
/// before atexit(3) is called, so that they are destroyed after our handler; end: from that handler, which
/// puts one in their place that nobody destroys.
void begin_outliving_exit();
void end_outliving_exit() noexcept;

}  // namespace sesam::n200
