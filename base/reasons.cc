// SPDX-License-Identifier: Apache-2.0
#include "base/reasons.h"

namespace sesam {

const char* name_of(Reason reason) noexcept {
  switch (reason) {
#define X(symbol, text, advice) \
  case Reason::symbol:          \
    return #symbol;
    SESAM_REASONS(X)
#undef X
    case Reason::none:
      break;
  }
  return "none";
}

const char* text_of(Reason reason) noexcept {
  switch (reason) {
#define X(symbol, text, advice) \
  case Reason::symbol:          \
    return text;
    SESAM_REASONS(X)
#undef X
    case Reason::none:
      break;
  }
  return "no error";
}

const char* advice_for(Reason reason) noexcept {
  switch (reason) {
#define X(symbol, text, advice) \
  case Reason::symbol:          \
    return advice;
    SESAM_REASONS(X)
#undef X
    case Reason::none:
      break;
  }
  return "";
}

}  // namespace sesam
