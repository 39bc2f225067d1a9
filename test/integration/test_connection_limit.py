# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 devices that limit the number of connections, or close them: 64 threads sign, and all that they notice is
the delay."""

import itertools
import os
import subprocess
import time

import pytest

from harness import metrics
from harness.load import compile_load, run_load
from harness.programs import minimal_environment
from harness.session import session_of, session_program  # noqa: F401

pytestmark = pytest.mark.alone
THREADS = 64
SERVICE_MS = 5


@pytest.fixture(scope="module")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def signing(simulator, openssl_cnf, load_program, tmp_path):
    """signing(seconds, during, operations, **options): threads sign with an HTTP/1.1 device. -> their tally, and the
    device"""

    def call(seconds, during=lambda device: None, operations=("sign=sesam:web*%d" % THREADS,), **options):
        device = simulator(**{"http1": True, "delay_ms": SERVICE_MS, **options})
        device.create_key("web")
        cnf = openssl_cnf(device, log_level=3, log_output=tmp_path / "log", metrics_file=tmp_path / "metrics.prom")
        tally = run_load(load_program, cnf, seconds, operations, lambda: during(device), end_within_s=20)
        return tally, device

    return call


SURPLUS = ("reset", "close", "close-after-tls", "backlog")
LIMITS = list(itertools.product((2, 4, 8), SURPLUS)) if os.environ.get("SESAM_ALL_AXES") else list(zip((2, 4, 8, 4),
                                                                                                       SURPLUS))


@pytest.mark.parametrize("limit,surplus", LIMITS)
def test_what_a_device_turns_away_waits_for_a_place(signing, limit, surplus):
    seconds = 10
    tally, device = signing(seconds, max_connections=limit, surplus=surplus)
    assert tally.failed == tally.wrong == 0 and not tally.hung, tally
    mean_ms = seconds * 1000 * THREADS / tally.tried
    assert mean_ms <= 4 * THREADS / limit * SERVICE_MS, tally
    # No thread waits for seconds, as for a timer. On an idle machine it is 1.5 times the mean, on a busy one 5 times.
    assert tally.p99_ms <= 8 * mean_ms, tally
    counters = device.counters()
    print(tally, {name: counters[name] for name in counters if name.startswith("connections")})
    assert counters["connections_served_max"] == limit


def test_the_limit_is_in_the_metrics_and_the_log(signing, tmp_path):
    tally, _ = signing(2, max_connections=4)
    assert tally.failed == 0
    assert metrics.value(metrics.read(tmp_path / "metrics.prom"), "sesam_connections_allowed") == 4
    assert "allows 4 connections at a time" in (tmp_path / "log").read_text()


def test_without_a_limit_none_is_learned(signing, tmp_path):
    tally, device = signing(2)
    assert tally.failed == 0
    assert metrics.value(metrics.read(tmp_path / "metrics.prom"), "sesam_connections_allowed") == 0
    assert device.counters()["connections_served_max"] == THREADS


def test_a_limit_that_was_lifted_is_found_out(signing, tmp_path):
    def lift(device):
        time.sleep(1)
        device.set_options(max_connections=0)

    tally, device = signing(5, lift, max_connections=4)
    assert tally.failed == 0 and device.counters()["connections_served_max"] > 16


@pytest.mark.parametrize("surplus", ["reset", "close-after-tls"])
def test_what_cannot_be_repeated_meets_no_limit(signing, surplus):
    """A generation whose connection is closed could not be retried, and would fail."""
    tally, device = signing(3, operations=("sign=sesam:web*32", "generate=sesam:new*4"), max_connections=4,
                            surplus=surplus)
    assert tally.failed == tally.wrong == 0, tally
    assert device.requests()["genecckey"] > 4


def test_a_limit_holds_over_a_restart(signing, tmp_path):
    def restart(device):
        time.sleep(1)
        device.reset_counters()
        device.network("restart", ms=300)

    tally, device = signing(3, restart, max_connections=4)
    assert tally.failed == 0, tally
    assert device.counters()["connections_turned_away"] <= 4  # only probes, not 64 connections


def test_a_restart_teaches_no_limit(signing, tmp_path):
    def restart(device):
        for _ in range(3):
            time.sleep(0.5)
            device.network("restart", ms=200)

    tally, _ = signing(3, restart)
    assert tally.failed == 0, tally
    assert "at a time: further requests wait" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("options", [{"max_requests": 1}, {"http10": True}, {"max_requests": 7}, {"idle_ms": 3}],
                         ids=["Connection: close", "HTTP/1.0", "Keep-Alive: max", "idle"])
@pytest.mark.parametrize("limit", [0, 4])
def test_connections_that_the_device_ends(signing, options, limit):
    tally, _ = signing(2, max_connections=limit, delay_ms=5, **options)
    assert tally.failed == tally.wrong == 0 and tally.tried > 100, tally


@pytest.mark.parametrize("idle_ms", [1, 20])
def test_a_lone_caller_whose_idle_connection_is_closed_under_its_hands(signing, idle_ms):
    tally, _ = signing(1, operations=("sign=sesam:web", "open=sesam:web"), delay_ms=0, idle_ms=idle_ms)
    assert tally.failed == tally.wrong == 0, tally


def test_a_generation_on_an_idle_connection_that_was_just_closed_is_not_repeated(simulator, openssl_cnf, sesam):
    """The device may have made the key, so sesam looks it up instead of generating another one."""
    device = simulator(http1=True)
    device.fault("goaway-hard", command="genecckey")
    done = sesam(openssl_cnf(device), "generate", "new", "--no-pin", check=False)
    assert device.requests()["genecckey"] == 1, str(done)
    assert done.returncode != 0 and "new" in done.stderr, str(done)


RESOLVER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The device's name stands for the address that the file has.
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
  char address[64] = "";
  if (name == NULL || strcasecmp(name, "seSAM-nserie-101") != 0) return real(name, service, hints, found);
  FILE *file = fopen(getenv("ADDRESS_FILE"), "r");
  if (file == NULL || fscanf(file, "%63s", address) != 1) return EAI_NONAME;
  fclose(file);
  return real(address, service, hints, found);
}
"""


@pytest.mark.parametrize("http1", [True, False])
def test_an_address_is_looked_up_again_once_connections_to_it_fail(simulator, openssl_cnf, load_program, tmp_path,
                                                                   monkeypatch, http1):
    (tmp_path / "resolver.c").write_text(RESOLVER)
    resolver = tmp_path / "resolver.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", resolver, tmp_path / "resolver.c", "-ldl"], check=True, timeout=60)
    place = tmp_path / "address"
    place.write_text("127.0.0.1")
    device = simulator(http1=http1)
    device.create_key("web")

    def move():
        port = device.port
        device.stop()
        place.write_text("127.0.0.2")
        device.options["listen"] = "127.0.0.2"
        device.start(port)

    cnf = openssl_cnf(device, address=None, deadline_ms=4000)
    environment = {**minimal_environment(cnf), "LD_PRELOAD": str(resolver), "ADDRESS_FILE": str(place)}
    monkeypatch.setattr("loads.minimal_environment", lambda _: environment)
    tally = run_load(load_program, cnf, 6, ("sign=sesam:web*4",), move, end_within_s=20)
    assert tally.failed == tally.wrong == 0 and not tally.hung, tally
    assert device.counters()["requests_total"] > 100


@pytest.mark.parametrize("http1", [True, False])
def test_a_handshake_that_is_reset_is_repeated(simulator, openssl_cnf, session_program, http1):  # noqa: F811
    device = simulator(http1=http1)
    device.create_key("web")
    with session_of(session_program, "sesam:web", openssl_cnf(device)) as say:
        assert (say("open"), say("sign")) == ("ok", "ok")
        before = device.counters()["connections_accepted"]
        device.network("reset-new", ms=1000)
        device.network("close")
        assert say("sign") == "ok"
    assert device.counters()["connections_accepted"] > before + 1


def test_a_device_that_never_answered_is_not_waited_for_long(simulator, openssl_cnf, openssl):
    """Such a device is more likely a wrong port."""
    device = simulator()
    device.network("reset-new")
    start = time.monotonic()
    done = openssl(openssl_cnf(device), "pkey", "-in", "sesam:web", "-pubout", check=False)
    assert time.monotonic() - start < 2
    assert done.returncode != 0, str(done)
    assert device.counters()["connections_accepted"] == 3
