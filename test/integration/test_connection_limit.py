# SPDX-License-Identifier: Apache-2.0
"""Devices of HTTP/1.1 that allow few connections, or end them: 64 threads sign, and none of them may notice more than the wait."""

import pytest

from harness.load import compile_load, run_load

THREADS = 64
SERVICE_MS = 5


@pytest.fixture(scope="module")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def signing(simulator, openssl_cnf, load_program, tmp_path):
    """signing(seconds, during, threads, **options): the tally of threads that sign with a device of HTTP/1.1, and the device."""

    def call(seconds, during=lambda device: None, operations=("sign=sesam:web*%d" % THREADS,), **options):
        device = simulator(**{"http1": True, "delay_ms": SERVICE_MS, **options})
        device.create_key("web")
        cnf = openssl_cnf(device, log_level=3, log_output=tmp_path / "log", metrics_file=tmp_path / "metrics-%p.prom")
        tally = run_load(load_program, cnf, seconds, operations, lambda: during(device), end_within_s=20)
        return tally, device

    return call


@pytest.mark.parametrize("surplus", ["reset", "close", "close-after-tls", "backlog"])
@pytest.mark.parametrize("limit", [2, 4, 8])
def test_what_a_device_turns_away_waits_for_a_place(signing, limit, surplus):
    tally, device = signing(10, max_connections=limit, surplus=surplus)
    assert tally.failed == tally.wrong == 0 and not tally.hung, tally
    assert tally.p99_ms <= 2 * THREADS / limit * SERVICE_MS, tally
    counters = device.counters()
    print(tally, {name: counters[name] for name in counters if name.startswith("connections")})
    assert counters["connections_served_max"] == limit
