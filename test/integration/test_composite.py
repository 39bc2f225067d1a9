# SPDX-License-Identifier: Apache-2.0
"""Signature algorithms that include the digest, which OpenSSL 3.4 and later can fetch."""
import pytest

from drivers.life import compile_driver
from harness.programs import version_of

SINCE = (3, 4)
OPENSSL = version_of("openssl", "version")
needs_composites = pytest.mark.skipif(OPENSSL < SINCE, reason="OpenSSL 3.4 and later have them")

ECDSA = [("ECDSA-SHA1", "SHA1"), ("ECDSA-SHA224", "SHA2-224"), ("ECDSA-SHA256", "SHA2-256"),
         ("1.2.840.10045.4.3.3", "SHA2-384"), ("ecdsa-with-SHA512", "SHA2-512"), ("ECDSA-SHA3-224", "SHA3-224"),
         ("ECDSA-SHA3-256", "SHA3-256"), ("ECDSA-SHA3-384", "SHA3-384"), ("id-ecdsa-with-sha3-512", "SHA3-512")]
RSA = [("RSA-SHA1", "SHA1"), ("RSA-SHA2-224", "SHA2-224"), ("RSA-SHA256", "SHA2-256"),
       ("sha384WithRSAEncryption", "SHA2-384"), ("1.2.840.113549.1.1.13", "SHA2-512"),
       ("RSA-SHA512-224", "SHA2-512/224"), ("RSA-SHA2-512/256", "SHA2-512/256"), ("RSA-SHA3-224", "SHA3-224"),
       ("RSA-SHA3-256", "SHA3-256"), ("RSA-SHA3-384", "SHA3-384"), ("RSA-SHA3-512", "SHA3-512")]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("composite"), "composite", "composite.c")


@pytest.fixture(scope="module")
def uris(shared_device):
    return {"ec": "sesam:key-id=" + shared_device.create_key("composite-ec")["key_id"],
            "rsa": "sesam:key-id=" + shared_device.create_key("composite-rsa", type="RSA", size=2048)["key_id"]}


@needs_composites
@pytest.mark.parametrize("type, algorithm, digest",
                         [("ec", *one) for one in ECDSA] + [("rsa", *one) for one in RSA])
def test_messages_and_digests_are_signed_and_verified(program, uris, shared_device, openssl_cnf, run, type, algorithm,
                                                      digest):
    other = uris["rsa" if type == "ec" else "ec"]
    run([program, uris[type], algorithm, digest, other], openssl_cnf(shared_device))


def test_they_are_listed_where_openssl_knows_such_algorithms_and_nowhere_else(shared_device, openssl_cnf, openssl):
    listed = openssl(openssl_cnf(shared_device), "list", "-signature-algorithms").stdout
    ours = [line for line in listed.splitlines() if line.endswith("@ sesam")]
    composites = [line for line in ours if "-SHA" in line]
    assert len(composites) == (len(ECDSA) + len(RSA) if OPENSSL >= SINCE else 0)
    assert len(ours) - len(composites) == 2


@needs_composites
def test_they_have_the_names_of_openssls_own(shared_device, openssl_cnf, openssl):
    listed = openssl(openssl_cnf(shared_device), "list", "-signature-algorithms").stdout.splitlines()
    for line in listed:
        if line.endswith("@ sesam"):
            assert line.replace("@ sesam", "@ default") in listed
