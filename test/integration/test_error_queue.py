# SPDX-License-Identifier: Apache-2.0
"""Invariant 6 and its reverse: a call that fails says why, even if libcrypto itself says nothing, and one that succeeds
leaves the queue as it was, even if libcrypto first tried something that sesam refuses."""
import pytest

from drivers.life import compile_driver

OFFERED = "operation not offered"


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


CONFIGURATIONS = [{}, {"sesam_first": True}, {"default_properties": "?provider=sesam"}]


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=["default first", "sesam first", "sesam preferred"])
def test_success_leaves_no_error_and_failure_a_reason(answers, configuration):
    found = answers(**configuration)
    assert len(found) > 40
    compared = ("file, device", "device, file")  # they differ, which is not an error
    dirty = {call: pair for call, pair in found.items() if pair[0] == "1" and pair[1] != "-"}
    silent = {call: pair for call, pair in found.items()
              if call.startswith("from ") and "provider=" in call and pair[0] != "1" and pair[1] in ("-", "unknown")}
    assert (dirty, silent) == ({}, {})
    assert [found[call] for call in compared] == [("0", "-")] * 2


@pytest.mark.parametrize("query", ["provider=sesam", "?provider=sesam"])
def test_an_import_that_is_refused_says_why(answers, query):
    found = answers()
    assert found[f"from a key pair {query}"] == ("0", OFFERED)
    assert found[f"from a public key {query}"] == ("1", "-")
    assert found[f"from a public key as a pair {query}"] == ("1", "-")
    for call in ("a point off the curve", "a curve that does not exist", "a public key without a modulus"):
        assert found[f"from {call} {query}"] == ("0", "invalid public key")


def test_a_refused_search_does_not_hide_the_keys(answers):
    found = answers()
    assert found["search by subject"] == ("0", "invalid argument")
    assert found["objects after the search"] == ("2", "-")


def test_an_error_keeps_its_text_when_another_context_is_gone(answers):
    assert answers()["fail beside another context"] == ("0", "unknown key")
