# SPDX-License-Identifier: Apache-2.0
"""HAProxy with master and worker: the worker, which has many threads, signs."""
import signal

import pytest

from harness.ports import free_port
from harness.tls import REPLY, Server, assert_serves, assert_serves_many, make_identity

CONFIGURATION = """
global
    nbthread 4
    hard-stop-after 2s
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 10s
frontend tls
    bind 127.0.0.1:{port} ssl crt {both} ssl-min-ver TLSv1.2
    http-request return status 200 content-type text/plain string "{reply}"
"""


@pytest.fixture
def haproxy(device, openssl_cnf, tmp_path):
    """haproxy("RSA") -> (server, identity). The server has opened its key, made no signature, and handles signals."""
    started = []

    def start(type="EC"):
        cnf = openssl_cnf(device)
        identity, port, path = make_identity(device, cnf, tmp_path, type), free_port(), tmp_path / "haproxy.cfg"
        path.write_text(CONFIGURATION.format(port=port, both=identity.both_in_one_file(), reply=REPLY))
        server = Server(["haproxy", "-W", "-f", path], cnf, port, tmp_path)
        started.append(server)
        # The worker may serve before its master is ready; signals until then are lost. SIGUSR2 is the last signal for
        # which the master installs a handler.
        server.wait_until(lambda: server.catches(signal.SIGUSR2), "the master is not there")
        return server, identity

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_serves(device, haproxy, type):
    server, identity = haproxy(type)
    assert_serves(device, server.port, identity, openings=1)
    assert server.end(signal.SIGUSR1) == 0


def test_many_clients_at_one_time_take_one_signature_each(device, haproxy):
    server, identity = haproxy()
    assert_serves(device, server.port, identity, openings=1)
    assert_serves_many(device, server.port, identity)


def test_after_a_reload_a_new_worker_serves(device, haproxy):
    server, identity = haproxy()
    assert_serves(device, server.port, identity, openings=1)
    before = server.workers()
    device.reset_counters()
    server.process.send_signal(signal.SIGUSR2)
    server.wait_until(lambda: server.workers() and not server.workers() & before, "no new worker")
    assert_serves(device, server.port, identity, openings=1)  # the master has executed itself again
