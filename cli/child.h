// SPDX-License-Identifier: Apache-2.0
// Runs code in a child process, so that a crash does not end the command, and to test the rights of another
// user.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

struct User {
  std::string name;
  std::string group;  ///< the name of its primary group
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< all, including the primary group
};

/// Looks up a user by name or UID. Raises bad_argument, also if this process cannot become that user.
Result<User> find_user(const std::string& name);
/// The effective user of this process.
User own_user();

/// Runs `work` in a child process, as `user` unless null, and returns its result. This process must have no
/// other threads. Raises bad_argument if the child cannot become that user or `work` throws, internal if the
/// child ends without a result, process_limit, and timed_out after `limit`.
Result<std::string> in_child(const User* user, std::chrono::milliseconds limit,
                             const std::function<std::string()>& work);

}  // namespace sesam::cli
