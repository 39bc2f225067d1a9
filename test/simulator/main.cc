// SPDX-License-Identifier: Apache-2.0
// n200-sim: a simulator of the se.SAM N200, as far as the device is known (README.md).
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "arguments.h"
#include "control.h"
#include "device.h"
#include "event_loop.h"
#include "listener.h"
#include "mishaps.h"
#include "state_files.h"
#include "tls_identity.h"

namespace sesam::simulator {
namespace {

// SIGTERM and SIGINT end the loop, and so the program exits cleanly.
class EndSignals final : private FdHandler {
 public:
  // Construct before any other thread starts: threads inherit the mask.
  explicit EndSignals(EventLoop& loop) : loop_(loop) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    loop_.add(fd_, EPOLLIN, *this);
  }
  ~EndSignals() { close(fd_); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

 private:
  void on_events(std::uint32_t) override { loop_.stop(); }

  EventLoop& loop_;
  int fd_;
};

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void follow_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) std::raise(SIGTERM);  // the parent had already exited
}

int run(const Options& options, pid_t parent) {
  EventLoop loop;
  const EndSignals end_signals(loop);
  if (options.exit_with_parent) follow_parent(parent);
  const StateFiles files(options);
  TlsIdentity identity(files.tls(), !options.http1_only);
  Counters control_counters;
  Device device(loop, options);
  for (const std::string& key : options.keys) device.have_key(nlohmann::json::parse(key));
  Listener network(
      loop, options.listen, options.port, identity.context(),
      [&device](const ExchangePtr& e) { device.handle(e); }, device.counters());
  network.set_max_streams(options.max_streams);
  network.set_rules(options.connections);
  Mishaps mishaps(loop, network);
  for (const std::string& fault : options.faults) device.faults().add(nlohmann::json::parse(fault));
  for (const std::string& mishap : options.network) mishaps.begin(nlohmann::json::parse(mishap));
  Control control(device, network, mishaps, identity);
  Listener control_port(
      loop, "127.0.0.1", options.control_port, nullptr,
      [&control](const ExchangePtr& e) { control.handle(e); }, control_counters);
  const std::string cert = options.write_cert.empty() ? files.tls().cert_path : options.write_cert;
  std::fprintf(stderr, "n200-sim: https://%s:%u, control http://127.0.0.1:%u, certificate %s\n",
               options.listen.c_str(), unsigned{network.port()}, unsigned{control_port.port()}, cert.c_str());
  if (!options.ready_file.empty())
    write_ready_file(options.ready_file, options, cert, network.port(), control_port.port());
  loop.run();
  return 0;
}

}  // namespace
}  // namespace sesam::simulator

int main(int argc, char** argv) {
  const pid_t parent = getppid();
  // The system's openssl.cnf may load the very provider that is tested against this simulator.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  sesam::simulator::raise_descriptor_limit();
  try {
    int exit_status = 0;
    const auto options = sesam::simulator::parse_arguments(argc, argv, exit_status);
    return options ? sesam::simulator::run(*options, parent) : exit_status;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "n200-sim: %s\n", error.what());
    return 1;
  }
}
