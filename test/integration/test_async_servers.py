# SPDX-License-Identifier: Apache-2.0
"""Servers that sign inside ASYNC_JOBs: HAProxy with ssl-mode-async, and `openssl s_server -async`."""
import os
import signal
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.flavour import shares_libcrypto
from harness.ports import free_port
from harness.tls import REPLY, Server, fetch, make_identity

HAPROXY = """
global
    nbthread 1
    hard-stop-after 2s
    {mode}
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 10s
frontend tls
    bind 127.0.0.1:{port} ssl crt {both} ssl-min-ver TLSv1.2
    http-request return status 200 content-type text/plain string "{reply}"
"""
CLIENTS = 16
DELAY_MS = 20
# With SESAM_MANY_HANDSHAKES=1, 10,000 handshakes are aborted.
BROKEN_OFF = 10_000 if os.environ.get("SESAM_MANY_HANDSHAKES") else 300


@pytest.fixture
def serving(simulator, openssl_cnf, tmp_path):
    """serving("haproxy", "ssl-mode-async", delay_ms=20) -> (server, identity, device); the key is open, and the
    device's counters are reset."""
    started = []

    def start(program, mode="", type="EC", **options):
        device = simulator(**options)
        cnf = openssl_cnf(device)
        identity, port = make_identity(device, cnf, tmp_path, type), free_port()
        if program == "haproxy":
            path = tmp_path / "haproxy.cfg"
            path.write_text(HAPROXY.format(mode=mode, port=port, both=identity.both_in_one_file(), reply=REPLY))
            command = ["haproxy", "-db", "-f", path]
        else:
            command = ["openssl", "s_server", *mode.split(), "-accept", str(port), "-key", identity.key, "-cert",
                       identity.certificate, "-www", "-quiet"]
        started.append(Server(command, cnf, port, tmp_path))
        return started[-1], identity, device

    yield start
    for server in started:
        server.stop()


def context_for(identity):
    context = ssl.create_default_context(cafile=str(identity.certificate))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def shake_hands(server, identity):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
        with context_for(identity).wrap_socket(plain, server_hostname="localhost"):
            pass


def break_off(server, identity, wait_s=0.0):
    """Sends a ClientHello, and disconnects before the server can have signed."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context_for(identity).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain:
        plain.sendall(outgoing.read())
        time.sleep(wait_s)


def descriptors(server):
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


@pytest.mark.parametrize("type", ["EC", "RSA"])
@pytest.mark.parametrize("http1", [False, True])
def test_one_thread_of_haproxy_has_many_handshakes_on_their_way(serving, type, http1):
    in_flight = {}
    for mode in ("", "ssl-mode-async"):
        server, identity, device = serving("haproxy", mode, type, delay_ms=DELAY_MS, http1=http1)
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda _: shake_hands(server, identity), range(4 * CLIENTS)))
        counters = device.counters()
        assert counters["requests"][identity.sign_command] == 4 * CLIENTS
        in_flight[mode] = counters["streams_in_flight_max"]
        assert fetch(server.port, identity.certificate, "1.3").stdout == REPLY
        assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM, 143)
    assert in_flight[""] == 1, "a thread that blocks has one"
    if shares_libcrypto("haproxy"):
        assert in_flight["ssl-mode-async"] > CLIENTS / 4
    else:
        assert in_flight["ssl-mode-async"] == 1, "a job is unknown to another libcrypto"


def test_handshakes_that_are_broken_off_leak_no_job_and_no_descriptor(serving):
    server, identity, device = serving("haproxy", "ssl-mode-async", delay_ms=5)
    for _ in range(CLIENTS):
        shake_hands(server, identity)
    before = descriptors(server)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: break_off(server, identity), range(BROKEN_OFF)))
    assert device.counters()["streams_in_flight_max"] > 1 or not shares_libcrypto("haproxy"), "there were no jobs"
    server.wait_until(lambda: descriptors(server) <= before + 2, "descriptors are left")
    assert fetch(server.port, identity.certificate, "1.3").stdout == REPLY


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGUSR1])
def test_haproxy_ends_amid_jobs(serving, how):
    server, identity, device = serving("haproxy", "ssl-mode-async")
    shake_hands(server, identity)
    device.set_options(delay_ms=1500)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(break_off, server, identity, 0.5) for _ in range(4)]
        jobs = 2 if shares_libcrypto("haproxy") else 1  # a thread that blocks has one
        server.wait_until(lambda: device.counters()["streams_in_flight"] >= jobs, "no job is under way")
        status = server.end(how)
        for one in waiting:
            one.exception()
    assert status in (0, -how, 128 + how), status


def test_s_server_signs_in_jobs(serving):
    """s_server serves one client after the other, and sleeps for a second whenever a job pauses."""
    server, identity, device = serving("s_server", "-async", delay_ms=DELAY_MS)
    for _ in range(2):
        shake_hands(server, identity)
    assert device.requests()[identity.sign_command] == 2
    time.sleep(1.5)  # until the last connection is closed
    before = descriptors(server)
    for _ in range(3):
        break_off(server, identity)
    shake_hands(server, identity)
    server.wait_until(lambda: descriptors(server) <= before, "descriptors are left")
    device.set_options(delay_ms=1500)
    break_off(server, identity, 0.3)
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
