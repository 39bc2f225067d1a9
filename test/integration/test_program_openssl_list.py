# SPDX-License-Identifier: Apache-2.0
"""openssl list: shows what the provider offers, without a request to the device."""
import re

import pytest

LISTINGS = {
    "-key-managers": [r"\bEC, id-ecPublicKey.* @ sesam", r"rsaEncryption.* @ sesam"],
    "-signature-algorithms": [r"ECDSA @ sesam", r"rsaEncryption.* @ sesam"],
    "-store-loaders": [r"sesam @ sesam", r"pkcs11 @ sesam"],
    "-encoders": [r"@ sesam .*output=text", r"@ sesam .*output=pem"],
    "-decoders": [r"@ sesam .*input=pem", r"@ sesam .*structure=sesam-uri"],
    "-asymcipher-algorithms": [r"rsaEncryption.* @ sesam"],
    "-key-exchange-algorithms": [r"ECDH @ sesam"],
}


@pytest.fixture(params=[True, False], ids=["device", "no device"])
def cnf(request, device, openssl_cnf):
    """With a reachable device, and with an unreachable one."""
    return openssl_cnf(device) if request.param else openssl_cnf(device, address="192.0.2.1")


@pytest.mark.parametrize("option", LISTINGS)
def test_what_there_is(device, cnf, openssl, option):
    told = openssl(cnf, "list", option, "-provider", "sesam")
    for pattern in LISTINGS[option]:
        assert re.search(pattern, told.stdout), f"{pattern}: {told}"
    assert told.stderr == ""
    assert device.counters()["connections_accepted"] == 0


def test_all_in_one_and_verbosely(device, cnf, openssl):
    told = openssl(cnf, "list", "-verbose", "-key-managers", "-signature-algorithms", "-store-loaders", "-provider",
                   "sesam").stdout
    assert "sesam" in told and "pkcs11" in told and "ECDSA" in told
    assert device.counters()["connections_accepted"] == 0


def test_the_provider_itself(device, cnf, openssl):
    section = openssl(cnf, "list", "-providers", "-verbose").stdout.split("\n  sesam\n")[1]
    for pattern in (r"name: sesam: sematicon N200 provider", r"version: \d+\.\d+\.\d+", r"status: active",
                    r"build info: \S+"):
        assert re.search(pattern, section), section
    assert device.counters()["connections_accepted"] == 0
