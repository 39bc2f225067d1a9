# SPDX-License-Identifier: Apache-2.0
"""nginx with its key in the device: each TLS handshake takes one signature."""
import signal
import threading
import time
from pathlib import Path

from servers import RESTART_MS, Server

from harness import configuration
from harness.ports import free_port
from harness.programs import run
from harness.simulator import Simulator

SECONDS, CLIENTS = 6, 4
CONFIGURATION = """
user root;
worker_processes 2;
daemon off;
pid {directory}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {directory}/web.pem;
    ssl_certificate_key {directory}/web.key;
    ssl_session_tickets off;
    return 200 "served\\n";
  }}
}}
"""


def handshakes(directory: Path, port: int, until: float, outcomes: list[str]) -> None:
    """Makes handshakes, each on a new connection, and appends their errors to `outcomes`: "" for success."""
    while time.monotonic() < until:
        done = run(["curl", "-sS", "--max-time", 20, "--cacert", directory / "web.pem", "--resolve",
                    f"web:{port}:127.0.0.1", f"https://web:{port}/"], check=False)
        outcomes.append("" if done.stdout == "served\n" else done.stderr.strip() or done.stdout)


def through_restarts(directory: Path) -> list[str]:
    """-> errors; empty if all handshakes succeeded"""
    device = Simulator(directory / "device").start()
    server = None
    try:
        device.create_key("web")
        cnf = configuration.write(directory / "openssl.cnf", configuration.settings_for(device, log_level=1))
        run(["openssl", "req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", directory / "web.pem"], cnf)
        run(["openssl", "pkey", "-in", "sesam:web", "-out", directory / "web.key"], cnf)
        port = free_port()
        (directory / "nginx.conf").write_text(CONFIGURATION.format(directory=directory, port=port))
        server = Server(directory, cnf, port, ["nginx", "-p", directory, "-c", directory / "nginx.conf"])
        outcomes: list[str] = []
        until = time.monotonic() + SECONDS
        clients = [threading.Thread(target=handshakes, args=(directory, port, until, outcomes)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(2):
            time.sleep(SECONDS / 6)
            device.network("restart", RESTART_MS)
            time.sleep(SECONDS / 6)
            server.signal(signal.SIGHUP)
        for client in clients:
            client.join()
        failed = [outcome for outcome in outcomes if outcome]
        print(f"nginx: {len(outcomes)} handshakes, {len(failed)} failed, through 2 reloads and 2 restarts of "
              "the device", flush=True)
        return [f"{len(failed)} of {len(outcomes)} handshakes failed: {failed[0]}"] if failed else []
    finally:
        if server:
            server.stop()
        device.stop()
