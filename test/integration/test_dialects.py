# SPDX-License-Identifier: Apache-2.0
"""Variants of the device's replies, from the simulator's table of dialects."""
import re

import pytest

from harness.keys import assert_signs, total_found
from harness.paths import REPOSITORY

PIN, WRONG_PIN = "24681357", "99887766"
DIALECTS = re.findall(r'Dialect\{"([a-z0-9-]+)"', (REPOSITORY / "test/simulator/dialect.cc").read_text())
SETTINGS = {"base64": "p1363:base64", "der": "der:hex", "der-base64": "der:base64"}


def test_the_table_is_read():
    assert set(SETTINGS) <= set(DIALECTS) and len(DIALECTS) > 20


@pytest.fixture(scope="module", params=DIALECTS)
def dialect(request):
    return request.param


@pytest.fixture(scope="module")
def speaking(dialect, tmp_path_factory):
    from harness.simulator import Simulator
    device = Simulator(tmp_path_factory.mktemp("device"), dialect=dialect).start()
    device.create_key("web", pin=PIN)
    device.create_key("brain", type="BRAINPOOL", size=384)
    device.create_key("rsa", type="RSA", size=2048)
    yield device
    device.stop()


@pytest.fixture
def failing(speaking, openssl_cnf, openssl):
    def call(uri: str) -> str:
        done = openssl(openssl_cnf(speaking), "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null",
                       check=False)
        assert done.returncode != 0 and WRONG_PIN not in done.stderr
        return done.stderr

    return call


def test_keys_open_and_sign(speaking, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(speaking)
    for uri in (f"sesam:web;pin-value={PIN}", "sesam:brain", "sesam:rsa"):
        assert_signs(openssl, cnf, uri, tmp_path)


def test_keys_are_listed(speaking, openssl_cnf, openssl):
    listing = openssl(openssl_cnf(speaking), "storeutl", "sesam:type=public").stdout
    assert total_found(listing) == 3


def test_an_unknown_key(failing):
    assert ":unknown key:sesam:0:looking up key 'nobody'" in failing("sesam:nobody")


def test_a_wrong_pin(failing):
    assert ":wrong PIN:sesam:0:signing with key 'web'" in failing(f"sesam:web;pin-value={WRONG_PIN}")


def test_a_missing_pin(failing):
    assert ":PIN missing:sesam:0:signing with key 'web'" in failing("sesam:web")


def test_the_setting_is_named_that_says_it(dialect, speaking, openssl_cnf, openssl, tmp_path):
    if dialect not in SETTINGS:
        pytest.skip("what is configured by default")
    log = tmp_path / "log"
    assert_signs(openssl, openssl_cnf(speaking, log_level=2, log_output=log), "sesam:brain", tmp_path)
    lines = [line for line in log.read_text().splitlines() if "wire_ec_sign" in line]
    assert lines and all(f"-> result:{SETTINGS[dialect]}'" in line for line in lines)
