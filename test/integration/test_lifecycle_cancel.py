# SPDX-License-Identifier: Apache-2.0
"""A program cancels threads (pthread_cancel(3)) during a call: each thread ends after the call, and nothing else is
affected."""
import pytest

from drivers.life import compile_driver

ROUNDS = 40


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "cancel.c")


FAULTS = {"none": None, "retries": ("http-503", {"retry_after_s": 0}),
          "refusals": ("error", {"text": "some trouble", "status": 200}), "no answer": ("black-hole", {})}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cancelled_thread_ends_alone(device, openssl_cnf, run, driver, tmp_path, fault):
    device.create_key("web")
    if FAULTS[fault]:
        name, more = FAULTS[fault]
        device.fault(name, count=-1, command="eccsign", **more)
    cnf = openssl_cnf(device, log_level=5, log_output=tmp_path / "log", deadline_ms=200)
    done = run([driver, "sesam:web", ROUNDS], cnf, timeout=90)
    assert done.stdout == f"{ROUNDS}\n"
