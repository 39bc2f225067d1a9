# SPDX-License-Identifier: Apache-2.0
"""Invariants 4 to 6 in one process: requests only for signatures, silent refusals, the caller's error queue unchanged.
Also signatures in ASYNC jobs."""
import subprocess

import pytest

from drivers.life import compile_driver
from harness.flavour import not_sanitized
from harness.programs import minimal_environment


@pytest.fixture(scope="module")
def quiet_program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("quiet"), "quiet", "quiet.c")


@pytest.fixture(scope="module")
def jobs_program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("jobs"), "jobs", "jobs.c")


@pytest.fixture
def quiet(quiet_program, openssl_cnf):
    """quiet(device, "errors", prepare) -> the requests after the key was opened and used, and `prepare` was called"""

    def call(device, what, prepare=lambda: None, **settings):
        device.create_key("web")
        process = subprocess.Popen([quiet_program, "sesam:web", what], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=minimal_environment(openssl_cnf(device, **settings)))
        try:
            assert process.stdout.readline() == b"mark\n", process.communicate()
            device.reset_counters()
            prepare()
            process.stdin.write(b"\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"mark\n", process.communicate()[1].decode()
            requests = device.requests()
            _, errors = process.communicate(b"\n", timeout=10)
            assert process.returncode == 0, errors.decode()
            return requests
        finally:
            process.kill()
            process.wait(10)

    return call


def test_only_signatures_and_unknown_keys_take_requests(quiet, device):
    assert quiet(device, "requests") == {}


def test_the_callers_error_queue_and_mark_stay_as_they_were(quiet, device):
    assert quiet(device, "errors") == {"eccsign": 1}


def test_a_failure_adds_to_the_callers_error_queue(quiet, device):
    quiet(device, "failures", lambda: device.fault("http-500", count=-1, command="eccsign"), deadline_ms=1500)


def test_a_retried_success_leaves_the_callers_error_queue_as_it_was(quiet, device):
    requests = quiet(device, "errors", lambda: device.fault("reset", count=1, command="eccsign"))
    assert requests["eccsign"] == 2, "there was no retry"


@not_sanitized("frames are larger")
@pytest.mark.parametrize("jobs,rounds", [(1, 20), (16, 20), (256, 4), (300, 2)])
def test_async_jobs_of_one_thread_sign_together(jobs_program, simulator, openssl_cnf, run, jobs, rounds):
    # The delay is longer than a busy machine takes to send all requests.
    device = simulator(delay_ms=max(30, jobs) if jobs > 1 else 0)
    device.create_key("web")
    done = run([jobs_program, "sesam:web", jobs, rounds], openssl_cnf(device))
    assert 512 < int(done.stdout) < 8 * 1024, "of a job's 32 KiB, libcrypto's own frames included"
    counters = device.counters()
    assert counters["requests"]["eccsign"] == jobs * rounds
    assert counters["streams_in_flight_max"] >= min(jobs, 200)
    assert counters["connections_accepted"] == 1


def test_async_jobs_of_one_thread_wait_together_for_a_busy_device(jobs_program, device, openssl_cnf, run):
    """The device asks each job to retry after a second: one after the other, the jobs would exceed their deadline."""
    device.create_key("web")
    cnf = openssl_cnf(device, deadline_ms=4000)
    device.fault("http-503", command="eccsign", count=8, retry_after_s=1)
    run([jobs_program, "sesam:web", 8, 1], cnf)
    assert device.requests()["eccsign"] == 16


def test_a_wrong_pin_goes_out_from_one_of_many_async_jobs(jobs_program, simulator, openssl_cnf, run):
    device = simulator(delay_ms=50)
    device.create_key("web", pin="12345678")
    done = run([jobs_program, "sesam:web", 8, 1], openssl_cnf(device, pin="87654321"), check=False)
    assert done.returncode == 1 and "wrong PIN" in done.stderr
    assert device.requests()["eccsign"] == 1
