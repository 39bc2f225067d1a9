# SPDX-License-Identifier: Apache-2.0
"""The device's host name resolves to no address, slowly, to several addresses, or later to another address."""
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

from drivers.life import compile_driver, life_program  # noqa: F401
from harness.cluster import Cluster
from harness.flavour import not_sanitized
from harness.programs import minimal_environment
from harness.simulator import DEVICE_NAME

pytestmark = [pytest.mark.alone, not_sanitized("a sanitizer's library has a getaddrinfo(3) of its own")]


@pytest.fixture(scope="session")
def resolver_library(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("resolver"), "resolver.so", "resolver.c",
                          libraries=("-shared", "-fPIC", "-ldl"))


@pytest.fixture
def resolver(resolver_library, tmp_path):
    """resolver("NAME 127.0.0.1 delay_ms=10") -> an environment. Can be called again while a process runs."""

    def answer(*lines):
        (tmp_path / "answers").write_text("".join(line + "\n" for line in lines))
        return {"LD_PRELOAD": str(resolver_library), "RESOLVER": str(tmp_path / "answers"),
                "RESOLVER_LOG": str(tmp_path / "looked-up")}

    return answer


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


@pytest.fixture
def black_hole():
    """black_hole(port): makes that port of 127.0.0.2 unresponsive, as its listen queue is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:

        def at(port):
            listener.bind(("127.0.0.2", port))
            listener.listen(0)
            for one in (first, second):
                one.setblocking(False)
                one.connect_ex(("127.0.0.2", port))
            time.sleep(0.05)
            return "127.0.0.2"

        yield at


def sign(openssl, cnf, environment, **options):
    start = time.monotonic()
    done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null",
                   environment=environment, **options)
    return done, time.monotonic() - start


def test_a_name_that_does_not_resolve_is_a_clear_error_at_once(web, openssl_cnf, openssl, resolver):
    done, seconds = sign(openssl, openssl_cnf(web, address=None, log_level=1), resolver(DEVICE_NAME), check=False)
    assert "host name cannot be resolved" in done.stderr and DEVICE_NAME in done.stderr
    assert seconds < 2


def test_a_slow_resolver_is_waited_for_as_long_as_connect_timeout_ms_says(web, openssl_cnf, openssl, resolver):
    slow = resolver(f"{DEVICE_NAME} 127.0.0.1 delay_ms=5000")
    done, seconds = sign(openssl, openssl_cnf(web, address=None, log_level=1), slow, check=False)
    assert "cannot be resolved" in done.stderr and 2.5 < seconds < 5
    done, seconds = sign(openssl, openssl_cnf(web, address=None, log_level=1, connect_timeout_ms=8000), slow)
    assert done.stderr == "" and seconds > 5


def test_a_slow_resolver_of_one_node_does_not_hold_up_another(tmp_path, openssl_cnf, openssl, resolver):
    cluster = Cluster(tmp_path / "cluster").start()
    try:
        cluster.create_key("web")
        other = cluster.nodes[1].change_certificate(name="other-node")
        trust = tmp_path / "trust.pem"
        trust.write_bytes(cluster.nodes[0].tlscert.read_bytes() + other["tlscert"].read_bytes())
        urls = f"https://other-node:{cluster.nodes[1].port} {cluster.nodes[0].url}"
        cnf = openssl_cnf(cluster.nodes[0], url=urls, address=None, tlscert=trust, connect_timeout_ms=1000)
        done, seconds = sign(openssl, cnf, resolver("other-node 127.0.0.1 delay_ms=5000", f"{DEVICE_NAME} 127.0.0.1"))
        assert done.stderr == "" and 0.5 < seconds < 4
        assert cluster.signatures() == [1, 0]
    finally:
        cluster.stop()


@pytest.mark.parametrize("http1", [False, True])
def test_an_address_that_refuses_is_passed_over(simulator, openssl_cnf, openssl, resolver, http1):
    device = simulator(http1=http1)
    device.create_key("web")
    for addresses in ("::1 127.0.0.1", "127.0.0.3 127.0.0.1", "127.0.0.1 ::1"):
        done, seconds = sign(openssl, openssl_cnf(device, address=None, log_level=1),
                             resolver(f"{DEVICE_NAME} {addresses}"))
        assert done.stderr == "" and seconds < 2, addresses


@pytest.mark.parametrize("http1", [False, True])
def test_an_address_that_is_a_black_hole_leaves_the_next_its_time(simulator, openssl_cnf, openssl, resolver, black_hole,
                                                                  http1):
    device = simulator(http1=http1)
    device.create_key("web")
    hole = black_hole(device.port)
    done, seconds = sign(openssl, openssl_cnf(device, address=None, log_level=1),
                         resolver(f"{DEVICE_NAME} {hole} 127.0.0.1"))
    assert done.stderr == "" and seconds < 3


@pytest.fixture
def moving(simulator):
    """moving(old, new) -> the appliance at its old address, the same at its new address (not started yet), and a file
    with both certificates"""
    def make(old_address, new_address):
        old, new = simulator(listen=old_address), simulator(listen=new_address)
        old.create_key("web")
        new.take_keys_of(old)
        tlscert = new.directory / "both.pem"
        tlscert.write_bytes(old.tlscert.read_bytes() + new.tlscert.read_bytes())
        new.stop()
        return old, new, tlscert

    return make


@contextmanager
def living(program, steps, environment):
    """-> reach_mark(), which waits for the program's next step "mark". The program must exit with status 0."""
    process = subprocess.Popen([program, "sesam:web", *steps.split()], env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)

    def reach_mark():
        assert process.stdout.readline() == b"mark\n", process.stderr.read()

    try:
        yield reach_mark
        assert process.wait(60) == 0, process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def test_another_address_is_found_by_a_process_that_lives(moving, openssl_cnf, resolver, life_program):  # noqa: F811
    """Like an edit of /etc/hosts when an appliance moves."""
    old, new, tlscert = moving("127.0.0.1", "127.0.0.3")
    cnf = openssl_cnf(old, address=None, tlscert=tlscert, deadline_ms=10000, connect_timeout_ms=1000)
    environment = minimal_environment(cnf, **resolver(f"{DEVICE_NAME} 127.0.0.1"))
    with living(life_program, "load sign=1 mark pause_ms=1500 sign=1 exit", environment) as reach_mark:
        reach_mark()
        port = old.port
        old.stop()
        new.start(port)
        resolver(f"{DEVICE_NAME} 127.0.0.3")
    assert new.requests()["eccsign"] == 1


def test_another_address_is_found_if_the_old_one_is_silent_and_the_deadline_is_short(
        moving, openssl_cnf, resolver, black_hole, life_program):  # noqa: F811
    """The deadline ends the attempt before connect_timeout_ms does. libcurl keeps the old address for a minute."""
    old, new, tlscert = moving("127.0.0.2", "127.0.0.3")
    cnf = openssl_cnf(old, address=None, tlscert=tlscert, deadline_ms=1000)
    environment = minimal_environment(cnf, **resolver(f"{DEVICE_NAME} 127.0.0.2"))
    steps = "load sign=1 mark pause_ms=1500 sign_fails mark pause_ms=8000 sign=1 exit"
    with living(life_program, steps, environment) as reach_mark:
        reach_mark()
        port = old.port
        old.stop()
        new.start(port)
        black_hole(port)
        reach_mark()
        resolver(f"{DEVICE_NAME} 127.0.0.3")
    assert new.requests()["eccsign"] == 1
