// SPDX-License-Identifier: Apache-2.0
// Work in a child process: what may crash there does not end the command, and another user's rights can be
// tried out.
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
  std::string group;  ///< the name of its own group
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< all of them
};

/// Looks up a user by name or number. Raises bad_argument.
Result<User> find_user(const std::string& name);
/// The user of this process.
User own_user();

/// What `work` returns in a child process, which first becomes `user`, unless null. This process must have no
/// other threads. Raises bad_argument where it may not become that user, internal where the child ended
/// without a result, and timed_out.
Result<std::string> in_child(const User* user, std::chrono::milliseconds limit,
                             const std::function<std::string()>& work);

}  // namespace sesam::cli
