// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_candidates.h"

#include <gtest/gtest.h>

#include <set>

#include "n200/wire.h"

namespace sesam::cli::discover {
namespace {

constexpr KeyType kKinds[] = {KeyType::ec, KeyType::rsa};

TEST(DiscoverCandidates, have_no_name_that_could_mean_changing_a_key) {
  for (const auto kind : kKinds)
    for (const auto name : command_names(kind)) {
      EXPECT_TRUE(may_be_sent(name)) << name;
      for (const char* part : {"assign", "import", "cert", "delete", "set"})
        EXPECT_EQ(name.find(part), name.npos) << name;
    }
  for (const char* name :
       {"assignkey", "signcert", "importsigned", "deletesigner", "setsigner", "factoryreset", "eccdecrypt"})
    EXPECT_FALSE(may_be_sent(name)) << name;
}

TEST(DiscoverCandidates, have_no_duplicate_name) {
  for (const auto kind : kKinds) {
    const auto names = command_names(kind);
    EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
    std::set<std::string> fields;
    for (const auto& field : with_all_names("sign", kind).fields)
      EXPECT_TRUE(fields.insert(field.name).second) << field.name;
  }
}

TEST(DiscoverCandidates, are_valid_wire_rows) {
  for (const auto kind : kKinds) {
    for (const auto name : command_names(kind))
      for (const auto& candidate : {with_all_names(name, kind), as_assumed(name, kind), bare(name)})
        EXPECT_TRUE(n200::WireRow::parse(candidate.row() + " -> result")) << candidate.row();
    for (const auto& arguments : get_arguments(kind, true)) {
      Candidate get;
      get.method = transport::Method::get;
      get.command = "sign";
      get.arguments = arguments;
      EXPECT_TRUE(n200::WireRow::parse(get.row() + " -> result")) << get.row();
      EXPECT_EQ(get.row().find("{pin}"), std::string::npos) << "a path ends in logs";
    }
  }
}

TEST(DiscoverCandidates, begin_with_the_assumed_command_without_a_pin) {
  EXPECT_EQ(as_assumed(command_names(KeyType::ec).front(), KeyType::ec).row(),
            "POST command=eccsign core={core} key={key_id} hash={digest:hex}");
  EXPECT_EQ(as_assumed(command_names(KeyType::rsa).front(), KeyType::rsa).row(),
            "POST command=rsasign core={core} key={key_id} padding={padding} hashalg={hash_name} "
            "saltlen={salt_bytes} "
            "hash={digest:hex}");
}

TEST(DiscoverCandidates, have_field_names_that_say_what_the_field_carries) {
  const struct {
    const char* name;
    Role role;
  } cases[] = {{"digest_b64", Role::digest},
               {"sign_input", Role::digest},
               {"keyHandle", Role::key},
               {"hsm_key", Role::key},
               {"signing_key", Role::key},
               {"keyPin", Role::pin},
               {"hash_alg_name", Role::hash_name},
               {"salt_bytes", Role::salt},
               {"core", Role::core},
               {"sig_format", Role::literal}};
  for (const auto& [name, role] : cases) EXPECT_EQ(role_of(name, KeyType::ec), role) << name;
  EXPECT_FALSE(role_of("xyzzy", KeyType::ec));
}

}  // namespace
}  // namespace sesam::cli::discover
