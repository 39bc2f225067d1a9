# SPDX-License-Identifier: Apache-2.0
"""`address`: an entry for each node, and several addresses of one node, which are tried in turn."""
import socket
import threading
import time

import pytest

from harness.cluster import Cluster
from harness.load import compile_load, run_load

CONNECT_TIMEOUT_MS = 1000


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def refusing():
    """An address that refuses connections."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{one.getsockname()[1]}"


@pytest.fixture
def black_hole():
    """An address that does not respond: its listen queue is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def sign(openssl, cnf, **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", **options)


@pytest.mark.parametrize("http1", [False, True])
def test_a_refusing_address_is_passed_over(simulator, openssl_cnf, openssl, refusing, http1):
    device = simulator(http1=http1)
    device.create_key("web")
    cnf = openssl_cnf(device, address=f"{refusing}|127.0.0.1:{device.port}", log_level=1)
    assert sign(openssl, cnf).stderr == ""


@pytest.mark.alone
@pytest.mark.parametrize("http1", [False, True])
def test_a_silent_address_takes_its_share_of_the_time(simulator, openssl_cnf, openssl, black_hole, http1):
    device = simulator(http1=http1)
    device.create_key("web")
    cnf = openssl_cnf(device, address=f"{black_hole}|127.0.0.1:{device.port}", connect_timeout_ms=CONNECT_TIMEOUT_MS)
    start = time.monotonic()
    assert sign(openssl, cnf).stderr == ""
    assert time.monotonic() - start < 2 * CONNECT_TIMEOUT_MS / 1000


@pytest.mark.parametrize("deadline_ms", [1000, 2500])
@pytest.mark.parametrize("http1", [False, True])
def test_a_deadline_below_the_connect_timeout_is_shared_too(simulator, openssl_cnf, openssl, black_hole, http1,
                                                            deadline_ms):
    """As in docs/BIND.md: deadline_ms = 1000, connect_timeout_ms = 3000."""
    device = simulator(http1=http1)
    device.create_key("web")
    cnf = openssl_cnf(device, address=f"{black_hole}|127.0.0.1:{device.port}", deadline_ms=deadline_ms, log_level=1)
    assert sign(openssl, cnf).stderr == ""


@pytest.mark.parametrize("deadline_ms", [1000, 2500])
@pytest.mark.parametrize("http1", [False, True])
def test_nodes_share_such_a_deadline_too(tmp_path, openssl_cnf, openssl, black_hole, http1, deadline_ms):
    cluster = Cluster(tmp_path / "cluster", http1=http1).start()
    try:
        cluster.create_key("web")
        cnf = openssl_cnf(cluster.nodes[0], url=cluster.url, tlscert=cluster.tlscert, log_level=1,
                          address=f"{black_hole} 127.0.0.1:{cluster.nodes[1].port}", deadline_ms=deadline_ms)
        assert sign(openssl, cnf).stderr == ""
        assert cluster.signatures() == [0, 1]
    finally:
        cluster.stop()


@pytest.mark.parametrize("deadline_ms", [1000, 2500])
def test_the_second_address_of_a_node_is_used_before_another_node(tmp_path, openssl_cnf, openssl, black_hole,
                                                                  deadline_ms):
    cluster = Cluster(tmp_path / "cluster").start()
    try:
        cluster.create_key("web")
        urls = " ".join(f"https://{node.ready['name']}:1" for node in cluster.nodes)
        one, other = (f"127.0.0.1:{node.port}" for node in cluster.nodes)
        cnf = openssl_cnf(cluster.nodes[0], url=urls, tlscert=cluster.tlscert, log_level=1, deadline_ms=deadline_ms,
                          address=f"{black_hole}|{one} {other}")
        assert sign(openssl, cnf).stderr == ""
        assert cluster.signatures() == [1, 0]
    finally:
        cluster.stop()


@pytest.mark.parametrize("http1", [False, True])
def test_an_address_with_an_untrusted_certificate_is_passed_over_and_logged(simulator, openssl_cnf, openssl, http1):
    device, stranger = simulator(http1=http1), simulator(http1=http1)
    for one in (device, stranger):
        one.create_key("web")
    cnf = openssl_cnf(device, address=f"127.0.0.1:{stranger.port}|127.0.0.1:{device.port}", log_level=1)
    done = sign(openssl, cnf)
    assert "trying another address: " in done.stderr and "certificate" in done.stderr
    assert device.requests()["eccsign"] == 1 and "eccsign" not in stranger.requests()


def test_an_address_that_does_not_speak_tls_is_passed_over(device, openssl_cnf, openssl):
    device.create_key("web")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_plain_text():
            with listener.accept()[0] as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer_in_plain_text, daemon=True).start()
        address = f"127.0.0.1:{listener.getsockname()[1]}|127.0.0.1:{device.port}"
        sign(openssl, openssl_cnf(device, address=address))
    assert device.requests()["eccsign"] == 1


def test_if_each_address_has_an_untrusted_certificate_that_is_the_error(simulator, openssl_cnf, openssl):
    device, stranger = simulator(), simulator()
    address = f"127.0.0.1:{stranger.port}|127.0.0.1:{stranger.port}"
    done = sign(openssl, openssl_cnf(device, address=address, log_level=1), check=False)
    assert done.returncode != 0 and "tlscert" in done.stderr


def test_if_no_address_answers_the_error_is_of_the_node(device, openssl_cnf, openssl, refusing):
    device.create_key("web")
    done = sign(openssl, openssl_cnf(device, address=f"{refusing}|{refusing}", log_level=1), check=False)
    assert "cannot connect" in done.stderr and device.url in done.stderr


def test_a_key_is_made_at_the_address_that_answers(device, openssl_cnf, sesam, refusing):
    cnf = openssl_cnf(device, address=f"{refusing}|127.0.0.1:{device.port}")
    sesam(cnf, "generate", "web", "--no-pin")
    assert [key["nice_name"] for key in device.keys()] == ["web"]


def test_the_next_address_is_used_when_the_first_goes_away(tmp_path, device, openssl_cnf, load_program):
    """Two interfaces of one device: a relay simulates the first, and fails during the test."""
    device.create_key("web")
    relay = Relay(device.port)
    cnf = openssl_cnf(device, address=f"127.0.0.1:{relay.port}|127.0.0.1:{device.port}", request_timeout_ms=1000,
                      connect_timeout_ms=CONNECT_TIMEOUT_MS, deadline_ms=8000, log_level=1)

    def cut():
        time.sleep(0.5)
        relay.cut()

    tally = run_load(load_program, cnf, 2, ("sign=sesam:web*8",), cut, 30)
    assert not tally.hung and tally.tried > 0 and tally.failed == 0 and tally.wrong == 0, tally
    assert relay.connections > 0


@pytest.mark.parametrize("http1, deadline_ms", [(False, 400), (False, 1000), (True, 1000)])
def test_the_next_address_is_used_when_the_first_goes_silent(simulator, openssl_cnf, load_program, http1, deadline_ms):
    device = simulator(http1=http1)
    device.create_key("web")
    relay = Relay(device.port)
    cnf = openssl_cnf(device, address=f"127.0.0.1:{relay.port}|127.0.0.1:{device.port}", deadline_ms=deadline_ms)
    signed = []

    def stall():
        time.sleep(0.5)
        relay.stall()
        signed.append(device.requests()["eccsign"])

    tally = run_load(load_program, cnf, 12, ("sign=sesam:web*8",), stall, 30)
    assert not tally.hung and tally.wrong == 0, tally
    assert device.requests()["eccsign"] > 2 * signed[0], tally


def test_each_node_has_its_own_address(tmp_path, openssl_cnf, openssl, refusing):
    cluster = Cluster(tmp_path / "cluster").start()
    try:
        cluster.create_key("web")
        urls = " ".join(f"https://{node.ready['name']}:1" for node in cluster.nodes)  # a port that refuses connections
        cnf = openssl_cnf(cluster.nodes[0], url=urls, tlscert=cluster.tlscert, log_level=1,
                          address=f"{refusing} 127.0.0.1:{cluster.nodes[1].port}")
        assert sign(openssl, cnf).stderr == ""
        assert cluster.signatures() == [0, 1]
    finally:
        cluster.stop()


def test_the_doctor_looks_at_each_address(device, openssl_cnf, sesam, refusing):
    device.create_key("web")
    done = sesam(openssl_cnf(device, address=f"{refusing}|127.0.0.1:{device.port}"), "doctor", "--key", "web",
                 check=False)
    assert refusing.split(":")[1] in done.stdout and f"to port {device.port}" in done.stdout


class Relay:
    """Forwards bytes to a port of this machine."""

    def __init__(self, target: int):
        self.target, self.connections, self.open = target, 0, []
        self.passes = threading.Event()
        self.passes.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._start(self._accept)

    def _start(self, function, *arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            self.passes.wait()
            far = socket.create_connection(("127.0.0.1", self.target))
            self.connections += 1
            self.open += [near, far]
            self._start(self._pass_on, near, far)
            self._start(self._pass_on, far, near)

    def _pass_on(self, source, sink):
        try:
            while data := source.recv(65536):
                self.passes.wait()
                sink.sendall(data)
        except OSError:
            pass

    def stall(self):
        """Stops forwarding, like an interface that goes down unnoticed."""
        self.passes.clear()

    def cut(self):
        """Closes everything, like an interface whose failure a router reports."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            one.shutdown(socket.SHUT_RDWR)
