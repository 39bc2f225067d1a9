# SPDX-License-Identifier: Apache-2.0
"""A cluster of simulated devices with the same keys, and HAProxy in front of them."""
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from harness.ports import free_port
from harness.programs import minimal_environment
from harness.simulator import DEVICE_NAME, Simulator

BALANCER = """
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch 1
listen n200
  bind 127.0.0.1:{port}
  balance roundrobin
  default-server check check-ssl verify none inter 300ms fall 1 rise 1 on-marked-down shutdown-sessions
{servers}
"""


class Cluster:
    """`create_key` makes each key on the first node; the other nodes copy it."""

    def __init__(self, directory: Path, nodes: int = 2, **options: Any):
        self.directory = directory
        self.nodes = [Simulator(directory / f"node{n}", **options) for n in range(nodes)]

    def start(self) -> "Cluster":
        for node in self.nodes:
            node.start()
        self.tlscert = self.directory / "nodes.pem"
        self.tlscert.write_bytes(b"".join(node.tlscert.read_bytes() for node in self.nodes))
        return self

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    @property
    def url(self) -> str:
        """The value of `url` in openssl.cnf."""
        return " ".join(node.url for node in self.nodes)

    def create_key(self, name: str, **fields: Any) -> None:
        self.nodes[0].create_key(name, **fields)
        for node in self.nodes[1:]:
            node.take_keys_of(self.nodes[0])

    def signatures(self) -> list[int]:
        """The number of eccsign requests to each node since the last reset."""
        return [node.requests().get("eccsign", 0) for node in self.nodes]

    def reset_counters(self) -> None:
        for node in self.nodes:
            node.reset_counters()


class Balancer:
    """HAProxy in TCP mode: TLS is between the provider and the node. Its health checks are TLS handshakes, so an
    unresponsive node fails them."""

    def __init__(self, directory: Path, nodes: list[Simulator]):
        program = shutil.which("haproxy", path=minimal_environment(None)["PATH"])
        assert program, "haproxy is not there: run scripts/build"
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        servers = "".join(f"  server node{n} 127.0.0.1:{node.port}\n" for n, node in enumerate(nodes))
        (directory / "haproxy.cfg").write_text(BALANCER.format(port=self.port, servers=servers))
        self.log = directory / "haproxy.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program, "-db", "-f", directory / "haproxy.cfg"],
                                            env=minimal_environment(None),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._listens():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self) -> str:
        return f"https://{DEVICE_NAME}:{self.port}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
