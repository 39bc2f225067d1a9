// SPDX-License-Identifier: Apache-2.0
// The named values of one request, from a form or from the segments of a path.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sesam::simulator {

// The form fields of a POST, or the path segments of a GET with the names from the command table.
class Fields {
 public:
  // application/x-www-form-urlencoded: `+` is a space, %XX a byte. Returns nothing if an escape is malformed.
  static std::optional<Fields> from_form(std::string body);

  void add(std::string_view name, std::string_view value);
  // The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  // All names and values, in order.
  std::vector<std::pair<std::string_view, std::string_view>> all() const;

 private:
  struct Range {
    std::size_t offset, size;
  };
  struct Field {
    Range name, value;
  };
  std::string_view text(Range range) const;
  std::optional<Range> decode_in_place(std::size_t begin, std::size_t end);

  // Offsets instead of views, so that a Fields can be moved.
  std::string storage_;
  std::vector<Field> fields_;
};

// Decodes %XX and, if `plus_is_space`, `+`. Returns nothing if an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// "/n200/COMMAND/ARG/…/" -> {"COMMAND", "ARG", …}, percent-decoded. One trailing slash is optional, an empty
// segment inside is an empty argument (a key without PIN), a query is cut off. Returns nothing if the path is
// not below /n200/ or an escape is malformed.
std::optional<std::vector<std::string>> split_path(std::string_view target);

}  // namespace sesam::simulator
