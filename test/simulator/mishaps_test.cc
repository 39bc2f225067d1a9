// SPDX-License-Identifier: Apache-2.0
#include "mishaps.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "counters.h"

namespace sesam::simulator {
namespace {

using nlohmann::json;

constexpr int kForEverMs = 10'000;

void answer_ok(const ExchangePtr& exchange) {
  Reply reply;
  reply.body = "ok";
  exchange->answer(std::move(reply));
}

// The client side of one connection.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  // Returns "served", "closed", "reset" or "silent".
  std::string ask(int patience_ms) {
    const std::string request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    if (send(fd_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return "reset";
    return listen_on(patience_ms);
  }
  std::string listen_on(int patience_ms) {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, patience_ms) == 0) return "silent";
    char text[1024];
    const ssize_t size = recv(fd_, text, sizeof text, 0);
    return size > 0 ? "served" : size == 0 ? "closed" : "reset";
  }

 private:
  int fd_;
  bool connected_;
};

class MishapsTest : public testing::Test {
 protected:
  ~MishapsTest() override {
    on_loop([this] { loop_.stop(); });
    thread_.join();
  }

  void on_loop(const std::function<void()>& action) {
    std::promise<void> done;
    loop_.post([&] {
      action();
      done.set_value();
    });
    done.get_future().wait();
  }
  void order(const json& what) {
    on_loop([&] { mishaps_.begin(what); });
  }

  Counters counters_;
  EventLoop loop_;
  Listener network_{loop_, "127.0.0.1", 0, nullptr, answer_ok, counters_};
  Mishaps mishaps_{loop_, network_};
  std::thread thread_{[this] { loop_.run(); }};
};

TEST_F(MishapsTest, a_restart_closes_all_connections_refuses_new_ones_and_ends_by_itself) {
  Client before(network_.port());
  EXPECT_EQ(before.ask(kForEverMs), "served");
  order({{"do", "restart"}, {"ms", 1000}});
  EXPECT_EQ(before.listen_on(kForEverMs), "closed");
  EXPECT_FALSE(Client(network_.port()).connected());
  while (!Client(network_.port()).connected()) std::this_thread::yield();
  Client after(network_.port());
  EXPECT_EQ(after.ask(kForEverMs), "served");
}

TEST_F(MishapsTest, a_refusal_leaves_existing_connections_alone) {
  Client before(network_.port());
  EXPECT_EQ(before.ask(kForEverMs), "served");
  order({{"do", "refuse"}});
  EXPECT_FALSE(Client(network_.port()).connected());
  EXPECT_EQ(before.ask(kForEverMs), "served");
  order({{"do", "restore"}});
  Client after(network_.port());
  EXPECT_EQ(after.ask(kForEverMs), "served");
}

TEST_F(MishapsTest, a_later_mishap_outlasts_the_timer_of_an_earlier_one) {
  order({{"do", "refuse"}, {"ms", 1}});
  order({{"do", "refuse"}});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(Client(network_.port()).connected());
}

TEST_F(MishapsTest, silence_answers_no_request_and_ends_with_resets) {
  Client before(network_.port());
  EXPECT_EQ(before.ask(kForEverMs), "served");
  order({{"do", "silence"}});
  Client meanwhile(network_.port());
  ASSERT_TRUE(meanwhile.connected());
  EXPECT_EQ(before.ask(100), "silent");
  EXPECT_EQ(meanwhile.ask(100), "silent");
  order({{"do", "restore"}});
  EXPECT_EQ(before.listen_on(kForEverMs), "reset");
  EXPECT_EQ(meanwhile.listen_on(kForEverMs), "reset");
  Client after(network_.port());
  EXPECT_EQ(after.ask(kForEverMs), "served");
}

TEST_F(MishapsTest, a_silent_connection_is_removed_when_its_client_closes_it) {
  {
    Client client(network_.port());
    EXPECT_EQ(client.ask(kForEverMs), "served");
    order({{"do", "silence"}});
    EXPECT_EQ(client.ask(1), "silent");
  }
  std::uint64_t open = 1;
  while (open != 0) on_loop([&] { open = counters_.connections_open; });
}

TEST_F(MishapsTest, connections_are_closed_reset_or_sent_away) {
  for (const auto& [what, outcome] :
       {std::pair{"close", "closed"}, {"reset", "reset"}, {"goaway", "closed"}}) {
    Client client(network_.port());
    EXPECT_EQ(client.ask(kForEverMs), "served");
    order({{"do", what}});
    EXPECT_EQ(client.listen_on(kForEverMs), outcome) << what;
  }
  order({{"do", "reset-new"}});
  Client client(network_.port());
  EXPECT_EQ(client.listen_on(kForEverMs), "reset");
}

TEST_F(MishapsTest, an_unknown_mishap_is_refused) {
  on_loop([this] { EXPECT_THROW(mishaps_.begin({{"do", "meteorite"}}), std::invalid_argument); });
}

}  // namespace
}  // namespace sesam::simulator
