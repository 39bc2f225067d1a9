// SPDX-License-Identifier: Apache-2.0
#include "n200/shared_verdicts.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>

#include "n200/process_identity.h"
#include "ossl/crypto.h"

namespace sesam::n200 {
namespace {

using Clock = SharedVerdicts::Clock;

constexpr std::size_t kEntries = 8192;  // about 500 KiB; only pages in use are allocated
constexpr std::size_t kWindow = 16;     // number of places where a tag may be stored
constexpr std::size_t kMacKeyBytes = 32;

enum class State : std::uint8_t { unused, trying, proven, refused };

Secret random_key() {
  std::array<char, kMacKeyBytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::bad_alloc();
  Secret key({bytes.data(), bytes.size()});
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct SharedVerdicts::Trial {
  ProcessIdentity owner;
  std::uint64_t number = 0;  // 0: none
  Clock::time_point until{};
};

struct SharedVerdicts::Entry {
  PinTag tag;
  State state;
  Trial trial;
  std::uint64_t settled;  // sequence number; the latest is the greatest
};

struct SharedVerdicts::Table {
  pthread_mutex_t mutex;
  std::atomic<std::uint32_t> refusals;
  std::uint64_t trials;
  std::uint64_t settlements;
  std::array<Entry, kEntries> entries;

  static Table* make() {
    void* memory = ::mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    static_cast<void>(::madvise(memory, sizeof(Table), MADV_DONTDUMP));
    auto* table = static_cast<Table*>(memory);  // zeroed: every entry is unused
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&table->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return table;
  }

  std::span<Entry> window_of(const PinTag& tag) noexcept {
    std::uint64_t hash = 0;
    std::memcpy(&hash, tag.data(), sizeof hash);
    return std::span(entries).subspan(hash % (kEntries - kWindow), kWindow);
  }
  Entry* find(const PinTag& tag) noexcept {
    const auto window = window_of(tag);
    const auto found = std::ranges::find_if(
        window, [&](const Entry& entry) { return entry.state != State::unused && entry.tag == tag; });
    return found == window.end() ? nullptr : &*found;
  }
  // Never replaces a refusal, nor a trial before its deadline; a proven PIN may be tried again.
  Entry* find_or_make(const PinTag& tag, Clock::time_point now) noexcept {
    if (Entry* known = find(tag)) return known;
    Entry* place = nullptr;
    for (Entry& entry : window_of(tag)) {
      const bool is_free =
          entry.state == State::unused || (entry.state == State::trying && now >= entry.trial.until);
      if (is_free || (entry.state == State::proven && (!place || entry.settled < place->settled)))
        place = &entry;
      if (is_free) break;
    }
    if (place != nullptr) *place = {tag, State::unused, {}, 0};
    return place;
  }
};

// Processes hold the mutex for some memory accesses only. If one ends meanwhile, at worst an entry is half
// written: a trial of its own. If one is stopped meanwhile, as by SIGSTOP, the others do without the table.
class SharedVerdicts::Lock {
 public:
  explicit Lock(Table& table) noexcept : mutex_(table.mutex) {
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += kPatience.count();
    if (until.tv_nsec >= kSecond.count()) {
      ++until.tv_sec;
      until.tv_nsec -= kSecond.count();
    }
    const int failed = pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
    if (failed == EOWNERDEAD) pthread_mutex_consistent(&mutex_);
    is_held_ = failed == 0 || failed == EOWNERDEAD;
  }
  ~Lock() {
    if (is_held_) pthread_mutex_unlock(&mutex_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  explicit operator bool() const noexcept { return is_held_; }

 private:
  static constexpr std::chrono::nanoseconds kPatience = std::chrono::milliseconds(100);
  static constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds(1);

  pthread_mutex_t& mutex_;
  bool is_held_ = false;
};

SharedVerdicts::SharedVerdicts() : table_(Table::make()), mac_key_(random_key()) {}

PinTag SharedVerdicts::tag_of(std::string_view node, std::string_view key_id, std::string_view pin) const {
  Secret all(node);
  for (const auto part : {key_id, pin}) {
    all.append(std::string_view("\0", 1));
    all.append(part);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  std::size_t length = 0;
  const std::string_view key = mac_key_.reveal();
  // HMAC would load openssl.cnf in the application's context, and with it sesam again (OpenSSL 3.0).
  if (EVP_Q_mac(ossl::private_libctx(), "BLAKE2SMAC", nullptr, nullptr, nullptr, key.data(), key.size(),
                bytes_of(all.reveal()), all.reveal().size(), mac.data(), mac.size(), &length) == nullptr)
    throw std::bad_alloc();
  PinTag tag;
  std::copy_n(mac.begin(), tag.size(), tag.begin());
  return tag;
}

// /proc is read while the mutex is free, because that may take long.
SharedVerdicts::Asked SharedVerdicts::ask(const PinTag& tag, Clock::time_point until) noexcept {
  const Trial own{this_process(), 0, until};
  Trial running;
  const auto asked = ask(tag, own, 0, running);
  if (asked.answer != Answer::wait || running.number == 0 || !has_ended(running.owner)) return asked;
  return ask(tag, own, running.number, running);
}

SharedVerdicts::Asked SharedVerdicts::ask(const PinTag& tag, const Trial& own, std::uint64_t ended,
                                          Trial& running) noexcept {
  const Lock lock(*table_);
  if (!lock) return {Answer::wait, 0};
  const auto now = Clock::now();
  Entry* entry = table_->find_or_make(tag, now);
  if (entry == nullptr) return {Answer::try_it, 0};
  if (entry->state == State::proven) return {Answer::proven, 0};
  if (entry->state == State::refused) return {Answer::refused, 0};
  if (entry->state == State::trying && now < entry->trial.until && entry->trial.number != ended) {
    running = entry->trial;
    return {Answer::wait, 0};
  }
  *entry = {tag, State::trying, own, 0};
  entry->trial.number = ++table_->trials;
  return {Answer::try_it, entry->trial.number};
}

bool SharedVerdicts::is_proven(const PinTag& tag) const noexcept {
  const Lock lock(*table_);
  const Entry* entry = lock ? table_->find(tag) : nullptr;
  return entry != nullptr && entry->state == State::proven;
}

void SharedVerdicts::settle(const PinTag& tag, bool is_right) noexcept {
  const Lock lock(*table_);
  Entry* entry = lock ? table_->find_or_make(tag, Clock::now()) : nullptr;
  if (entry != nullptr && !(is_right && entry->state == State::refused))
    *entry = {tag, is_right ? State::proven : State::refused, {}, ++table_->settlements};
  if (!is_right) table_->refusals.fetch_add(1, std::memory_order_release);
}

void SharedVerdicts::release(const PinTag& tag, std::uint64_t trial) noexcept {
  const Lock lock(*table_);
  Entry* entry = lock ? table_->find(tag) : nullptr;
  if (entry != nullptr && entry->state == State::trying && entry->trial.number == trial)
    entry->state = State::unused;
}

std::uint32_t SharedVerdicts::refusals() const noexcept {
  return table_->refusals.load(std::memory_order_acquire);
}

}  // namespace sesam::n200
