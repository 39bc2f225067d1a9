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
#include "base/wiped_text.h"
#include "n200/key_record.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// A parsed reply. Owns the body, which may be secret: wiped with all that was unescaped from it.
class ReplyDocument {
 public:
  /// Raises bad_reply if the body is not a JSON object. A byte order mark, zero bytes and blanks around it
  /// are ignored.
  static Result<ReplyDocument> parse(std::string_view body);
  /// The same, but gives the body back in `body` if it raises.
  static Result<ReplyDocument> parse_in_place(WipedText& body);
  ReplyDocument(ReplyDocument&&) noexcept;
  ReplyDocument& operator=(ReplyDocument&&) noexcept;
  ~ReplyDocument();

  /// Whether its structure is valid to the end. If not, nothing is found in it from then on. Also searches
  /// the members' names, down to `levels` of objects, for may_report_error().
  bool is_whole(int levels = 1);
  /// Whether a name in it suggests an error (names_an_error(), reply_members.h). Known after is_whole().
  bool may_report_error() const noexcept;
  /// The whole body, trimmed() (reply_members.h).
  std::string_view body() const noexcept;
  /// The string at a path of member names; it is valid until the next call. If no name matches exactly,
  /// another spelling (canonical_name()) is accepted. Raises reply_field_missing, also if the value is not a
  /// string, and bad_reply.
  Result<std::string_view> text(std::span<const std::string> path);
  /// From now on text() returns this, whatever the path.
  void answer_with(std::string text);
  bool is_answered_elsewhere() const noexcept;
  /// The device reports this error in a reply that has what was requested.
  void set_reported_error(Error error);
  /// Null: none.
  const Error* reported_error() const noexcept;
  /// Whether there is an object or an array at the path or, if there is no such member, key records in the
  /// reply itself; also if holds_nothing().
  bool may_hold_records(const WireRow& row);
  /// Calls `take` with each key record at the row's reply path: {key_id: {field: value, ...}, ...}, a list of
  /// records, or a single record, also a few levels deeper. A record without a key_id gets its member's name.
  /// Records are read one at a time, because a listing may have hundreds of thousands. A reply that
  /// holds_nothing() has no records. Raises reply_field_missing, bad_reply, and timed_out if it is not done
  /// by `until`.
  Result<void> for_each_record(
      const WireRow& row, const std::function<void(KeyRecord)>& take,
      std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());

 private:
  struct Parsed;
  explicit ReplyDocument(std::unique_ptr<Parsed> parsed) noexcept;
  /// Whether null or an empty text is at the path, and no other member could hold records: a device may
  /// report in this way that there are none.
  bool holds_nothing(std::span<const std::string> path);
  std::unique_ptr<Parsed> parsed_;
};

/// Lets threads parse replies while the process exits. libsimdjson destroys its implementations in exit(3),
/// and an application's thread that still signs would end in "pure virtual method called". Call begin before
/// atexit(3), so that they are destroyed after sesam's handler, and end from that handler: it installs an
/// implementation that is never destroyed.
void begin_outliving_exit();
void end_outliving_exit() noexcept;

}  // namespace sesam::n200
