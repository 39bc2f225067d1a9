// SPDX-License-Identifier: Apache-2.0
#include "plain_multi_client.h"

#include <utility>

namespace sesam::bench {
namespace {

constexpr long kStreams =
    256;  // libcurl's default of 100 would make the 101st caller open a second connection
constexpr int kPollMs = 1000;

class PlainMultiCaller final : public Caller {
 public:
  PlainMultiCaller(PlainMultiClient& client, const CurlRequest& request, std::size_t number)
      : client_(client) {
    transfer_.easy = request.make(number, transfer_.reply);
    curl_easy_setopt(transfer_.easy.get(), CURLOPT_PRIVATE, &transfer_);
    curl_easy_setopt(transfer_.easy.get(), CURLOPT_PIPEWAIT, 1L);  // wait for the shared connection
  }

  void sign() override {
    transfer_.reply.clear();
    client_.perform(transfer_);
    CurlRequest::check(transfer_.easy.get(), transfer_.result, transfer_.reply);
  }

  std::string signature() const override { return CurlRequest::result_of(transfer_.reply); }

 private:
  PlainMultiClient& client_;
  PlainMultiClient::Transfer transfer_;
};

}  // namespace

PlainMultiClient::PlainMultiClient(const Options& options) : request_(options) {
  start_curl();
  multi_.reset(curl_multi_init());
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, kStreams);
  thread_ = std::thread([this] { run(); });
}

PlainMultiClient::~PlainMultiClient() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

std::unique_ptr<Caller> PlainMultiClient::make_caller(std::size_t number) {
  return std::make_unique<PlainMultiCaller>(*this, request_, number);
}

void PlainMultiClient::perform(Transfer& transfer) {
  transfer.done = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&transfer);
  }
  curl_multi_wakeup(multi_.get());
  std::unique_lock lock(transfer.mutex);
  transfer.is_done.wait(lock, [&transfer] { return transfer.done; });
}

void PlainMultiClient::add_queued() {
  std::vector<Transfer*> queued;
  {
    const std::lock_guard lock(mutex_);
    queued = std::exchange(queue_, {});
  }
  for (Transfer* transfer : queued) curl_multi_add_handle(multi_.get(), transfer->easy.get());
}

void PlainMultiClient::finish_transfers() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode result = message->data.result;
    char* found = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
    auto* transfer = static_cast<Transfer*>(static_cast<void*>(found));
    curl_multi_remove_handle(multi_.get(), easy);
    const std::lock_guard lock(transfer->mutex);
    transfer->result = result;
    transfer->done = true;
    transfer->is_done.notify_one();  // under the lock: the transfer may be destroyed right afterwards
  }
}

void PlainMultiClient::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    add_queued();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    finish_transfers();
    curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
  }
}

}  // namespace sesam::bench
