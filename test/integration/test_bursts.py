# SPDX-License-Identifier: Apache-2.0
"""Many replies at once, and no request after them that would have somebody read on."""
import pytest

from drivers.life import compile_driver

THREADS, ROUNDS = 64, 100
TIMEOUT_MS = 8000  # by which libcurl itself looks again


@pytest.mark.parametrize("type", ["EC", "RSA"])
@pytest.mark.parametrize("http1", [False, True], ids=["HTTP/2", "HTTP/1.1"])
def test_nothing_waits_for_the_next_request(simulator, openssl_cnf, run, tmp_path, http1, type):
    device = simulator(delay_ms=10, http1=http1)
    device.create_key("web", **({} if type == "EC" else {"type": "RSA", "size": 2048}))
    burst = compile_driver(tmp_path, "burst", "burst.c", libraries=("-lcrypto", "-lpthread"))
    cnf = openssl_cnf(device, connect_timeout_ms=TIMEOUT_MS, request_timeout_ms=TIMEOUT_MS, max_in_flight=THREADS)
    done = run([burst, "sesam:web", THREADS, ROUNDS], cnf)
    assert int(done.stdout) < TIMEOUT_MS / 2 and done.stderr == ""
    assert device.requests()[{"EC": "eccsign", "RSA": "rsasign"}[type]] == THREADS * ROUNDS
