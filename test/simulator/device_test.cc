// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <gtest/gtest.h>
#include <openssl/obj_mac.h>

#include <nlohmann/json.hpp>

#include "hex.h"

namespace sesam::simulator {
namespace {

using nlohmann::ordered_json;
using Names = std::vector<std::string>;

constexpr char kAuthorization[] = "Basic cGttYXN0ZXI6eA==";  // pkmaster:x

Options options_of_a_test() {
  Options options;
  options.users.push_back(parse_user("pkmaster:x:post,get"));
  return options;
}

// A device without a network.
class DeviceTest : public testing::Test, protected Origin {
 protected:
  ordered_json post(const std::string& body) { return send("POST", "/n200/web/postv1", body); }
  ordered_json get(const std::string& path) { return send("GET", "/n200/" + path, ""); }

  ordered_json send(const std::string& method, const std::string& target, const std::string& body) {
    Origin& origin = *this;
    const auto exchange = std::make_shared<Exchange>(&origin, 1);
    exchange->request = {method, target, authorization_, body, false};
    reply_.reset();
    device_.handle(exchange);
    if (!reply_) loop_.run();
    return ordered_json::parse(reply_->content());
  }

  static Names names_of(const ordered_json& object) {
    Names names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
  }

  std::string authorization_ = kAuthorization;
  std::optional<Reply> reply_;
  EventLoop loop_;
  Device device_{loop_, options_of_a_test()};

 private:
  void answer(Exchange&, Reply reply) override {
    reply_ = std::move(reply);
    loop_.stop();
  }
};

BignumPtr number(const std::string& hex) {
  const Bytes bytes = from_hex(hex).value();
  return BignumPtr(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

// Verifies as in SEC 1, 4.1.4; shares only OpenSSL's arithmetic with the code under test.
bool verifies(int nid, const std::string& public_hex, const std::string& hash, const std::string& signature) {
  const EcGroupPtr group(EC_GROUP_new_by_curve_name(nid));
  const BnCtxPtr ctx(BN_CTX_new());
  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  const EcPointPtr key(EC_POINT_new(group.get()));
  const BignumPtr x = number(public_hex.substr(0, public_hex.size() / 2));
  const BignumPtr y = number(public_hex.substr(public_hex.size() / 2));
  if (EC_POINT_set_affine_coordinates(group.get(), key.get(), x.get(), y.get(), ctx.get()) != 1) return false;
  const BignumPtr r = number(signature.substr(0, signature.size() / 2));
  const BignumPtr s = number(signature.substr(signature.size() / 2));
  const BignumPtr e = number(hash);
  const int excess_bits = static_cast<int>(hash.size()) * 4 - BN_num_bits(order);
  if (excess_bits > 0) BN_rshift(e.get(), e.get(), excess_bits);
  const BignumPtr w(BN_mod_inverse(nullptr, s.get(), order, ctx.get()));
  const BignumPtr u1(BN_new());
  const BignumPtr u2(BN_new());
  BN_mod_mul(u1.get(), e.get(), w.get(), order, ctx.get());
  BN_mod_mul(u2.get(), r.get(), w.get(), order, ctx.get());
  const EcPointPtr sum(EC_POINT_new(group.get()));
  EC_POINT_mul(group.get(), sum.get(), u1.get(), key.get(), u2.get(), ctx.get());
  EC_POINT_get_affine_coordinates(group.get(), sum.get(), x.get(), nullptr, ctx.get());
  BN_nnmod(x.get(), x.get(), order, ctx.get());
  return BN_cmp(x.get(), r.get()) == 0;
}

TEST_F(DeviceTest, replies_to_a_generation_with_the_observed_fields) {
  const auto reply =
      post("command=genecckey&core=1&curve=NIST&keysize=256&acl=FFFF&pin=12345678&nice_name=JP.example");
  EXPECT_EQ(names_of(reply), (Names{"command", "core", "clustersync", "nice_name", "publickey", "result"}));
  EXPECT_EQ(reply["core"], 1);
  EXPECT_EQ(reply["clustersync"], "n/a");
  EXPECT_EQ(reply["publickey"].get<std::string>().size(), 128U);
  EXPECT_EQ(reply["result"], "hsm010123F13C56131E1EEE0000000000000025");
}

TEST_F(DeviceTest, lists_keys_with_the_observed_fields_in_their_order) {
  const auto made = post("command=genecckey&curve=NIST&keysize=256&pin=12345678&nice_name=JP.example");
  const auto reply = get("listkeys/NIST/");
  EXPECT_EQ(names_of(reply), (Names{"command", "core", "result"}));
  EXPECT_EQ(reply["core"], 0);
  const auto& record = reply["result"]["hsm010123F13C56131E1EEE0000000000000025"];
  EXPECT_EQ(names_of(record), (Names{"slot", "key_id", "id", "key_type", "key_len", "key_acl", "nice_name",
                                     "date_of_creation", "date_of_last_use", "date_planned_lifetime_until",
                                     "token_name", "key_owner", "public_key"}));
  EXPECT_EQ(record["slot"], "hsm010123F13C56131E1EEE00000025");
  EXPECT_EQ(record["token_name"], record["slot"]);
  EXPECT_EQ(record["key_type"], "NIST");
  EXPECT_EQ(record["key_len"], 256);
  EXPECT_EQ(record["key_acl"], "FFFF");
  EXPECT_EQ(record["key_owner"], "pkmaster");
  EXPECT_TRUE(record["date_planned_lifetime_until"].is_null());
  EXPECT_EQ(record["date_of_creation"].get<std::string>().size(), 16U);
  EXPECT_EQ(record["public_key"], made["publickey"]);
}

TEST_F(DeviceTest, returns_only_the_observed_attributes_of_a_symmetric_key) {
  NewKey key;
  key.material = generate_symmetric(256);
  key.nice_name = "k01";
  key.owner = "pkmaster";
  device_.store().add(std::move(key));
  const auto reply = get("getkeyattributes/k01/");
  EXPECT_EQ(names_of(reply), (Names{"command", "result"}));
  EXPECT_EQ(names_of(reply["result"].front()),
            (Names{"key_id", "key_type", "key_len", "key_acl", "key_owner", "nice_name"}));
}

TEST_F(DeviceTest, makes_signatures_on_every_curve_that_the_listed_public_key_verifies) {
  struct Case {
    const char* curve;
    int bits, nid;
  };
  for (const Case& c :
       {Case{"NIST", 256, NID_X9_62_prime256v1}, Case{"NIST", 384, NID_secp384r1},
        Case{"NIST", 521, NID_secp521r1}, Case{"BRAINPOOL", 256, NID_brainpoolP256r1},
        Case{"BRAINPOOL", 384, NID_brainpoolP384r1}, Case{"BRAINPOOL", 512, NID_brainpoolP512r1}}) {
    const auto made = post("command=genecckey&nice_name=k&curve=" + std::string(c.curve) +
                           "&keysize=" + std::to_string(c.bits));
    const std::string key_id = made.at("result");
    const auto record = get("listkeys/" + std::string(c.curve))["result"][key_id];
    for (const std::size_t hash_bytes : {20U, 32U, 48U, 64U}) {
      const std::string hash(hash_bytes * 2, 'A');
      const auto signature = post("command=eccsign&core=1&key=" + key_id + "&hash=" + hash);
      EXPECT_TRUE(verifies(c.nid, record["public_key"], hash, signature.at("result")))
          << c.curve << c.bits << ' ' << hash_bytes;
    }
  }
}

TEST_F(DeviceTest, computes_the_public_key_of_an_imported_scalar) {
  // RFC 6979, A.2.5
  const auto reply = post(
      "command=importecckey&curve=NIST&nice_name=imported"
      "&key_to_import=C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
  EXPECT_EQ(names_of(reply), (Names{"command", "core", "result"}));
  EXPECT_EQ(get("getkeyattributes/imported")["result"].front()["public_key"],
            "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
}

TEST_F(DeviceTest, finds_a_key_in_its_core_only) {
  post("command=genecckey&core=2&curve=NIST&keysize=256&nice_name=k");
  EXPECT_EQ(post("command=eccsign&core=2&key=k&hash=00")["command"], "eccsign");
  EXPECT_EQ(post("command=eccsign&core=1&key=k&hash=00")["error"], "unknown key");
  EXPECT_EQ(post("command=eccsign&core=3&key=k&hash=00")["error"], "unknown core");
}

TEST_F(DeviceTest, replies_to_a_wrong_password_as_to_a_missing_rule) {
  authorization_ = "Basic bm9ib2R5Og==";
  const auto wrong = post("command=eccsign");
  const int status = reply_->status;
  device_.users().put(parse_user("pkmaster:x:get"));
  authorization_ = kAuthorization;
  EXPECT_EQ(post("command=eccsign"), wrong);
  EXPECT_EQ(reply_->status, status);
  EXPECT_EQ(wrong["error"], "access denied");
}

TEST_F(DeviceTest, returns_the_observed_types_in_small_replies) {
  EXPECT_TRUE(get("timestamp/")["result"].is_string());
  const auto random = get("getrandom/5/");
  EXPECT_EQ(names_of(random), (Names{"command", "numbers", "core", "result"}));
  EXPECT_EQ(random["numbers"], "5");
  EXPECT_EQ(random["result"].get<std::string>().size(), 10U);
}

}  // namespace
}  // namespace sesam::simulator
