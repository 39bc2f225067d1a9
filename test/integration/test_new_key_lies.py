# SPDX-License-Identifier: Apache-2.0
"""A new key must be the one that was requested: the device may be wrong, may lie, or may serve two callers at the same
time."""
import subprocess

import pytest

from harness.foreign_device import KEY_ID, ForeignDevice
from harness.paths import COMMAND
from harness.programs import minimal_environment

GENPKEY = ("genpkey", "-algorithm", "EC", "-propquery", "?provider=sesam")


@pytest.fixture
def foreign(tmp_path):
    device = ForeignDevice(tmp_path / "foreign")
    yield device
    device.stop()


def lie(device, **fields):
    """Replaces these fields in the device's records of new keys."""
    honest = device.make_key

    def make_key(name, pin):
        honest(name, pin)
        device.record |= fields

    device.make_key = make_key


@pytest.mark.parametrize("fields, told", [
    ({"key_type": "BRAINPOOL"}, "which is BRAINPOOL 256 'fresh'"),
    ({"key_len": 384}, ""),
    ({"nice_name": "other"}, "which is NIST 256 'other'"),
], ids=["type", "size", "name"])
def test_a_record_of_another_key_is_an_error_that_names_both(foreign, openssl_cnf, openssl, sesam, tmp_path, fields,
                                                             told):
    lie(foreign, **fields)
    cnf = openssl_cnf(foreign)
    done = sesam(cnf, "generate", "fresh", "--no-pin", check=False)
    assert done.returncode == 1
    if "key_len" not in fields:  # such a record contradicts itself
        assert "the device did not make the requested key" in done.stderr
        assert "requested was NIST 256 'fresh'" in done.stderr and told in done.stderr
        assert f"'sesam delete {KEY_ID}'" in done.stderr and "it may be another key" in done.stderr
    assert [command for _, command, _ in foreign.journal if command not in ("genecckey", "getkeyattributes",
                                                                            "listkeys")] == []
    openssl(cnf, *GENPKEY, "-pkeyopt", "group:P-256", "-pkeyopt", "sesam_uri:sesam:object=fresh", "-out",
            tmp_path / "pem", check=False)
    assert not (tmp_path / "pem").exists() or not (tmp_path / "pem").read_bytes()


def test_of_two_callers_that_make_a_key_of_one_name_at_the_same_time_one_gets_an_error(simulator, openssl_cnf):
    device = simulator(keygen_ms=1500)
    words = [COMMAND, "generate", "same", "--no-pin"]
    callers = [subprocess.Popen(words, env=minimal_environment(openssl_cnf(device)), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
               for _ in range(2)]
    errors = [caller.communicate(timeout=30)[1] for caller in callers]
    keys = sorted(key["key_id"] for key in device.keys())
    assert len(keys) == 2, "the callers were not at the same time"
    assert sorted(caller.returncode for caller in callers) == [0, 1], errors
    failed = next(error for error in errors if "several keys match" in error)
    assert all(key_id in failed for key_id in keys)
    assert f"'sesam delete {keys[-1]}'" in failed


ALTERED = ("POST command=genecckey core={core} curve={type} keysize={bits} acl={acl} pin={pin} nice_name={name}_ -> "
           "result")


def test_a_name_that_comes_back_altered_is_an_error_that_names_the_key_and_both_names(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device, wire_ec_generate=ALTERED), "generate", "fresh", "--no-pin", check=False)
    (key,) = device.keys()
    assert done.returncode == 1
    assert key["key_id"] in done.stderr and "'fresh'" in done.stderr and "'fresh_'" in done.stderr


@pytest.mark.parametrize("name", ["a%C3b", "tab%09", "%1b[31m", "%c2%9b"])
def test_a_name_that_cannot_travel_is_refused_before_a_key_is_made(device, openssl_cnf, openssl, tmp_path, name):
    done = openssl(openssl_cnf(device), *GENPKEY, "-pkeyopt", "group:P-256", "-pkeyopt",
                   f"sesam_uri:sesam:object={name}", "-out", tmp_path / "pem", check=False)
    assert done.returncode != 0
    assert "UTF-8 text without control characters" in done.stderr
    assert "\x1b" not in done.stderr
    assert device.counters()["requests_total"] == 0
