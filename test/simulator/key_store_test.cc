// SPDX-License-Identifier: Apache-2.0
#include "key_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sesam::simulator {
namespace {

constexpr char kSerial[] = "23F13C56131E1EEE";
constexpr std::uint64_t kFirstCounter = 25;

class KeyStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "n200sim-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  KeyStore open() const { return KeyStore(journal(), kSerial, kFirstCounter); }
  std::string journal() const { return dir_ / "keys.jsonl"; }

  static NewKey named(const std::string& name) {
    NewKey key;
    key.material = generate_ec(KeyType::nist, 256);
    key.nice_name = name;
    key.pin = "12345678";
    return key;
  }

 private:
  std::filesystem::path dir_;
};

TEST_F(KeyStoreTest, gives_the_first_key_the_names_of_the_transcript) {
  KeyStore store("", kSerial, kFirstCounter);
  EXPECT_EQ(store.add(named("JP.example"))->key_id, "hsm010123F13C56131E1EEE0000000000000025");
}

TEST_F(KeyStoreTest, finds_a_key_by_each_of_its_names) {
  KeyStore store("", kSerial, kFirstCounter);
  const KeyPtr key = store.add(named("JP.example"));
  store.add(named("other"));
  for (const std::string& name : {key->key_id, key->slot, key->id, key->nice_name}) {
    EXPECT_EQ(store.find(name), std::vector{key}) << name;
  }
  EXPECT_TRUE(store.find("nobody").empty());
}

TEST_F(KeyStoreTest, takes_over_the_keys_of_another_device_once) {
  KeyStore first = open();
  const KeyPtr key = first.add(named("shared"));
  first.flush();
  KeyStore second("", kSerial, kFirstCounter);
  EXPECT_EQ(second.take_over(journal()), 1U);
  EXPECT_EQ(second.take_over(journal()), 0U);
  ASSERT_EQ(second.find(key->key_id).size(), 1U);
  const KeyPtr taken = second.find(key->key_id).front();
  EXPECT_EQ(taken->material.private_hex, key->material.private_hex);
  EXPECT_EQ(taken->pin, "12345678");
  EXPECT_NE(second.add(named("own"))->key_id, key->key_id);
}

TEST_F(KeyStoreTest, accepts_several_keys_with_the_same_nice_name) {
  KeyStore store("", kSerial, kFirstCounter);
  store.add(named("twin"));
  store.add(named("twin"));
  EXPECT_EQ(store.find("twin").size(), 2U);
}

TEST_F(KeyStoreTest, keeps_everything_when_it_is_opened_again) {
  const KeyMaterial material = generate_ec(KeyType::brainpool, 384);
  std::string id;
  {
    KeyStore store = open();
    NewKey key = named("kept \"€\"");
    key.material = material;
    key.core = 2;
    key.acl = "00FF";
    const KeyPtr kept = store.add(std::move(key));
    id = kept->id;
    kept->last_use_s = 1664655120;
    store.set_pin_stored(*kept, true);
    store.record_lock(*kept);
    store.remove(store.add(named("gone")));
  }
  KeyStore store = open();
  ASSERT_EQ(store.find("kept \"€\"").size(), 1U);
  EXPECT_TRUE(store.find("gone").empty());
  const KeyPtr key = store.find("kept \"€\"").front();
  EXPECT_EQ(key->id, id);
  EXPECT_EQ(key->core, 2);
  EXPECT_EQ(key->acl, "00FF");
  EXPECT_EQ(key->pin, "12345678");
  EXPECT_TRUE(key->pin_stored);
  EXPECT_TRUE(key->locked);
  EXPECT_EQ(key->last_use_s, 1664655120);
  EXPECT_EQ(key->material.private_hex, material.private_hex);
  EXPECT_EQ(key->material.public_hex, material.public_hex);
}

TEST_F(KeyStoreTest, does_not_reuse_the_counter_of_a_deleted_key) {
  {
    KeyStore store = open();
    store.remove(store.add(named("gone")));
  }
  EXPECT_EQ(open().add(named("next"))->counter, kFirstCounter + 1);
}

TEST_F(KeyStoreTest, drops_a_line_that_a_kill_cut_short) {
  open().add(named("whole"));
  std::ofstream(journal(), std::ios::app) << "{\"op\":\"add\",\"ty";
  open().add(named("after"));
  const KeyStore store = open();
  EXPECT_EQ(store.find("whole").size(), 1U);
  EXPECT_EQ(store.find("after").size(), 1U);
}

}  // namespace
}  // namespace sesam::simulator
