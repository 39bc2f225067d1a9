# SPDX-License-Identifier: Apache-2.0
"""Invariant 6 and its reverse: a call that fails says why, even if libcrypto itself says nothing, and one that succeeds
leaves the queue as it was, even if libcrypto first tried something that sesam refuses."""
import pytest

from drivers.life import compile_driver


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "error_queue", "error_queue.c")


@pytest.fixture(params=["EC", "RSA"])
def type_(request):
    return request.param


@pytest.fixture
def answers(device, openssl_cnf, openssl, run, tmp_path, program, type_):
    """answers(sesam_first=True, …) -> the answer and the last reason on the queue for each call of the driver"""
    device.create_key(f"queue-{type_}", **({"type": "RSA", "size": 2048} if type_ == "RSA" else {}))

    def ask(**configuration) -> dict[str, tuple[str, str]]:
        plain = openssl_cnf(device)
        making = ("ec_paramgen_curve:P-256",) if type_ == "EC" else ("rsa_keygen_bits:2048",)
        openssl(plain, "genpkey", "-algorithm", type_, "-pkeyopt", *making, "-out", tmp_path / "key.pem")
        done = run([program, f"sesam:queue-{type_}", tmp_path / "key.pem"], openssl_cnf(device, **configuration),
                   timeout=100)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        return {call: (answer, reason) for call, answer, reason in lines}

    return ask


def test_a_refused_search_does_not_hide_the_keys(answers):
    found = answers()
    assert found["search by subject"] == ("0", "invalid argument")
    assert found["objects after the search"] == ("2", "-")
